// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "pipe-io.h"

int pipe_ready(struct pipe_io *pipe)
{
	if (pipe->made)
		return 0;
	if (pipe2(pipe->fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pipe->made = true;
	return 0;
}

void pipe_close(struct pipe_io *pipe)
{
	if (!pipe->made)
		return;
	close(pipe->fds[0]);
	close(pipe->fds[1]);
	pipe->made = false;
}

ssize_t pipe_fill(struct pipe_io *pipe, struct handle *handle, size_t size, uint64_t offset)
{
	off_t at = (off_t)offset;
	size_t done = 0;
	int err = pipe_ready(pipe);

	while (!err && done < size) {
		ssize_t got = splice(handle->fd, &at, pipe->fds[1], NULL, size - done, SPLICE_F_MOVE);

		if (got < 0 && errno != EINTR)
			err = -errno;
		if (!got)
			break;
		done += got > 0 ? (size_t)got : 0;
	}
	return done ? (ssize_t)done : err;
}

ssize_t pipe_drain(struct pipe_io *pipe, struct handle *handle, size_t size, uint64_t offset)
{
	off_t at = (off_t)offset;
	size_t done = 0;
	int err = 0;

	while (!err && done < size) {
		ssize_t put = splice(pipe->fds[0], NULL, handle->fd, &at, size - done, SPLICE_F_MOVE);

		if (put < 0 && errno != EINTR)
			err = -errno;
		if (!put)
			break;
		done += put > 0 ? (size_t)put : 0;
	}
	if (done < size)
		pipe_close(pipe);
	return done ? (ssize_t)done : err;
}
