// SPDX-License-Identifier: MIT
/*
 * A queue: one thread, one ring, its entries. The thread owns everything in
 * struct queue but the atomics; it sleeps in ring_submit() alone, and hands over
 * in one system call all replies and store operations of a batch.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "data.h"
#include "dialect.h"
#include "queue.h"

static _Thread_local struct ring_entry *served;

struct ring_entry *current_entry(void)
{
	return served;
}

void queue_refuse(struct queue *queue, const char *call, int err)
{
	if (!queue->refusal.call)
		queue->refusal = (struct answer){ call, err };
}

/* --- commands ---------------------------------------------------------- */

void entry_register(struct ring_entry *entry)
{
	struct queue *queue = entry->queue;
	struct sqe128 *sqe = ring_sqe(queue->ring);

	encode_register(entry, queue->iovecs[entry->id], sqe);
	if ((unsigned int)queue->server->options.refuse_register == queue->qid && !entry->id)
		queue->iovecs[entry->id][0].iov_len = 16;
	sqe->user_data = tag(TAG_COMMAND, entry->id);
	entry->state = ENTRY_PARKED;
}

static void send_commit(struct ring_entry *entry)
{
	struct sqe128 *sqe = ring_sqe(entry->queue->ring);

	encode_commit(entry, sqe);
	sqe->user_data = tag(TAG_COMMAND, entry->id);
	entry->state = ENTRY_COMMITTED;
	stats_add(&entry->queue->stats.commits, 1);
}

static void send_spoilt_commit(struct ring_entry *entry, enum fault_kind kind)
{
	struct sqe128 *sqe = ring_sqe(entry->queue->ring);

	encode_commit(entry, sqe);
	if (kind == FAULT_WRONG_COMMIT_ID)
		sqe->cmd.commit_id ^= 1ull << 40;
	if (kind == FAULT_WRONG_QUEUE)
		sqe->cmd.qid = (uint16_t)((entry->queue->qid + 1) % entry->queue->server->nr_queues);
	sqe->user_data = tag(TAG_FAULT, kind);
}

void queue_give_up(struct queue *queue)
{
	struct sqe128 *sqe = ring_sqe(queue->ring);

	encode_give_up(sqe);
	sqe->user_data = tag(TAG_SETUP, 0);
}

/* --- replies ----------------------------------------------------------- */

static void put_reply(struct ring_entry *entry, int32_t error, uint32_t payload_sz, uint64_t unique)
{
	entry->header->out = (struct out_header){
		.len = (uint32_t)sizeof(struct out_header) + payload_sz,
		.error = error,
		.unique = unique,
	};
	entry->header->ent.payload_sz = payload_sz;
}

static void delay_reply(struct ring_entry *entry, int64_t ms, int32_t error, uint32_t payload_sz)
{
	struct sqe128 *sqe = ring_sqe(entry->queue->ring);

	entry->delayed.sec = ms / 1000;
	entry->delayed.nsec = ms % 1000 * 1000000;
	entry->delayed.error = error;
	entry->delayed.payload_sz = payload_sz;
	sqe->opcode = RING_OP_TIMEOUT;
	sqe->fd = -1;
	sqe->addr = (uintptr_t)&entry->delayed;
	sqe->len = 1;
	sqe->user_data = tag(TAG_TIMER, entry->id);
}

/* True when the fault took the reply over. */
static bool spoil(struct ring_entry *entry, const struct fault *fault, int32_t *error, uint32_t *payload_sz, uint64_t *unique)
{
	uint32_t bytes = (uint32_t)fault->value;

	switch (fault->kind) {
	case FAULT_DELAY:
		delay_reply(entry, fault->value, *error, *payload_sz);
		return true;
	case FAULT_SHORT:
		*payload_sz -= bytes < *payload_sz ? bytes : *payload_sz;
		break;
	case FAULT_LONG:
		*payload_sz += bytes;
		break;
	case FAULT_ERROR:
		*error = (int32_t)fault->value;
		break;
	case FAULT_UNIQUE:
		*unique = fault->value ? *unique ^ (uint64_t)fault->value : 0;
		break;
	case FAULT_KEEP_SIZE:
		*payload_sz = entry->header->ent.payload_sz;
		break;
	case FAULT_KILL:
		kill(getpid(), SIGKILL);
		break;
	case FAULT_EXIT:
		_exit(3);
	case FAULT_SEGV:
		raise(SIGSEGV);
		break;
	default:
		break;
	}
	return false;
}

static void reply(struct ring_entry *entry, int32_t error, uint32_t payload_sz, bool honest)
{
	struct queue *queue = entry->queue;
	uint64_t unique = entry->unique;
	struct fault fault;
	bool spoilt = !honest && fault_take(&queue->server->faults, FAULTS_AT_COMMIT, queue->qid, entry->opcode, &fault);

	entry->replied = true;
	if (spoilt && spoil(entry, &fault, &error, &payload_sz, &unique))
		return;
	put_reply(entry, error, payload_sz, unique);
	if (spoilt && (fault.kind == FAULT_WRONG_COMMIT_ID || fault.kind == FAULT_WRONG_QUEUE))
		send_spoilt_commit(entry, fault.kind);
	send_commit(entry);
	if (spoilt && fault.kind == FAULT_DOUBLE_COMMIT)
		send_spoilt_commit(entry, fault.kind);
}

void entry_commit(struct ring_entry *entry, int32_t error, uint32_t payload_sz)
{
	reply(entry, error, payload_sz, false);
}

void entry_fail(struct ring_entry *entry, int error)
{
	reply(entry, error, 0, false);
}

ssize_t entry_reply(struct ring_entry *entry, const struct out_header *out, const struct iovec *body, int count_)
{
	size_t room = queue_geometry(entry->queue).buffer_len;
	size_t len = 0;

	for (int i = 0; i < count_; i++) {
		if (!entry->payload || body[i].iov_len > room - len) {
			entry_fail(entry, -EIO);
			return (ssize_t)out->len;
		}
		memcpy(entry->payload + len, body[i].iov_base, body[i].iov_len);
		len += body[i].iov_len;
	}
	stats_add(&entry->queue->stats.payload_bytes, len);
	entry_commit(entry, out->error, (uint32_t)len);
	return (ssize_t)out->len;
}

/* --- requests ---------------------------------------------------------- */

/* Headers and payload back to back, as libfuse reads them from /dev/fuse. */
static void serve_whole(struct ring_entry *entry)
{
	struct queue *queue = entry->queue;
	const struct ent_header *header = entry->header;
	uint32_t payload_sz = header->ent.payload_sz;
	uint32_t len = header->in.len;
	uint32_t op_len = len - (uint32_t)sizeof(struct in_header) - payload_sz;

	if (len < sizeof(struct in_header) + payload_sz || op_len > sizeof(header->op_in)) {
		entry_fail(entry, -EPROTO);
		return;
	}
	memcpy(queue->whole, &header->in, sizeof(struct in_header));
	memcpy(queue->whole + sizeof(struct in_header), header->op_in, op_len);
	if (payload_sz)
		memcpy(queue->whole + sizeof(struct in_header) + op_len, entry->payload, payload_sz);
	served = entry;
	session_process(queue->server, queue->whole, len);
	served = NULL;
	/* NOTIFY_REPLY has no reply, and yet the entry must go back. */
	if (!entry->replied)
		entry_commit(entry, 0, 0);
}

static void serve(struct ring_entry *entry)
{
	struct queue *queue = entry->queue;

	handles_observe();
	entry->state = ENTRY_HELD;
	entry->replied = false;
	entry->unique = entry->header->in.unique;
	entry->opcode = entry->header->in.opcode;
	entry->commit_id = entry->header->ent.commit_id;
	stats_add(&queue->stats.requests, 1);
	if (locate_payload(entry)) {
		entry_fail(entry, -EPROTO);
		return;
	}
	if (entry->zero_copied)
		stats_add(&queue->stats.zero_copied, 1);
	if (entry->opcode == OP_READ || entry->opcode == OP_WRITE)
		data_serve(entry);
	else
		serve_whole(entry);
}

static void entry_ended(struct ring_entry *entry)
{
	if (entry->state == ENTRY_OUT)
		return;
	entry->state = ENTRY_OUT;
	entry->queue->alive--;
}

/* A REGISTER or COMMIT came back: with a request, or for good. */
static void command_completed(struct ring_entry *entry, int32_t res)
{
	bool registering = !entry->unique && entry->state == ENTRY_PARKED;

	if (res == 0) {
		serve(entry);
		return;
	}
	if (res == -EAGAIN || res == -EINTR) {
		if (registering)
			entry_register(entry);
		else
			send_commit(entry);
		return;
	}
	if (registering && res != -ENOTCONN && res != -ECONNABORTED)
		queue_refuse(entry->queue, "REGISTER", res);
	entry_ended(entry);
}

/* --- the loop ---------------------------------------------------------- */

void queue_arm_wake(struct queue *queue)
{
	struct sqe128 *sqe = ring_sqe(queue->ring);

	sqe->opcode = RING_OP_READ;
	sqe->fd = queue->wake_fd;
	sqe->addr = (uintptr_t)&queue->wake_count;
	sqe->len = sizeof(queue->wake_count);
	sqe->user_data = tag(TAG_WAKE, 0);
}

void queue_wake(struct queue *queue)
{
	uint64_t one = 1;

	/* Fails only when the counter is at its end, and then the thread is awake. */
	if (write(queue->wake_fd, &one, sizeof(one)) < 0)
		return;
}

/* The fault `stop-queue`: the thread does not enter its ring at all, as if it sat in a long system call. */
static void hold_up(struct queue *queue)
{
	while (atomic_load(&queue->held_up) && !atomic_load(&queue->stop)) {
		struct pollfd woken = { .fd = queue->wake_fd, .events = POLLIN };
		uint64_t ignored;

		if (poll(&woken, 1, 1000) > 0 && read(queue->wake_fd, &ignored, sizeof(ignored)) < 0)
			continue;
	}
}

void queue_complete(struct queue *queue, const struct completion *completion)
{
	uint64_t value = completion->user_data & ((1ull << 56) - 1);
	struct ring_entry *entry = &queue->entries[value < queue->server->options.depth ? value : 0];

	switch ((enum tag)(completion->user_data >> 56)) {
	case TAG_COMMAND:
		command_completed(entry, completion->res);
		break;
	case TAG_STORE_IO:
		data_completed(entry, completion->res);
		break;
	case TAG_TIMER:
		reply(entry, entry->delayed.error, entry->delayed.payload_sz, true);
		break;
	case TAG_WAKE:
		hold_up(queue);
		files_drop_pending(&queue->files);
		if (atomic_exchange(&queue->spoil_register, false))
			queue_give_up(queue);
		queue_arm_wake(queue);
		break;
	case TAG_FAULT:
		fault_answered(&queue->server->faults, (enum fault_kind)value, queue->qid, completion->res);
		break;
	case TAG_SETUP:
		break;
	}
}

void queue_run(struct queue *queue)
{
	while (queue->alive && !(atomic_load(&queue->stop) && atomic_load(&queue->server->gone))) {
		struct completion completion;
		int res = ring_submit(queue->ring, 1);

		stats_add(&queue->stats.submissions, 1);
		if (res < 0 && res != -EINTR && res != -EAGAIN && res != -EBUSY) {
			queue_refuse(queue, "io_uring_enter", res);
			return;
		}
		while (ring_next(queue->ring, &completion))
			queue_complete(queue, &completion);
	}
}

void queues_forget(struct server *server, struct handle *handle)
{
	unsigned long installed = atomic_load(&handle->installed);

	for (unsigned int i = 0; installed && i < server->nr_queues; i++) {
		struct queue *queue = &server->queues[i];

		if (!(installed & 1ul << (i % 64)))
			continue;
		if (served && served->queue == queue) {
			files_drop(&queue->files, handle->serial);
			continue;
		}
		files_drop_later(&queue->files, handle->serial);
		queue_wake(queue);
	}
}
