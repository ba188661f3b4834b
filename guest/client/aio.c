// SPDX-License-Identifier: MIT
/* Direct calls that lose their memory on the way: a kernel that looked it up again would find other pages, or none. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "client.h"

/* What stands in the pages that take the place of those that were freed. */
#define AFTERWARDS 0xcc

/* Two views of the same pages: one to be given to a call, one to look with. */
struct pages {
	int fd;
	char *given, *seen;
	size_t len;
};

static void drop_pages(struct pages *pages)
{
	if (pages->given && pages->given != MAP_FAILED)
		munmap(pages->given, pages->len);
	if (pages->seen && pages->seen != MAP_FAILED)
		munmap(pages->seen, pages->len);
	if (pages->len)
		close(pages->fd);
	*pages = (struct pages){ 0 };
}

static bool make_pages(struct pages *pages, size_t len)
{
	int fd = memfd_create("client", MFD_CLOEXEC);

	if (fd < 0)
		return false;
	*pages = (struct pages){ .fd = fd, .len = len };
	if (!ftruncate(fd, (off_t)len)) {
		pages->given = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		pages->seen = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	return pages->given && pages->given != MAP_FAILED && pages->seen != MAP_FAILED;
}

static void unmap_given(struct pages *pages)
{
	munmap(pages->given, pages->len);
	pages->given = NULL;
}

/* The call's own pages belong to nobody else from here on. */
static bool free_given(struct pages *pages)
{
	unmap_given(pages);
	if (fallocate(pages->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)pages->len))
		return false;
	memset(pages->seen, AFTERWARDS, pages->len);
	return true;
}

/* Submits, has the memory go, and waits; gives the call's result, or -1. */
static long lose_memory_in(uint16_t opcode, const struct request *request, struct pages *pages, bool freed)
{
	struct iocb call = { .aio_lio_opcode = opcode, .aio_fildes = (uint32_t)request->arg[0],
			     .aio_buf = (uintptr_t)pages->given, .aio_nbytes = pages->len,
			     .aio_offset = request->arg[1] };
	struct iocb *calls = &call;
	struct io_event event = { 0 };
	aio_context_t context = 0;
	bool gone = true;
	long got;

	if (syscall(SYS_io_setup, 1, &context))
		return -1;
	got = syscall(SYS_io_submit, context, 1, &calls);
	if (got == 1) {
		if (freed)
			gone = free_given(pages);
		else
			unmap_given(pages);
		got = syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
	}
	if (got == 1 && gone)
		got = event.res < 0 ? fail((int)-event.res) : (long)event.res;
	else
		got = -1;
	/* Waits for what is under way. */
	syscall(SYS_io_destroy, context);
	return got;
}

long do_read_gone(const struct request *request, struct answer *answer)
{
	/* The answer is written after the return, from here. */
	static struct pages pages;
	long got;

	drop_pages(&pages);
	if (!make_pages(&pages, (size_t)request->arg[2]))
		return -1;
	got = lose_memory_in(IOCB_CMD_PREAD, request, &pages, request->arg[3]);
	*answer = (struct answer){ pages.seen, got < 0 ? 0 : pages.len };
	return got;
}

long do_write_gone(const struct request *request, struct answer *answer)
{
	struct pages pages;
	long got;

	(void)answer;
	if (!make_pages(&pages, request->len))
		return -1;
	memcpy(pages.given, request->payload, request->len);
	got = lose_memory_in(IOCB_CMD_PWRITE, request, &pages, true);
	drop_pages(&pages);
	return got;
}
