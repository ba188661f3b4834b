/* SPDX-License-Identifier: MIT */
/* What the rooms of the client share. */
#ifndef FUSELAB_CLIENT_H
#define FUSELAB_CLIENT_H

#include <stddef.h>

#define MAX_ARGS 6

struct request {
	long arg[MAX_ARGS];
	/* ends in a NUL that is not counted */
	const char *payload;
	size_t len;
};

struct answer {
	const char *data;
	size_t len;
};

/* Sets errno and gives -1. */
long fail(int error);

/*
 * aio.c: one direct call of Linux AIO whose memory is gone before it ends.
 * fd, offset, length, 1: the pages too, 0: the mapping alone; gives what is in that memory afterwards
 */
long do_read_gone(const struct request *request, struct answer *answer);
/* fd, offset; payload */
long do_write_gone(const struct request *request, struct answer *answer);

#endif
