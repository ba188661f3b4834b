// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "orders.h"
#include "report.h"

static const char *text_of(const json_t *value, char *number, size_t size)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(number, size, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		snprintf(number, size, "%.9g", json_real_value(value));
	else
		snprintf(number, size, "%s", json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "");
	return number;
}

const char *orders_options(struct server *server, json_t *order)
{
	const char *name;
	json_t *value;

	json_object_foreach(order, name, value) {
		char number[32];
		const char *wanted;

		if (!strcmp(name, "type"))
			continue;
		wanted = option_set(&server->options, name, text_of(value, number, sizeof(number)));
		if (wanted) {
			snprintf(server->why, sizeof(server->why), "%.64s: wanted %.128s", name, wanted);
			return server->why;
		}
	}
	return NULL;
}

static json_t *done(void)
{
	return json_pack("{ss}", "type", "done");
}

/* The faults that are the thread's, not a request's. */
static json_t *order_queue(struct server *server, const char *name, int qid)
{
	struct queue *queue;

	if (!server->queues || qid < 0 || (unsigned int)qid >= server->nr_queues)
		return report_error("qid: wanted a queue of this server's ring");
	queue = &server->queues[qid];
	if (!strcmp(name, "bad-register"))
		atomic_store(&queue->spoil_register, true);
	else
		atomic_store(&queue->held_up, !strcmp(name, "stop-queue"));
	queue_wake(queue);
	return done();
}

json_t *orders_fault(struct server *server, json_t *order)
{
	const char *name;
	json_int_t opcode = 0, value = 0;
	int qid = -1, count = 1;
	json_error_t error;

	if (json_unpack_ex(order, &error, 0, "{ss s?I s?i s?I s?i}", "fault", &name, "opcode", &opcode, "qid", &qid,
			   "value", &value, "count", &count))
		return report_error(error.text);
	if (!strcmp(name, "clear")) {
		fault_clear(&server->faults);
		return done();
	}
	if (!strcmp(name, "stop-queue") || !strcmp(name, "resume-queue") || !strcmp(name, "bad-register"))
		return order_queue(server, name, qid);
	for (int kind = 0; kind < FAULT_COUNT; kind++) {
		struct fault fault = { (enum fault_kind)kind, (uint32_t)opcode, qid, value, (unsigned int)count };

		if (strcmp(fault_names[kind], name))
			continue;
		if (opcode < 0 || opcode > UINT32_MAX || count < 1 || count > 1000000)
			return report_error("opcode or count: out of range");
		return fault_add(&server->faults, &fault) ? report_error("too many faults wait") : done();
	}
	return report_error("fault: wanted a fault's name");
}

json_t *orders_fork(json_t *order)
{
	int seconds = 0;
	json_error_t error;
	pid_t child;

	if (json_unpack_ex(order, &error, 0, "{s i}", "seconds", &seconds))
		return report_error(error.text);
	if (seconds < 1 || seconds > 3600)
		return report_error("seconds: wanted 1 to 3600");
	child = fork();
	if (child < 0)
		return report_error(strerror(errno));
	if (!child) {
		/* The other threads are not here, and what they held is locked: only calls of the kernel. */
		prctl(PR_SET_NAME, "fuselab-child");
		sleep((unsigned int)seconds);
		_exit(0);
	}
	return done();
}
