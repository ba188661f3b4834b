// SPDX-License-Identifier: MIT
#include <string.h>
#include <unistd.h>
#include "dialect.h"
#include "report.h"

static const char *dialect_name(enum mode mode)
{
	if (mode == MODE_DEVFUSE)
		return "none";
	if (mode == MODE_URING)
		return "a";
	return mode_is_v2(mode) ? "b" : "c";
}

json_t *report_ready(struct server *server)
{
	enum mode got = (enum mode)atomic_load(&server->mode);
	unsigned int pinned = 0, zero_copy = 0;
	bool ring = got != MODE_DEVFUSE;

	for (unsigned int i = 0; ring && i < server->nr_queues; i++) {
		pinned += server->queues[i].pinned;
		zero_copy += server->queues[i].zero_copy;
	}
	return json_pack("{ss si ss ss ss sb ss si sI si si si si si si}",
			 "type", "ready",
			 "pid", (int)getpid(),
			 "asked", mode_names[server->options.mode],
			 "got", mode_names[got],
			 "why", server->why,
			 "unsupported", server->unsupported,
			 "dialect", dialect_name(got),
			 "minor", (int)server->agreement.minor,
			 "offered", (json_int_t)server->agreement.offered,
			 "maxWrite", (int)server->agreement.max_write,
			 "payloadBytes", (int)server->agreement.payload,
			 "queues", ring ? (int)server->nr_queues : 0,
			 "depth", ring ? (int)server->options.depth : 0,
			 "pinnedQueues", (int)pinned,
			 "zeroCopyQueues", (int)zero_copy);
}

static json_int_t read_count(const atomic_ulong *counter)
{
	return (json_int_t)atomic_load_explicit((atomic_ulong *)counter, memory_order_relaxed);
}

static json_t *queue_stats(const struct queue *queue)
{
	const struct queue_stats *stats = &queue->stats;
	const struct answer *refusal = &queue->refusal;

	return json_pack("{si sI sI sI sI sI sI sI sI sI sI ss? si}",
			 "qid", (int)queue->qid,
			 "requests", read_count(&stats->requests),
			 "zeroCopied", read_count(&stats->zero_copied),
			 "payloadBytes", read_count(&stats->payload_bytes),
			 "fixedBytes", read_count(&stats->fixed_bytes),
			 "submissions", read_count(&stats->submissions),
			 "commits", read_count(&stats->commits),
			 "syncIo", read_count(&stats->sync_io),
			 "ringIo", read_count(&stats->ring_io),
			 "pipeIo", read_count(&stats->pipe_io),
			 "retriedBuffered", read_count(&stats->retried_buffered),
			 "refusedCall", refusal->call,
			 "refusedErrno", -refusal->err);
}

static json_t *fault_answers(struct faults *faults)
{
	json_t *answers = json_array();

	pthread_mutex_lock(&faults->lock);
	for (unsigned int i = 0; i < faults->nr_answers; i++)
		json_array_append_new(answers, json_pack("{ss si si}",
							 "fault", fault_names[faults->answers[i].kind],
							 "qid", (int)faults->answers[i].qid,
							 "res", (int)faults->answers[i].res));
	pthread_mutex_unlock(&faults->lock);
	return answers;
}

json_t *report_stats(struct server *server)
{
	json_t *queues = json_array();

	for (unsigned int i = 0; server->queues && i < server->nr_queues; i++)
		json_array_append_new(queues, queue_stats(&server->queues[i]));
	return json_pack("{ss sI si so so}",
			 "type", "stats",
			 "devfuseRequests", read_count(&server->devfuse_requests),
			 "faultsTaken", (int)server->faults.taken,
			 "faultAnswers", fault_answers(&server->faults),
			 "queues", queues);
}

json_t *report_error(const char *message)
{
	return json_pack("{ss ss}", "type", "error", "message", message);
}
