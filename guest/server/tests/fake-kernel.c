// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <time.h>
#include "fake-kernel.h"

struct fake_kernel kernel = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

void fake_kernel_reset(enum dialect dialect, uint32_t payload)
{
	pthread_mutex_lock(&kernel.lock);
	memset(kernel.queues, 0, sizeof(kernel.queues));
	kernel.dialect = dialect;
	kernel.payload = payload;
	kernel.dead = kernel.off = kernel.no_privilege = kernel.nonsense = false;
	kernel.pin_fails_from = kernel.late_queue = -1;
	kernel.pins = 0;
	kernel.commits_refused = 0;
	pthread_mutex_unlock(&kernel.lock);
}

static bool is_zero(const void *memory, size_t len)
{
	const uint8_t *bytes = memory;

	while (len)
		if (bytes[--len])
			return false;
	return true;
}

static uint32_t buffer_len(const struct fake_queue *queue)
{
	return kernel.dialect == DIALECT_B ? queue->v2_buf_size : kernel.payload;
}

static unsigned int nr_buffers(const struct fake_queue *queue)
{
	return queue->pool && buffer_len(queue) ? queue->pool_len / buffer_len(queue) : 0;
}

static int find_buffer(const struct fake_queue *queue)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < queue->nr_entries; i++)
		if (queue->entries[i].request && queue->entries[i].header->ent.reserved)
			used |= 1u << (queue->entries[i].header->ent.reserved - 1);
	for (unsigned int i = 0; i < nr_buffers(queue); i++)
		if (!(used & 1u << i))
			return (int)i;
	return -1;
}

/* `reserved` carries the number of the buffer plus one, which no server looks at. */
static bool hand_out(struct fake_queue *queue, struct fake_entry *entry, struct fake_request *request)
{
	struct ent_header *header = entry->header;
	bool zero_copy = queue->zero_copy && request->zero_copy;
	bool needs = !(zero_copy && request->opcode == OP_READ);
	int buffer = entry->own_payload || !needs ? -1 : find_buffer(queue);
	uint8_t *payload = entry->own_payload;
	uint32_t payload_sz = zero_copy ? (request->opcode == OP_WRITE ? request->payload_len : 0) : request->payload_len;

	if (!entry->own_payload && needs && buffer < 0)
		return false;
	if (buffer >= 0)
		payload = queue->pool + (uint32_t)buffer * buffer_len(queue);
	header->in = (struct in_header){
		.len = (uint32_t)sizeof(struct in_header) + request->op_len + payload_sz,
		.opcode = request->opcode,
		.unique = request->unique,
	};
	memcpy(header->op_in, request->op_in, request->op_len);
	header->ent = (struct ent_in_out){ .commit_id = request->unique, .payload_sz = payload_sz };
	if (zero_copy && kernel.dialect == DIALECT_C)
		header->ent.flags = ENT_ZERO_COPY;
	if (kernel.dialect == DIALECT_B && buffer >= 0)
		header->ent.buf_id = (uint16_t)buffer;
	if (kernel.dialect == DIALECT_C && buffer >= 0)
		header->ent.offset = (uint32_t)buffer * buffer_len(queue);
	header->ent.reserved = (uint64_t)(buffer + 1);
	if (kernel.nonsense)
		header->ent.offset = UINT32_MAX - 4096;
	if (!zero_copy && payload)
		memcpy(payload, request->payload, request->payload_len);
	if (zero_copy)
		fake_fill_slot(entry->ring, entry->slot, request->pages, request->opcode == OP_WRITE ? request->payload_len : sizeof(request->pages));
	entry->request = request;
	entry->parked = false;
	fake_complete(entry->ring, entry->user_data, 0);
	return true;
}

static void hand_out_waiting(struct fake_queue *queue)
{
	for (unsigned int i = 0; i < queue->nr_entries && queue->waiting; i++) {
		struct fake_request *request = queue->waiting;

		if (queue->entries[i].parked && hand_out(queue, &queue->entries[i], request))
			queue->waiting = request->next;
	}
}

/* dev_uring.c:fuse_uring_cmd_index_ok */
static bool names_pool(const struct fake_queue *queue, const struct sqe128 *sqe)
{
	if (!queue->pinned)
		return !sqe->op_flags && !sqe->buf_index;
	return sqe->op_flags == URING_CMD_FIXED_BUFFER && sqe->buf_index == queue->pool_slot;
}

static int add_queue(struct fake_queue *queue, const struct sqe128 *sqe)
{
	bool zero_copy = sqe->cmd.flags & QUEUE_ZERO_COPY;

	if (sqe->cmd.flags & ~QUEUE_ZERO_COPY || sqe->op_flags || sqe->buf_index)
		return -EINVAL;
	if (zero_copy && kernel.no_privilege)
		return -EPERM;
	if (queue->added)
		return -EEXIST;
	queue->added = true;
	queue->zero_copy = zero_copy;
	return 0;
}

static int add_pool(struct fake_queue *queue, const struct sqe128 *sqe)
{
	if (!queue->added || queue->pool || queue->nr_entries || sqe->cmd.flags || sqe->cmd.reserved)
		return -EINVAL;
	if (sqe->cmd.pool_len < kernel.payload)
		return -EINVAL;
	queue->pool = (uint8_t *)(uintptr_t)sqe->cmd.pool_addr;
	queue->pool_len = sqe->cmd.pool_len;
	queue->pinned = sqe->op_flags == URING_CMD_FIXED_BUFFER;
	queue->pool_slot = sqe->buf_index;
	return 0;
}

static int register_v2(struct fake_queue *queue, struct fake_entry *entry, const struct sqe128 *sqe, const struct iovec *iov)
{
	const struct cmd_req *cmd = &sqe->cmd;

	if (sqe->op_flags != URING_CMD_FIXED_BUFFER || sqe->buf_index != queue->nr_entries)
		return -EINVAL;
	if (!(cmd->flags & V2_BUF_RING) || sqe->buf_index >= cmd->v2_queue_depth)
		return -EINVAL;
	/* Zero-copy wants both areas pinned. */
	if (cmd->flags & V2_ZERO_COPY && (~cmd->flags & (V2_PINNED_HEADERS | V2_PINNED_BUFFERS)))
		return -EINVAL;
	if (iov[0].iov_len < cmd->v2_queue_depth * sizeof(struct ent_header) || (uintptr_t)iov[0].iov_base % 4096)
		return -EINVAL;
	if (queue->nr_entries && (cmd->flags != queue->v2_flags || cmd->v2_buf_size != queue->v2_buf_size))
		return -EINVAL;
	queue->v2_flags = cmd->flags;
	queue->v2_buf_size = cmd->v2_buf_size;
	queue->zero_copy = cmd->flags & V2_ZERO_COPY;
	queue->pool = iov[1].iov_base;
	queue->pool_len = (uint32_t)iov[1].iov_len;
	entry->header = (struct ent_header *)iov[0].iov_base + sqe->buf_index;
	entry->slot = sqe->buf_index;
	return cmd->v2_buf_size < kernel.payload ? -EINVAL : 0;
}

static int register_entry(struct fake_queue *queue, struct fake_entry *entry, const struct sqe128 *sqe)
{
	const struct iovec *iov = (const struct iovec *)(uintptr_t)sqe->addr;

	if (sqe->len != 2 || iov[0].iov_len < sizeof(struct ent_header))
		return -EINVAL;
	if (kernel.dialect == DIALECT_B)
		return register_v2(queue, entry, sqe, iov);
	if (sqe->cmd.flags || !names_pool(queue, sqe) || (queue->zero_copy && !queue->pool))
		return -EINVAL;
	if (!queue->zero_copy && sqe->cmd.zero_copy_slot)
		return -EINVAL;
	if (queue->pool ? iov[1].iov_len || iov[1].iov_base : iov[1].iov_len < kernel.payload)
		return -EINVAL;
	entry->header = iov[0].iov_base;
	entry->own_payload = queue->pool ? NULL : iov[1].iov_base;
	entry->own_len = iov[1].iov_len;
	entry->slot = sqe->cmd.zero_copy_slot;
	return 0;
}

static struct fake_entry *find_commit(struct fake_queue *queue, uint64_t commit_id)
{
	for (unsigned int i = 0; i < queue->nr_entries; i++)
		if (queue->entries[i].request && queue->entries[i].request->unique == commit_id)
			return &queue->entries[i];
	return NULL;
}

static void take_reply(struct fake_queue *queue, struct fake_entry *entry)
{
	struct fake_request *request = entry->request;
	const struct ent_header *header = entry->header;
	uint32_t len = header->ent.payload_sz;
	uint64_t buffer = header->ent.reserved;
	const uint8_t *payload = entry->own_payload;

	if (!payload && buffer)
		payload = queue->pool + (buffer - 1) * buffer_len(queue);
	request->error = header->out.error;
	request->reply_unique = header->out.unique;
	request->reply_len = len;
	if (payload && len <= sizeof(request->reply) && !request->error)
		memcpy(request->reply, payload, len);
	request->done = true;
	entry->request = NULL;
	pthread_cond_broadcast(&kernel.changed);
}

static int commit(struct fake_queue *queue, const struct sqe128 *sqe, struct ring *ring)
{
	struct fake_entry *entry = find_commit(queue, sqe->cmd.commit_id);

	if (!entry)
		return -ENOENT;
	if (kernel.dialect == DIALECT_B ? sqe->buf_index != entry->slot || sqe->op_flags != URING_CMD_FIXED_BUFFER :
					  !names_pool(queue, sqe))
		return -EINVAL;
	take_reply(queue, entry);
	entry->ring = ring;
	entry->user_data = sqe->user_data;
	entry->parked = true;
	hand_out_waiting(queue);
	return 1;
}

static int dispatch(struct ring *ring, const struct sqe128 *sqe)
{
	struct fake_queue *queue;
	struct fake_entry *entry;
	int err;

	if (sqe->fd || !(sqe->flags & SQE_FIXED_FILE) || sqe->pad1 || !is_zero(sqe->cmd.rest, sizeof(sqe->cmd.rest)) ||
	    sqe->cmd.padding)
		return -EINVAL;
	while ((int)sqe->cmd.qid == kernel.late_queue && !kernel.off && !kernel.dead)
		pthread_cond_wait(&kernel.changed, &kernel.lock);
	if (kernel.dead)
		return -ENOTCONN;
	if (kernel.off)
		return -EOPNOTSUPP;
	if (sqe->cmd.qid >= FAKE_QUEUES)
		return -EINVAL;
	queue = &kernel.queues[sqe->cmd.qid];
	switch (sqe->cmd_op) {
	case CMD_ADD_QUEUE:
		return kernel.dialect == DIALECT_C ? add_queue(queue, sqe) : -EINVAL;
	case CMD_ADD_BUFPOOL:
		return kernel.dialect == DIALECT_C ? add_pool(queue, sqe) : -EINVAL;
	case CMD_COMMIT_AND_FETCH:
		return commit(queue, sqe, ring);
	case CMD_REGISTER:
		break;
	default:
		return -EINVAL;
	}
	if (queue->nr_entries == FAKE_ENTRIES)
		return -EINVAL;
	entry = &queue->entries[queue->nr_entries];
	err = register_entry(queue, entry, sqe);
	if (err)
		return err;
	queue->nr_entries++;
	entry->ring = ring;
	entry->user_data = sqe->user_data;
	entry->parked = true;
	return 1;
}

int fake_command(struct ring *ring, const struct sqe128 *sqe, const struct iovec *slots)
{
	int res = dispatch(ring, sqe);

	(void)slots;
	if (res < 0 && sqe->cmd_op == CMD_REGISTER) {
		kernel.off = true;
		pthread_cond_broadcast(&kernel.changed);
	}
	if (res < 0 && sqe->cmd_op == CMD_COMMIT_AND_FETCH)
		kernel.commits_refused++;
	return res;
}

static bool all_done(struct fake_request *const *requests, unsigned int count)
{
	while (count)
		if (!requests[--count]->done)
			return false;
	return true;
}

bool fake_ask_all(unsigned int qid, struct fake_request *const *requests, unsigned int count)
{
	struct fake_queue *queue = &kernel.queues[qid];
	struct fake_request **at = &queue->waiting;
	struct timespec end;
	bool done;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 5;
	pthread_mutex_lock(&kernel.lock);
	while (*at)
		at = &(*at)->next;
	for (unsigned int i = 0; i < count; i++) {
		requests[i]->next = NULL;
		*at = requests[i];
		at = &requests[i]->next;
	}
	hand_out_waiting(queue);
	while (!all_done(requests, count) && !pthread_cond_timedwait(&kernel.changed, &kernel.lock, &end))
		;
	done = all_done(requests, count);
	pthread_mutex_unlock(&kernel.lock);
	return done;
}

bool fake_ask(unsigned int qid, struct fake_request *request)
{
	return fake_ask_all(qid, &request, 1);
}

void fake_kill(void)
{
	pthread_mutex_lock(&kernel.lock);
	kernel.dead = true;
	for (unsigned int qid = 0; qid < FAKE_QUEUES; qid++)
		for (unsigned int i = 0; i < kernel.queues[qid].nr_entries; i++) {
			struct fake_entry *entry = &kernel.queues[qid].entries[i];

			if (entry->parked)
				fake_complete(entry->ring, entry->user_data, -ENOTCONN);
			entry->parked = false;
		}
	pthread_mutex_unlock(&kernel.lock);
}
