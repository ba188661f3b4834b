// SPDX-License-Identifier: MIT
#include <errno.h>
#include "data.h"
#include "dialect.h"
#include "queue.h"

enum way { WAY_SYNC, WAY_RING, WAY_RING_POOL, WAY_RING_SLOT, WAY_PIPE_SLOT };

/*
 * A store that io_uring cannot try without blocking (tmpfs) makes every ring
 * operation a job for a worker thread: a plain system call is cheaper then, and
 * so it is for a write that only reaches the store's page cache.
 * docs/server-cost.md has the figures.
 */
static bool call_is_cheaper(const struct ring_entry *entry, struct handle *handle)
{
	return !handle_nowait(handle) || (entry->opcode == OP_WRITE && handle_caches(handle));
}

static enum way choose(const struct ring_entry *entry, struct handle *handle)
{
	const struct queue *queue = entry->queue;
	enum store_io store_io = queue->server->options.store_io;
	bool by_call = store_io == IO_SYNC || (store_io == IO_AUTO && call_is_cheaper(entry, handle));

	/* The client's own pages are no memory of ours: a call reaches them through a pipe, which copies. */
	if (entry->zero_copied)
		return by_call && entry->io.size <= PIPE_MOST ? WAY_PIPE_SLOT : WAY_RING_SLOT;
	if (by_call)
		return WAY_SYNC;
	return queue->pinned ? WAY_RING_POOL : WAY_RING;
}

static void prepare_fixed(struct ring_entry *entry, struct sqe128 *sqe, bool write)
{
	bool slot = entry->io.way != WAY_RING_POOL;

	sqe->opcode = write ? RING_OP_WRITE_FIXED : RING_OP_READ_FIXED;
	/* In a slot, addresses are offsets in the request's data. */
	sqe->addr = slot ? entry->io.done : (uintptr_t)entry->payload + entry->io.done;
	sqe->buf_index = (uint16_t)(slot ? entry->id : queue_geometry(entry->queue).pool_slot);
}

static void submit(struct ring_entry *entry, enum way way)
{
	struct queue *queue = entry->queue;
	bool write = entry->opcode == OP_WRITE;
	struct sqe128 *sqe = ring_sqe(queue->ring);

	entry->io.way = way;
	entry->state = ENTRY_STORE_IO;
	sqe->user_data = tag(TAG_STORE_IO, entry->id);
	sqe->len = entry->io.size - entry->io.done;
	if (way == WAY_PIPE_SLOT) {
		prepare_fixed(entry, sqe, write);
		sqe->fd = entry->io.pipe.fds[write ? 1 : 0];
		/* A pipe has no offsets. */
		sqe->off = UINT64_MAX;
		return;
	}
	if (way == WAY_RING) {
		sqe->opcode = write ? RING_OP_WRITE : RING_OP_READ;
		sqe->addr = (uintptr_t)entry->payload + entry->io.done;
	} else {
		prepare_fixed(entry, sqe, write);
	}
	files_name(&queue->files, queue->qid, entry->io.handle, entry->io.buffered, sqe);
	sqe->off = entry->io.offset + entry->io.done;
	/* The attempt without a worker would only fail first. */
	if (!handle_nowait(entry->io.handle))
		sqe->flags |= SQE_ASYNC;
}

static void finish(struct ring_entry *entry, int32_t res)
{
	struct queue_stats *stats = &entry->queue->stats;
	struct handle *handle = entry->io.handle;
	bool write = entry->opcode == OP_WRITE;
	uint32_t done = entry->io.done;

	if (write && done)
		handle_grown(handle, entry->io.offset + done);
	handle_put(handle);
	entry->io.handle = NULL;
	if (res < 0 && !done) {
		entry_fail(entry, res);
		return;
	}
	stats_add(entry->io.way == WAY_SYNC	 ? &stats->sync_io :
		  entry->io.way == WAY_PIPE_SLOT ? &stats->pipe_io :
						   &stats->ring_io,
		  1);
	stats_add(entry->io.way >= WAY_RING_POOL ? &stats->fixed_bytes : &stats->payload_bytes, done);
	if (!write) {
		entry_commit(entry, 0, done);
		return;
	}
	*(struct write_out *)entry->payload = (struct write_out){ .size = done };
	entry_commit(entry, 0, sizeof(struct write_out));
}

/* Readies the pipe; false when the request has been answered already. */
static bool through_pipe(struct ring_entry *entry, bool write)
{
	ssize_t got = write ? pipe_ready(&entry->io.pipe) :
			      pipe_fill(&entry->io.pipe, entry->io.handle, entry->io.size, entry->io.offset);

	if (got < 0) {
		finish(entry, (int32_t)got);
		return false;
	}
	if (!write)
		entry->io.size = (uint32_t)got;
	return true;
}

void data_serve(struct ring_entry *entry)
{
	struct queue *queue = entry->queue;
	const struct io_in *in = (const struct io_in *)entry->header->op_in;
	struct handle *handle = (struct handle *)(uintptr_t)in->fh;
	bool write = entry->opcode == OP_WRITE;
	size_t room = queue_geometry(queue).buffer_len;
	struct fault lie;
	enum way way;

	entry->io.handle = handle;
	entry->io.offset = in->offset;
	entry->io.size = in->size;
	entry->io.done = 0;
	entry->io.buffered = false;
	handle_get(handle);
	if (!entry->zero_copied && entry->io.size > room) {
		finish(entry, -EPROTO);
		return;
	}
	if (write && in->io_flags & WRITE_KILL_SUIDGID)
		handle_kill_set_id(handle);
	if (fault_take(&queue->server->faults, FAULTS_AT_SERVE, queue->qid, entry->opcode, &lie))
		entry->io.offset += 4096;
	way = choose(entry, handle);
	entry->io.way = way;
	if (way == WAY_SYNC) {
		ssize_t res = write ? handle_write(handle, entry->payload, entry->io.size, entry->io.offset, false) :
				      handle_read(handle, entry->payload, entry->io.size, entry->io.offset, false);

		entry->io.done = res > 0 ? (uint32_t)res : 0;
		finish(entry, res < 0 ? (int32_t)res : 0);
		return;
	}
	if (!write)
		entry->io.size = (uint32_t)handle_rest(handle, entry->io.size, entry->io.offset);
	if (way == WAY_PIPE_SLOT && !through_pipe(entry, write))
		return;
	if (entry->io.size)
		submit(entry, way);
	else
		finish(entry, 0);
}

/* The fixed operation on the pipe is done; a READ's data is with the client, a WRITE's on its way to the store. */
static void pipe_completed(struct ring_entry *entry, int32_t res, bool write)
{
	ssize_t put = res;

	/* The size was what the pipe held, or has room for: anything else leaves it in a state nobody knows. */
	if (res != (int32_t)entry->io.size)
		pipe_close(&entry->io.pipe);
	if (write && res > 0)
		put = pipe_drain(&entry->io.pipe, entry->io.handle, (size_t)res, entry->io.offset);
	entry->io.done = put > 0 ? (uint32_t)put : 0;
	finish(entry, (int32_t)put);
}

void data_completed(struct ring_entry *entry, int32_t res)
{
	bool write = entry->opcode == OP_WRITE;

	entry->state = ENTRY_HELD;
	if (entry->io.way == WAY_PIPE_SLOT) {
		pipe_completed(entry, res, write);
		return;
	}
	if (res == -EAGAIN || res == -EINTR) {
		submit(entry, entry->io.way);
		return;
	}
	if (res == -EINVAL && entry->io.handle->buffered_fd >= 0 && !entry->io.buffered) {
		stats_add(&entry->queue->stats.retried_buffered, 1);
		entry->io.buffered = true;
		submit(entry, entry->io.way);
		return;
	}
	if (res > 0)
		entry->io.done += (uint32_t)res;
	/* A short write has room for more, and so has what a signal cut short in the null store; a regular file's short read is its end. */
	if ((write || handle_is_null(entry->io.handle)) && res > 0 && entry->io.done < entry->io.size) {
		submit(entry, entry->io.way);
		return;
	}
	finish(entry, res);
}
