// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/uio.h>
#include "dialect.h"

/* File slot of the /dev/fuse descriptor in every queue's table. */
#define FUSE_FILE 0

bool mode_is_v2(enum mode mode)
{
	return mode >= MODE_BUFRING;
}

bool mode_has_pool(enum mode mode)
{
	return mode >= MODE_BUFPOOL;
}

bool mode_is_zero_copy(enum mode mode)
{
	return mode == MODE_ZEROCOPY || mode == MODE_BUFRING_ZEROCOPY;
}

bool mode_pins(const struct options *options)
{
	return options->mode == MODE_PINNED || (options->mode == MODE_ZEROCOPY && options->pin_pool);
}

const char *mode_unsupported(enum mode mode, const struct agreement *agreement)
{
	if (mode == MODE_DEVFUSE)
		return NULL;
	if (!(agreement->offered & INIT_OVER_IO_URING))
		return "INIT offers no FUSE_OVER_IO_URING (built without it, or fuse.enable_uring is off)";
	if (mode == MODE_URING)
		return NULL;
	if (mode_is_v2(mode)) {
		if (agreement->offered & INIT_HAS_BUFPOOL)
			return "INIT offers FUSE_HAS_IO_URING_BUFPOOL: the kernel has the merged buffer pools, not the buffer rings of series v2";
		if (agreement->minor < 46)
			return "FUSE protocol minor below 46: the kernel does not carry series v2";
		return NULL;
	}
	if (!(agreement->offered & INIT_HAS_BUFPOOL))
		return "INIT offers no FUSE_HAS_IO_URING_BUFPOOL";
	return NULL;
}

uint32_t payload_needed(uint32_t max_write, uint32_t max_pages)
{
	uint64_t pages = (uint64_t)max_pages * 4096;
	uint64_t needed = max_write > pages ? max_write : pages;

	return needed < 8192 ? 8192 : (uint32_t)needed;
}

const char *payload_refused(const struct options *options, uint32_t needed)
{
	bool kernel_cuts = mode_has_pool(options->mode) && !mode_is_v2(options->mode);

	if (!options->payload || options->payload == needed)
		return NULL;
	if (options->payload < needed)
		return "payload is smaller than max(8192, max_write, max_pages * 4096), which REGISTER demands";
	return kernel_cuts ? "payload cannot be chosen: Linux 7.3 cuts a pool in pieces of its own size" : NULL;
}

struct geometry queue_geometry(const struct queue *queue)
{
	const struct options *options = &queue->server->options;
	uint32_t payload = queue->server->agreement.payload;
	bool pool = mode_has_pool(options->mode);

	return (struct geometry){
		.pool = pool,
		.buffers = pool && options->pool_buffers ? options->pool_buffers : options->depth,
		.buffer_len = options->payload ? options->payload : payload,
		.pool_slot = mode_is_zero_copy(options->mode) ? options->depth : 0,
	};
}

static void encode_command(const struct queue *queue, enum fuse_cmd cmd, struct sqe128 *sqe)
{
	sqe->opcode = RING_OP_URING_CMD;
	sqe->flags = SQE_FIXED_FILE;
	sqe->fd = FUSE_FILE;
	sqe->cmd_op = cmd;
	sqe->cmd.qid = (uint16_t)queue->qid;
}

/* A registered pool has to be named in every command on its queue (dev_uring.c:fuse_uring_cmd_index_ok, 7.3). */
static void name_pool(const struct queue *queue, struct sqe128 *sqe)
{
	if (!queue->pinned)
		return;
	sqe->op_flags = URING_CMD_FIXED_BUFFER;
	sqe->buf_index = (uint16_t)queue_geometry(queue).pool_slot;
}

void encode_add_queue(const struct queue *queue, struct sqe128 *sqe)
{
	encode_command(queue, CMD_ADD_QUEUE, sqe);
	if (mode_is_zero_copy(queue->server->options.mode))
		sqe->cmd.flags = QUEUE_ZERO_COPY;
}

void encode_add_pool(const struct queue *queue, struct sqe128 *sqe)
{
	encode_command(queue, CMD_ADD_BUFPOOL, sqe);
	sqe->cmd.pool_addr = (uintptr_t)queue->payload;
	sqe->cmd.pool_len = (uint32_t)queue->payload_len;
	name_pool(queue, sqe);
}

static uint64_t v2_flags(enum mode mode)
{
	switch (mode) {
	case MODE_BUFRING_ZEROCOPY:
		return V2_BUF_RING | V2_PINNED_HEADERS | V2_PINNED_BUFFERS | V2_ZERO_COPY;
	case MODE_BUFRING_PINNED:
		return V2_BUF_RING | V2_PINNED_HEADERS | V2_PINNED_BUFFERS;
	case MODE_BUFRING_HEADERS:
		return V2_BUF_RING | V2_PINNED_HEADERS;
	default:
		return V2_BUF_RING;
	}
}

static void encode_v2_register(const struct ring_entry *entry, struct iovec iovecs[2], struct sqe128 *sqe)
{
	const struct queue *queue = entry->queue;
	const struct options *options = &queue->server->options;

	/* Every REGISTER names both areas whole; the first one makes the buffer ring. */
	iovecs[0] = (struct iovec){ queue->headers, options->depth * sizeof(struct ent_header) };
	iovecs[1] = (struct iovec){ queue->payload, queue->payload_len };
	sqe->op_flags = URING_CMD_FIXED_BUFFER;
	sqe->buf_index = (uint16_t)entry->id;
	sqe->cmd.flags = v2_flags(options->mode);
	sqe->cmd.v2_buf_size = (uint32_t)queue_geometry(queue).buffer_len;
	sqe->cmd.v2_queue_depth = (uint16_t)options->depth;
}

void encode_register(const struct ring_entry *entry, struct iovec iovecs[2], struct sqe128 *sqe)
{
	const struct queue *queue = entry->queue;

	encode_command(queue, CMD_REGISTER, sqe);
	sqe->addr = (uintptr_t)iovecs;
	sqe->len = 2;
	if (mode_is_v2(queue->server->options.mode)) {
		encode_v2_register(entry, iovecs, sqe);
		return;
	}
	iovecs[0] = (struct iovec){ entry->header, sizeof(*entry->header) };
	iovecs[1] = (struct iovec){ NULL, 0 };
	if (entry->own_payload)
		iovecs[1] = (struct iovec){ entry->own_payload, queue_geometry(queue).buffer_len };
	if (queue->zero_copy)
		sqe->cmd.zero_copy_slot = (uint16_t)entry->id;
	name_pool(queue, sqe);
}

void encode_commit(const struct ring_entry *entry, struct sqe128 *sqe)
{
	const struct queue *queue = entry->queue;

	encode_command(queue, CMD_COMMIT_AND_FETCH, sqe);
	sqe->cmd.commit_id = entry->commit_id;
	if (mode_is_v2(queue->server->options.mode)) {
		sqe->op_flags = URING_CMD_FIXED_BUFFER;
		sqe->buf_index = (uint16_t)entry->id;
		return;
	}
	name_pool(queue, sqe);
}

void encode_give_up(struct sqe128 *sqe)
{
	sqe->opcode = RING_OP_URING_CMD;
	sqe->flags = SQE_FIXED_FILE;
	sqe->fd = FUSE_FILE;
	sqe->cmd_op = CMD_REGISTER;
	/* No kernel has so many queues. */
	sqe->cmd.qid = UINT16_MAX;
}

int locate_payload(struct ring_entry *entry)
{
	const struct queue *queue = entry->queue;
	const struct ent_in_out *ent = &entry->header->ent;
	struct geometry geometry = queue_geometry(queue);
	enum mode mode = queue->server->options.mode;
	bool data = entry->opcode == OP_READ || entry->opcode == OP_WRITE;
	uint64_t at;

	/* (b) marks no request: on a zero-copy queue every READ and WRITE is one. */
	entry->zero_copied = mode_is_v2(mode) ? queue->zero_copy && data : queue->zero_copy && (ent->flags & ENT_ZERO_COPY);
	entry->payload = NULL;
	if (!geometry.pool) {
		entry->payload = entry->own_payload;
		return ent->payload_sz > geometry.buffer_len ? -EPROTO : 0;
	}
	/* A zero-copied READ has no buffer, and its offset names somebody else's. */
	if (entry->zero_copied && entry->opcode == OP_READ)
		return 0;
	at = mode_is_v2(mode) ? (uint64_t)ent->buf_id * geometry.buffer_len : ent->offset;
	if (at + geometry.buffer_len > queue->payload_len)
		return -EPROTO;
	if (!entry->zero_copied && ent->payload_sz > geometry.buffer_len)
		return -EPROTO;
	entry->payload = queue->payload + at;
	return 0;
}
