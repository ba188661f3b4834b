/* SPDX-License-Identifier: MIT */
/*
 * A short way round io_uring's worker threads: a store whose files it cannot try
 * without blocking (tmpfs) makes every READ_FIXED and WRITE_FIXED of a zero-copied
 * request a worker's job, which costs more than copying a few pages. A pipe can be
 * tried: the data goes through one, by splice(2) on the store's side and by the
 * fixed operation on the client's.
 */
#ifndef FUSELAB_PIPE_IO_H
#define FUSELAB_PIPE_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "handle.h"

/* Most bytes of a request that go this way: half of what a pipe holds, so that no operation on it ever waits. */
#define PIPE_MOST 32768

struct pipe_io {
	/* read end, write end; made with the first use */
	int fds[2];
	bool made;
};

/* Puts the file's bytes into the pipe: their number, or a negative errno. */
ssize_t pipe_fill(struct pipe_io *pipe, struct handle *handle, size_t size, uint64_t offset);
/* Makes the pipe ready to be written into; 0 or a negative errno. */
int pipe_ready(struct pipe_io *pipe);
/* Takes `size` bytes out of the pipe into the file: their number, or a negative errno. */
ssize_t pipe_drain(struct pipe_io *pipe, struct handle *handle, size_t size, uint64_t offset);
/* After an operation that went wrong: what may be left in it is thrown away. */
void pipe_close(struct pipe_io *pipe);

#endif
