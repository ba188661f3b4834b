// SPDX-License-Identifier: MIT
/*
 * A client of the mount that makes the system calls which JavaScript cannot: one request at a time on stdin, its
 * answer on stdout.
 *
 *   request: "BYTES OP ARG ...\n" and BYTES of payload; args are numbers, paths and names travel as payload
 *   answer:  "RESULT ERRNO BYTES\n" and BYTES of data; RESULT -1 is an error
 *
 * A fault on a mapping (SIGBUS) is an error like any other: EFAULT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "client.h"

#define MAX_BYTES (8u << 20)
#define PAGE 4096

/* As O_DIRECT wants it, with a page to spare for a skew. */
char *memory;

/* SIGUSR1 interrupts a call; a read of the next request goes on (SA_RESTART). */
static void on_interrupt(int signal)
{
	(void)signal;
}

long fail(int error)
{
	errno = error;
	return -1;
}

/* Payload "a\0b": the second string. */
static const char *second_name(const struct request *request)
{
	size_t first = strlen(memory) + 1;

	return first <= request->len ? memory + first : "";
}

static long do_open(const struct request *request, struct answer *answer)
{
	(void)answer;
	return open(memory, (int)request->arg[0], (mode_t)request->arg[1]);
}

static long do_close(const struct request *request, struct answer *answer)
{
	(void)answer;
	return close((int)request->arg[0]);
}

/* fd, offset (-1: where the file stands), length, skew of the memory, RWF flags */
static long do_read(const struct request *request, struct answer *answer)
{
	char *at = memory + request->arg[3];
	struct iovec iov = { at, (size_t)request->arg[2] };
	long got;

	if (iov.iov_len > MAX_BYTES)
		return fail(E2BIG);
	got = preadv2((int)request->arg[0], &iov, 1, request->arg[1], (int)request->arg[4]);
	*answer = (struct answer){ at, got > 0 ? (size_t)got : 0 };
	return got;
}

/* fd, offset, skew, flags, pieces that the payload is cut into */
static long do_write(const struct request *request, struct answer *answer)
{
	size_t pieces = request->arg[4] > 1 ? (size_t)request->arg[4] : 1;
	size_t each = request->len / pieces;
	struct iovec iov[64];

	(void)answer;
	if (pieces > 64)
		return fail(E2BIG);
	memmove(memory + request->arg[2], memory, request->len);
	for (size_t i = 0; i < pieces; i++)
		iov[i] = (struct iovec){ memory + request->arg[2] + i * each,
					 i + 1 < pieces ? each : request->len - i * each };
	return pwritev2((int)request->arg[0], iov, (int)pieces, request->arg[1], (int)request->arg[3]);
}

/* fd */
static long do_size(const struct request *request, struct answer *answer)
{
	struct stat stat;

	(void)answer;
	return fstat((int)request->arg[0], &stat) ? -1 : stat.st_size;
}

static long do_truncate(const struct request *request, struct answer *answer)
{
	(void)answer;
	return ftruncate((int)request->arg[0], request->arg[1]);
}

static long do_fallocate(const struct request *request, struct answer *answer)
{
	(void)answer;
	return fallocate((int)request->arg[0], (int)request->arg[1], request->arg[2], request->arg[3]);
}

static long do_seek(const struct request *request, struct answer *answer)
{
	(void)answer;
	return lseek((int)request->arg[0], request->arg[1], (int)request->arg[2]);
}

/* fd, 1: data only */
static long do_sync(const struct request *request, struct answer *answer)
{
	(void)answer;
	return request->arg[1] ? fdatasync((int)request->arg[0]) : fsync((int)request->arg[0]);
}

/* fd, offset, length, advice */
static long do_advise(const struct request *request, struct answer *answer)
{
	int error = posix_fadvise((int)request->arg[0], request->arg[1], request->arg[2], (int)request->arg[3]);

	(void)answer;
	return error ? fail(error) : 0;
}

/* fd, F_* command, F_* type, start, length; the type that is there afterwards */
static long do_lock(const struct request *request, struct answer *answer)
{
	struct flock lock = { .l_type = (short)request->arg[2], .l_whence = SEEK_SET, .l_start = request->arg[3],
			      .l_len = request->arg[4] };

	(void)answer;
	return fcntl((int)request->arg[0], (int)request->arg[1], &lock) < 0 ? -1 : lock.l_type;
}

static long do_flock(const struct request *request, struct answer *answer)
{
	(void)answer;
	return flock((int)request->arg[0], (int)request->arg[1]);
}

/* fd, XATTR flags; payload name NUL value */
static long do_set_xattr(const struct request *request, struct answer *answer)
{
	const char *value = second_name(request);

	(void)answer;
	return fsetxattr((int)request->arg[0], memory, value, request->len - (size_t)(value - memory),
			 (int)request->arg[1]);
}

/* fd, room; payload name */
static long do_get_xattr(const struct request *request, struct answer *answer)
{
	char *value = memory + PAGE;
	long got = fgetxattr((int)request->arg[0], memory, value, (size_t)request->arg[1]);

	*answer = (struct answer){ value, got > 0 && request->arg[1] ? (size_t)got : 0 };
	return got;
}

/* fd, room */
static long do_list_xattr(const struct request *request, struct answer *answer)
{
	long got = flistxattr((int)request->arg[0], memory, (size_t)request->arg[1]);

	*answer = (struct answer){ memory, got > 0 && request->arg[1] ? (size_t)got : 0 };
	return got;
}

static long do_remove_xattr(const struct request *request, struct answer *answer)
{
	(void)answer;
	return fremovexattr((int)request->arg[0], memory);
}

/* RENAME flags; payload old NUL new */
static long do_rename(const struct request *request, struct answer *answer)
{
	(void)answer;
	return renameat2(AT_FDCWD, memory, AT_FDCWD, second_name(request), (unsigned int)request->arg[0]);
}

/* CPU */
static long do_pin(const struct request *request, struct answer *answer)
{
	cpu_set_t cpus;

	(void)answer;
	CPU_ZERO(&cpus);
	CPU_SET((size_t)request->arg[0], &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus);
}

static const struct {
	const char *name;
	long (*run)(const struct request *request, struct answer *answer);
} operations[] = {
	{ "open", do_open },
	{ "close", do_close },
	{ "read", do_read },
	{ "write", do_write },
	{ "size", do_size },
	{ "truncate", do_truncate },
	{ "fallocate", do_fallocate },
	{ "copy", do_copy },
	{ "sendfile", do_sendfile },
	{ "splice-read", do_splice_read },
	{ "splice-write", do_splice_write },
	{ "map", do_map },
	{ "map-read", do_map_read },
	{ "map-write", do_map_write },
	{ "map-sync", do_map_sync },
	{ "unmap", do_unmap },
	{ "seek", do_seek },
	{ "sync", do_sync },
	{ "advise", do_advise },
	{ "lock", do_lock },
	{ "flock", do_flock },
	{ "set-xattr", do_set_xattr },
	{ "get-xattr", do_get_xattr },
	{ "list-xattr", do_list_xattr },
	{ "remove-xattr", do_remove_xattr },
	{ "rename", do_rename },
	{ "pin", do_pin },
	{ "read-gone", do_read_gone },
	{ "write-gone", do_write_gone },
};

static long obey(const char *name, const struct request *request, struct answer *answer)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (!strcmp(operations[i].name, name))
			return operations[i].run(request, answer);
	return fail(ENOSYS);
}

/* False at the end of the input, or when it is no request. */
static bool next_request(struct request *request, char name[16])
{
	char line[256];
	int taken = 0;
	char *rest;

	if (!fgets(line, sizeof(line), stdin) || sscanf(line, "%zu %15s%n", &request->len, name, &taken) != 2)
		return false;
	if (request->len > MAX_BYTES)
		return false;
	rest = line + taken;
	for (int i = 0; i < MAX_ARGS; i++)
		request->arg[i] = strtol(rest, &rest, 10);
	memory[request->len] = 0;
	request->payload = memory;
	return fread(memory, 1, request->len, stdin) == request->len;
}

int main(void)
{
	struct sigaction interrupt = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };
	struct request request;
	char name[16];

	memory = mmap(NULL, MAX_BYTES + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return 1;
	catch_faults();
	sigaction(SIGUSR1, &interrupt, NULL);
	signal(SIGPIPE, SIG_IGN);
	while (next_request(&request, name)) {
		struct answer answer = { NULL, 0 };
		long result = obey(name, &request, &answer);

		printf("%ld %d %zu\n", result, result < 0 ? errno : 0, answer.len);
		fwrite(answer.data, 1, answer.len, stdout);
		fflush(stdout);
	}
	return 0;
}
