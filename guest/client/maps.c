// SPDX-License-Identifier: MIT
/* Mappings of files, and what a fault on one gives. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include "client.h"

#define MAX_MAPS 16

static struct {
	char *start;
	size_t len;
} maps[MAX_MAPS];

static sigjmp_buf fault;

static void on_fault(int signal)
{
	(void)signal;
	siglongjmp(fault, 1);
}

void catch_faults(void)
{
	struct sigaction action = { .sa_handler = on_fault };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

/* fd, offset, length, PROT, MAP: gives a slot */
long do_map(const struct request *request, struct answer *answer)
{
	size_t len = (size_t)request->arg[2];

	(void)answer;
	for (int i = 0; i < MAX_MAPS; i++) {
		void *start;

		if (maps[i].start)
			continue;
		start = mmap(NULL, len, (int)request->arg[3], (int)request->arg[4], (int)request->arg[0],
			     request->arg[1]);
		if (start == MAP_FAILED)
			return -1;
		maps[i].start = start;
		maps[i].len = len;
		return i;
	}
	return fail(EMFILE);
}

static char *mapped(long slot, long offset, size_t len)
{
	bool inside = slot >= 0 && slot < MAX_MAPS && maps[slot].start && offset >= 0 &&
		      (size_t)offset + len <= maps[slot].len;

	return inside ? maps[slot].start + offset : NULL;
}

/* slot, offset, length */
long do_map_read(const struct request *request, struct answer *answer)
{
	char *from = mapped(request->arg[0], request->arg[1], (size_t)request->arg[2]);

	if (!from)
		return fail(EINVAL);
	if (sigsetjmp(fault, 1))
		return fail(EFAULT);
	memcpy(memory, from, (size_t)request->arg[2]);
	*answer = (struct answer){ memory, (size_t)request->arg[2] };
	return request->arg[2];
}

/* slot, offset */
long do_map_write(const struct request *request, struct answer *answer)
{
	char *to = mapped(request->arg[0], request->arg[1], request->len);

	(void)answer;
	if (!to)
		return fail(EINVAL);
	if (sigsetjmp(fault, 1))
		return fail(EFAULT);
	memcpy(to, memory, request->len);
	return (long)request->len;
}

/* slot, MS flags */
long do_map_sync(const struct request *request, struct answer *answer)
{
	char *start = mapped(request->arg[0], 0, 0);

	(void)answer;
	return start ? msync(start, maps[request->arg[0]].len, (int)request->arg[1]) : fail(EINVAL);
}

long do_unmap(const struct request *request, struct answer *answer)
{
	char *start = mapped(request->arg[0], 0, 0);

	(void)answer;
	if (!start)
		return fail(EINVAL);
	maps[request->arg[0]].start = NULL;
	return munmap(start, maps[request->arg[0]].len);
}
