// SPDX-License-Identifier: MIT
/* Calls that move bytes from file to file, or between a file and a pipe. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>
#include "client.h"

/* fd from, offset, fd to, offset, length */
long do_copy(const struct request *request, struct answer *answer)
{
	off_t from = request->arg[1], to = request->arg[3];

	(void)answer;
	return copy_file_range((int)request->arg[0], &from, (int)request->arg[2], &to, (size_t)request->arg[4], 0);
}

/* fd to, fd from, offset, length */
long do_sendfile(const struct request *request, struct answer *answer)
{
	off_t from = request->arg[2];

	(void)answer;
	return sendfile((int)request->arg[0], (int)request->arg[1], &from, (size_t)request->arg[3]);
}

/* A pipe holds 64 KiB: that is the most of one splice. */
static long splice_out(int fd, off_t offset, size_t len, int pipe, struct answer *answer)
{
	long got = splice(fd, &offset, pipe, NULL, len, 0);

	*answer = (struct answer){ memory, got > 0 ? (size_t)got : 0 };
	return got;
}

/* fd, offset, length: file to pipe, pipe to memory */
long do_splice_read(const struct request *request, struct answer *answer)
{
	int pipes[2];
	long got;

	if (pipe(pipes))
		return -1;
	got = splice_out((int)request->arg[0], request->arg[1], (size_t)request->arg[2], pipes[1], answer);
	if (got > 0 && read(pipes[0], memory, answer->len) != got)
		got = fail(EPIPE);
	close(pipes[0]);
	close(pipes[1]);
	return got;
}

/* fd, offset, 1: vmsplice; payload to pipe, pipe to file */
long do_splice_write(const struct request *request, struct answer *answer)
{
	struct iovec iov = { memory, request->len };
	off_t offset = request->arg[1];
	int pipes[2];
	long done;

	(void)answer;
	if (pipe(pipes))
		return -1;
	done = request->arg[2] ? vmsplice(pipes[1], &iov, 1, 0) : write(pipes[1], memory, request->len);
	if (done > 0)
		done = splice(pipes[0], NULL, (int)request->arg[0], &offset, (size_t)done, 0);
	close(pipes[0]);
	close(pipes[1]);
	return done;
}
