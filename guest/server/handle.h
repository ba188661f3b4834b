/* SPDX-License-Identifier: MIT */
/* An open file of a store: what READ and WRITE need, whichever way they go. */
#ifndef FUSELAB_HANDLE_H
#define FUSELAB_HANDLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct handle {
	int fd;
	/*
	 * The same file without O_DIRECT, for what the store refuses to do directly:
	 * the kernel cuts requests at pages of the caller's memory, so their lengths
	 * need not be multiples of a block. -1: fd is not O_DIRECT.
	 */
	int buffered_fd;
	/* handle_nowait's answer, -1: not asked yet */
	atomic_schar nowait;
	/* never used twice, so that a queue's file table cannot take one file for another */
	uint64_t serial;
	/* ring operations so far; a file that is read once is not worth a slot */
	atomic_uint ring_uses;
	/* queues whose file table may hold it: bit qid modulo 64 */
	atomic_ulong installed;
	atomic_uint refs;
	/* the null store's idea of the size; NULL: the file knows */
	atomic_llong *size;
};

/*
 * An open file's pointer goes from the thread that opened it to the one that
 * reads it by way of the kernel, which the C memory model does not know of: the
 * first publishes, the second observes before it looks.
 */
void handles_publish(void);
void handles_observe(void);

/* Takes over `fd`; NULL (and fd closed) when there is no memory. */
struct handle *handle_make(int fd);
void handle_get(struct handle *handle);
/* Drops a reference; the last one closes. */
void handle_put(struct handle *handle);

/* io_uring can try the file without blocking, so that ring I/O needs no worker thread. */
bool handle_nowait(struct handle *handle);

/* Writes end in the store's page cache. */
static inline bool handle_caches(const struct handle *handle)
{
	return handle->buffered_fd < 0;
}

/* A file of the null store: there is nothing in it to sync, to punch a hole into, or to find. */
static inline bool handle_is_null(const struct handle *handle)
{
	return handle->size != NULL;
}

/* Whole transfers unless the file ends: bytes done, or a negative errno. */
ssize_t handle_read(struct handle *handle, void *memory, size_t size, uint64_t offset, bool buffered);
ssize_t handle_write(struct handle *handle, const void *memory, size_t size, uint64_t offset, bool buffered);
/* The file loses set-user-id, and set-group-id where the group may execute it. */
void handle_kill_set_id(struct handle *handle);

/* How much of a read there is; only the null store's files have no end of their own. */
size_t handle_rest(const struct handle *handle, size_t size, uint64_t offset);
/* The null store's file has grown to at least this. */
void handle_grown(struct handle *handle, uint64_t end);

#endif
