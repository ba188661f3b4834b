// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "handle.h"

static int open_buffered(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	char path[64];

	if (!(flags & O_DIRECT))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, (flags & O_ACCMODE) | O_CLOEXEC);
}

static atomic_uint published;

void handles_publish(void)
{
	atomic_fetch_add_explicit(&published, 1, memory_order_release);
}

void handles_observe(void)
{
	(void)atomic_load_explicit(&published, memory_order_acquire);
}

struct handle *handle_make(int fd)
{
	static atomic_ulong serials;
	struct handle *handle = calloc(1, sizeof(*handle));

	if (!handle) {
		close(fd);
		return NULL;
	}
	handle->fd = fd;
	handle->buffered_fd = open_buffered(fd);
	atomic_init(&handle->nowait, -1);
	handle->serial = atomic_fetch_add(&serials, 1) + 1;
	atomic_init(&handle->refs, 1);
	return handle;
}

void handle_get(struct handle *handle)
{
	atomic_fetch_add_explicit(&handle->refs, 1, memory_order_relaxed);
}

void handle_put(struct handle *handle)
{
	if (atomic_fetch_sub_explicit(&handle->refs, 1, memory_order_acq_rel) != 1)
		return;
	close(handle->fd);
	if (handle->buffered_fd >= 0)
		close(handle->buffered_fd);
	free(handle);
}

bool handle_nowait(struct handle *handle)
{
	signed char known = atomic_load_explicit(&handle->nowait, memory_order_relaxed);
	char byte;
	struct iovec iov = { &byte, 1 };

	if (known >= 0)
		return known;
	/* io_uring asks the same flag of the file (io_uring/rw.c:io_file_supports_nowait, Linux 7.3). */
	known = preadv2(handle->fd, &iov, 1, 0, RWF_NOWAIT) >= 0 || (errno != EOPNOTSUPP && errno != EBADF) ? 1 : 0;
	atomic_store_explicit(&handle->nowait, known, memory_order_relaxed);
	return known;
}

static int fd_for(const struct handle *handle, bool buffered)
{
	return buffered && handle->buffered_fd >= 0 ? handle->buffered_fd : handle->fd;
}

void handle_kill_set_id(struct handle *handle)
{
	struct stat st;
	mode_t gone = S_ISUID;

	if (fstat(handle->fd, &st))
		return;
	if (st.st_mode & S_IXGRP)
		gone |= S_ISGID;
	if (st.st_mode & gone)
		fchmod(handle->fd, st.st_mode & ~gone & 07777);
}

size_t handle_rest(const struct handle *handle, size_t size, uint64_t offset)
{
	long long end;

	if (!handle->size)
		return size;
	end = atomic_load(handle->size);
	if (end <= (long long)offset)
		return 0;
	return (uint64_t)end - offset < size ? (size_t)((uint64_t)end - offset) : size;
}

ssize_t handle_read(struct handle *handle, void *memory, size_t size, uint64_t offset, bool buffered)
{
	size_t done = 0;

	size = handle_rest(handle, size, offset);
	while (done < size) {
		ssize_t got = pread(fd_for(handle, buffered), (char *)memory + done, size - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EINVAL && handle->buffered_fd >= 0 && !buffered) {
			buffered = true;
			continue;
		}
		if (got < 0)
			return done ? (ssize_t)done : -errno;
		done += (size_t)got;
		/* A short read of a regular file is its end: another call would only say so again. */
		break;
	}
	return (ssize_t)done;
}

ssize_t handle_write(struct handle *handle, const void *memory, size_t size, uint64_t offset, bool buffered)
{
	size_t done = 0;

	while (done < size) {
		ssize_t put = pwrite(fd_for(handle, buffered), (const char *)memory + done, size - done, (off_t)(offset + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EINVAL && handle->buffered_fd >= 0 && !buffered) {
			buffered = true;
			continue;
		}
		if (put < 0)
			return done ? (ssize_t)done : -errno;
		if (!put)
			break;
		done += (size_t)put;
	}
	handle_grown(handle, offset + done);
	return (ssize_t)done;
}

void handle_grown(struct handle *handle, uint64_t end)
{
	long long now;

	if (!handle->size)
		return;
	now = atomic_load(handle->size);
	while (now < (long long)end && !atomic_compare_exchange_weak(handle->size, &now, (long long)end))
		;
}
