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

/* client.c: payload in and data out share it, page-aligned. */
extern char *memory;

/* Sets errno and gives -1. */
long fail(int error);

/* maps.c: a fault on a mapping is the answer EFAULT from here on. */
void catch_faults(void);
long do_map(const struct request *request, struct answer *answer);
long do_map_read(const struct request *request, struct answer *answer);
long do_map_write(const struct request *request, struct answer *answer);
long do_map_sync(const struct request *request, struct answer *answer);
long do_unmap(const struct request *request, struct answer *answer);

/* move.c */
long do_copy(const struct request *request, struct answer *answer);
long do_sendfile(const struct request *request, struct answer *answer);
long do_splice_read(const struct request *request, struct answer *answer);
long do_splice_write(const struct request *request, struct answer *answer);

/*
 * aio.c: one direct call of Linux AIO whose memory is gone before it ends.
 * fd, offset, length, 1: the pages too, 0: the mapping alone; gives what is in that memory afterwards
 */
long do_read_gone(const struct request *request, struct answer *answer);
/* fd, offset; payload */
long do_write_gone(const struct request *request, struct answer *answer);

#endif
