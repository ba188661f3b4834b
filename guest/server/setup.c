// SPDX-License-Identifier: MIT
/*
 * From INIT to a ready ring. All that can be refused for want of memory comes
 * before the INIT reply is written, so that a refusal costs the connection
 * nothing: the reply then simply does not ask for io_uring.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include "dialect.h"
#include "memory.h"
#include "privileges.h"
#include "queue.h"

/* Far more than any machine needs for it, an emulated one included. */
#define STEP_SECONDS 120

static void pin_to_cpu(const struct queue *queue)
{
	cpu_set_t *set = CPU_ALLOC(queue->qid + 1);
	size_t size = CPU_ALLOC_SIZE(queue->qid + 1);

	if (!set)
		return;
	CPU_ZERO_S(size, set);
	CPU_SET_S(queue->qid, size, set);
	/* A possible CPU may be offline now: its queue is served from any other. */
	sched_setaffinity(0, size, set);
	CPU_FREE(set);
}

/* By the queue's own thread, on its own CPU: first touch makes the memory local to its node. */
static int take_memory(struct queue *queue)
{
	const struct options *options = &queue->server->options;
	struct geometry geometry = queue_geometry(queue);
	size_t piece = geometry.pool ? geometry.buffer_len : memory_pages(geometry.buffer_len);

	queue->headers_len = memory_pages(options->depth * sizeof(struct ent_header));
	queue->payload_len = geometry.buffers * piece;
	queue->headers = memory_map(queue->headers_len, true);
	queue->payload = memory_map(queue->payload_len, !options->huge_pages);
	queue->whole = memory_map(memory_pages(sizeof(struct ent_header) + geometry.buffer_len), true);
	queue->entries = calloc(options->depth, sizeof(*queue->entries));
	queue->iovecs = calloc(options->depth, sizeof(*queue->iovecs));
	if (!queue->headers || !queue->payload || !queue->whole || !queue->entries || !queue->iovecs)
		return -ENOMEM;
	for (unsigned int i = 0; i < options->depth; i++)
		queue->entries[i] = (struct ring_entry){
			.queue = queue,
			.id = i,
			.header = (struct ent_header *)(void *)(queue->headers + i * sizeof(struct ent_header)),
			.own_payload = geometry.pool ? NULL : queue->payload + i * piece,
		};
	return 0;
}

static int make_ring(struct queue *queue)
{
	const struct options *options = &queue->server->options;
	struct geometry geometry = queue_geometry(queue);
	bool pins = mode_pins(options);
	unsigned int slots = geometry.pool_slot + (pins ? 1 : 0);

	/* a command and a store operation of each entry, a spoilt commit, the wake-up */
	int err = ring_open(3 * options->depth + 8, &queue->ring);

	if (err) {
		queue_refuse(queue, "io_uring_setup", err);
		return err;
	}
	err = files_open(&queue->files, queue->ring, queue->server->fuse_fd, options->fixed_files);
	if (err) {
		queue_refuse(queue, "io_uring_register_files", err);
		return err;
	}
	err = slots ? ring_make_slots(queue->ring, slots) : 0;
	if (err) {
		queue_refuse(queue, "io_uring_register_buffers (sparse)", err);
		return err;
	}
	if (!pins)
		return 0;
	err = ring_pin(queue->ring, geometry.pool_slot, queue->payload, queue->payload_len);
	queue->pinned = !err;
	if (!err)
		return 0;
	queue_refuse(queue, "io_uring_register_buffers", err);
	/* Queues may be mixed: this one goes on with a pool that is not pinned. */
	return options->fallback == FALL_POOL ? 0 : err;
}

/* One command that completes at once; gives its result. */
static int command(struct queue *queue, const char *name, void (*encode)(const struct queue *, struct sqe128 *))
{
	struct completion completion;
	struct sqe128 *sqe = ring_sqe(queue->ring);
	int err;

	encode(queue, sqe);
	sqe->user_data = tag(TAG_SETUP, 0);
	do {
		err = ring_submit(queue->ring, 1);
	} while (err == -EINTR);
	if (err < 0) {
		queue_refuse(queue, "io_uring_enter", err);
		return err;
	}
	while (ring_next(queue->ring, &completion))
		err = completion.res;
	if (err < 0)
		queue_refuse(queue, name, err);
	return err;
}

static int enter(struct queue *queue)
{
	const struct options *options = &queue->server->options;
	struct completion completion;
	int err;

	if (mode_has_pool(options->mode) && !mode_is_v2(options->mode)) {
		err = command(queue, "ADD_QUEUE", encode_add_queue);
		if (err < 0)
			return err;
		queue->zero_copy = mode_is_zero_copy(options->mode);
		err = command(queue, "ADD_BUFPOOL", encode_add_pool);
		if (err < 0)
			return err;
	}
	if (mode_is_v2(options->mode))
		queue->zero_copy = mode_is_zero_copy(options->mode);
	queue->alive = options->depth;
	for (unsigned int i = 0; i < options->depth; i++)
		entry_register(&queue->entries[i]);
	queue_arm_wake(queue);
	/* A refused REGISTER completes at once; a taken one only with its first request. */
	err = ring_submit(queue->ring, 0);
	while (ring_next(queue->ring, &completion))
		queue_complete(queue, &completion);
	if (err < 0)
		queue_refuse(queue, "io_uring_enter", err);
	return queue->alive < options->depth || err < 0 ? -EIO : 0;
}

static void release(struct queue *queue)
{
	for (unsigned int i = 0; queue->entries && i < queue->server->options.depth; i++)
		pipe_close(&queue->entries[i].io.pipe);
	ring_close(queue->ring);
	queue->ring = NULL;
	files_close(&queue->files);
	memory_unmap(queue->headers, queue->headers_len);
	memory_unmap(queue->payload, queue->payload_len);
	if (queue->whole)
		memory_unmap(queue->whole, memory_pages(sizeof(struct ent_header) + queue_geometry(queue).buffer_len));
	free(queue->entries);
	free(queue->iovecs);
	queue->entries = NULL;
	queue->iovecs = NULL;
}

/* --- the threads' way through the phases -------------------------------- */

/*
 * dev_uring.c:fuse_uring_cmd (7.3): one refused REGISTER turns the ring off, and EOPNOTSUPP is all that the other
 * queues hear from then on. It is told only for want of a cause.
 */
static void explain(struct server *server, const struct queue *queue)
{
	bool follows = queue->refusal.err == -EOPNOTSUPP;

	if (!queue->refusal.call || (server->why[0] && (follows || !server->why_follows)))
		return;
	server->why_follows = follows;
	snprintf(server->why, sizeof(server->why), "queue %u: %s: %s", queue->qid, queue->refusal.call,
		 strerrorname_np(-queue->refusal.err));
}

/* Waits with the lock held until `done` or the step's time is over. */
static bool wait_until(struct server *server, bool (*done)(const struct server *), unsigned int seconds)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	while (!done(server))
		if (pthread_cond_clockwait(&server->changed, &server->lock, CLOCK_MONOTONIC, &end) == ETIMEDOUT)
			return done(server);
	return true;
}

static bool all_prepared(const struct server *server)
{
	return server->prepared == server->nr_queues;
}

static bool past_preparing(const struct server *server)
{
	return server->phase != PHASE_PREPARING;
}

static bool all_ended(const struct server *server)
{
	return server->ended == server->nr_queues;
}

/* The last queue to come here says how it went. */
static void entered(struct queue *queue, int err)
{
	struct server *server = queue->server;
	bool last;

	pthread_mutex_lock(&server->lock);
	server->failed += err ? 1 : 0;
	explain(server, queue);
	last = ++server->entered == server->nr_queues;
	if (last) {
		server->phase = server->failed ? PHASE_FALLEN : PHASE_READY;
		atomic_store(&server->mode, server->failed ? MODE_DEVFUSE : server->options.mode);
		pthread_cond_broadcast(&server->changed);
	}
	pthread_mutex_unlock(&server->lock);
	if (last)
		server->on_ready(server);
}

static bool prepared(struct queue *queue, int err)
{
	struct server *server = queue->server;
	bool go;

	pthread_mutex_lock(&server->lock);
	server->failed += err ? 1 : 0;
	explain(server, queue);
	server->prepared++;
	pthread_cond_broadcast(&server->changed);
	go = wait_until(server, past_preparing, STEP_SECONDS) && server->phase == PHASE_GO;
	pthread_mutex_unlock(&server->lock);
	return go && !err;
}

/* Whoever asked for it wants to find the server half set up, and ends it so. */
static void hold(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	wait_until(server, past_preparing, STEP_SECONDS);
	pthread_mutex_unlock(&server->lock);
}

static void *queue_main(void *arg)
{
	struct queue *queue = arg;
	struct server *server = queue->server;
	char name[16];
	int err;

	snprintf(name, sizeof(name), "fuselab-ring-%u", queue->qid);
	pthread_setname_np(pthread_self(), name);
	if (server->options.pin_cpus)
		pin_to_cpu(queue);
	if (server->options.hold_at >= 0 && queue->qid >= (unsigned int)server->options.hold_at)
		hold(server);
	err = take_memory(queue);
	if (err)
		queue_refuse(queue, "mmap", err);
	else
		err = make_ring(queue);
	if (prepared(queue, err)) {
		bool left_out = (unsigned int)server->options.leave_out == queue->qid;

		err = left_out ? 0 : enter(queue);
		if (err) {
			queue_give_up(queue);
			ring_submit(queue->ring, 0);
		}
		if (!server->options.keep_caps)
			privileges_drop();
		entered(queue, err);
		queue_run(queue);
	}
	release(queue);
	pthread_mutex_lock(&server->lock);
	server->ended++;
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

static void set_phase(struct server *server, enum phase phase)
{
	pthread_mutex_lock(&server->lock);
	server->phase = phase;
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->lock);
}

int queues_prepare(struct server *server)
{
	bool fine;

	server->queues = calloc(server->nr_queues, sizeof(*server->queues));
	if (!server->queues)
		return -ENOMEM;
	server->phase = PHASE_PREPARING;
	for (unsigned int i = 0; i < server->nr_queues; i++) {
		struct queue *queue = &server->queues[i];

		queue->server = server;
		queue->qid = i;
		queue->wake_fd = eventfd(0, EFD_CLOEXEC);
		pthread_mutex_init(&queue->files.lock, NULL);
		if (queue->wake_fd < 0 || pthread_create(&queue->thread, NULL, queue_main, queue)) {
			snprintf(server->why, sizeof(server->why), "queue %u: no thread for it", i);
			server->nr_queues = i;
			server->failed++;
			break;
		}
	}
	pthread_mutex_lock(&server->lock);
	fine = wait_until(server, all_prepared, STEP_SECONDS) && !server->failed;
	pthread_mutex_unlock(&server->lock);
	if (fine)
		return 0;
	set_phase(server, PHASE_FALLEN);
	queues_stop(server, STEP_SECONDS);
	return -EIO;
}

void queues_go(struct server *server)
{
	set_phase(server, PHASE_GO);
}

unsigned int queues_stop(struct server *server, unsigned int seconds)
{
	unsigned int left;

	if (server->joined)
		return 0;
	for (unsigned int i = 0; i < server->nr_queues; i++) {
		atomic_store(&server->queues[i].stop, true);
		queue_wake(&server->queues[i]);
	}
	pthread_mutex_lock(&server->lock);
	wait_until(server, all_ended, seconds);
	left = server->nr_queues - server->ended;
	pthread_mutex_unlock(&server->lock);
	for (unsigned int i = 0; i < server->nr_queues && !left; i++) {
		pthread_join(server->queues[i].thread, NULL);
		close(server->queues[i].wake_fd);
		server->queues[i].wake_fd = -1;
	}
	server->joined = !left;
	return left;
}
