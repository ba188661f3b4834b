// SPDX-License-Identifier: MIT
#include <errno.h>
#include "data.h"
#include "dialect.h"
#include "queue.h"

/*
 * A store that io_uring cannot try without blocking (tmpfs) makes every ring
 * operation a job for a worker thread. Where the data can go by memory, a plain
 * pread(2) is cheaper then; docs/server-cost.md has the figures.
 */
enum way { WAY_SYNC, WAY_RING, WAY_RING_POOL, WAY_RING_SLOT };

static enum way choose(const struct ring_entry *entry, struct handle *handle)
{
	const struct queue *queue = entry->queue;

	if (entry->zero_copied)
		return WAY_RING_SLOT;
	switch (queue->server->options.store_io) {
	case IO_SYNC:
		return WAY_SYNC;
	case IO_RING:
		break;
	case IO_AUTO:
		if (!handle_nowait(handle))
			return WAY_SYNC;
		break;
	}
	return queue->pinned ? WAY_RING_POOL : WAY_RING;
}

static void submit(struct ring_entry *entry, enum way way)
{
	struct queue *queue = entry->queue;
	bool write = entry->opcode == OP_WRITE;
	bool fixed = way != WAY_RING;
	struct sqe128 *sqe = ring_sqe(queue->ring);

	if (fixed)
		sqe->opcode = write ? RING_OP_WRITE_FIXED : RING_OP_READ_FIXED;
	else
		sqe->opcode = write ? RING_OP_WRITE : RING_OP_READ;
	files_name(&queue->files, queue->qid, entry->io.handle, entry->io.buffered, sqe);
	sqe->off = entry->io.offset + entry->io.done;
	/* In a slot, addresses are offsets in the request's data. */
	sqe->addr = way == WAY_RING_SLOT ? entry->io.done : (uintptr_t)entry->payload + entry->io.done;
	sqe->len = entry->io.size - entry->io.done;
	if (fixed)
		sqe->buf_index = (uint16_t)(way == WAY_RING_SLOT ? entry->id : queue_geometry(queue).pool_slot);
	sqe->user_data = tag(TAG_STORE_IO, entry->id);
	/* The attempt without a worker would only fail first. */
	if (!handle_nowait(entry->io.handle))
		sqe->flags |= SQE_ASYNC;
	entry->io.way = way;
	entry->state = ENTRY_STORE_IO;
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
	atomic_fetch_add_explicit(entry->io.way == WAY_SYNC ? &stats->sync_io : &stats->ring_io, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(entry->io.way >= WAY_RING_POOL ? &stats->fixed_bytes : &stats->payload_bytes, done,
				  memory_order_relaxed);
	if (!write) {
		entry_commit(entry, 0, done);
		return;
	}
	*(struct write_out *)entry->payload = (struct write_out){ .size = done };
	entry_commit(entry, 0, sizeof(struct write_out));
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
	if (entry->io.size)
		submit(entry, way);
	else
		finish(entry, 0);
}

void data_completed(struct ring_entry *entry, int32_t res)
{
	bool write = entry->opcode == OP_WRITE;

	entry->state = ENTRY_HELD;
	if (res == -EAGAIN || res == -EINTR) {
		submit(entry, entry->io.way);
		return;
	}
	if (res == -EINVAL && entry->io.handle->buffered_fd >= 0 && !entry->io.buffered) {
		atomic_fetch_add_explicit(&entry->queue->stats.retried_buffered, 1, memory_order_relaxed);
		entry->io.buffered = true;
		submit(entry, entry->io.way);
		return;
	}
	if (res > 0)
		entry->io.done += (uint32_t)res;
	/* A short write has room for more; a short read of a regular file is its end. */
	if (write && res > 0 && entry->io.done < entry->io.size) {
		submit(entry, entry->io.way);
		return;
	}
	finish(entry, res);
}
