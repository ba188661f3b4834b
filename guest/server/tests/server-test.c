// SPDX-License-Identifier: MIT
/*
 * The server's queues, entries and encoding against a kernel in memory, for
 * every mode; prints TAP. Nothing of libfuse is here: session_process() below
 * echoes what it gets.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../dialect.h"
#include "../privileges.h"
#include "fake-kernel.h"

#define PAYLOAD 16384u
#define DEPTH 4u

enum { OP_ECHO = 1, OP_TOO_LONG = 97, OP_ERROR = 98, OP_SILENT = 99 };

static unsigned int points, failures;
static const char *context = "";

static void ok(bool holds, const char *what)
{
	points++;
	failures += !holds;
	printf("%sok %u - %s: %s\n", holds ? "" : "not ", points, context, what);
}

void privileges_drop(void)
{
}

void session_process(struct server *server, void *request, size_t len)
{
	const struct in_header *in = request;
	struct iovec body = { (uint8_t *)request + sizeof(*in), len - sizeof(*in) };
	struct out_header out = { .unique = in->unique };
	static uint8_t large[4 * PAYLOAD];

	(void)server;
	if (in->opcode == OP_SILENT)
		return;
	if (in->opcode == OP_ERROR)
		out.error = -ENOENT;
	if (in->opcode == OP_TOO_LONG)
		body = (struct iovec){ large, sizeof(large) };
	out.len = (uint32_t)(sizeof(out) + body.iov_len);
	entry_reply(current_entry(), &out, &body, out.error ? 0 : 1);
}

static pthread_mutex_t ready_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready_changed = PTHREAD_COND_INITIALIZER;
static bool ready;

static void on_ready(struct server *server)
{
	(void)server;
	pthread_mutex_lock(&ready_lock);
	ready = true;
	pthread_cond_broadcast(&ready_changed);
	pthread_mutex_unlock(&ready_lock);
}

static void wait_ready(void)
{
	pthread_mutex_lock(&ready_lock);
	while (!ready)
		pthread_cond_wait(&ready_changed, &ready_lock);
	pthread_mutex_unlock(&ready_lock);
}

static enum dialect dialect_of(enum mode mode)
{
	if (mode == MODE_URING)
		return DIALECT_A;
	return mode_is_v2(mode) ? DIALECT_B : DIALECT_C;
}

static struct server *make_server(enum mode mode, enum dialect dialect)
{
	struct server *server = calloc(1, sizeof(*server));

	fake_kernel_reset(dialect, PAYLOAD);
	ready = false;
	context = mode_names[mode];
	server->options = (struct options)OPTIONS_DEFAULT;
	server->options.mode = mode;
	server->options.depth = DEPTH;
	server->options.fixed_files = 16;
	server->options.pin_cpus = false;
	server->nr_queues = FAKE_QUEUES;
	server->agreement = (struct agreement){ .payload = PAYLOAD };
	server->on_ready = on_ready;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->changed, NULL);
	pthread_mutex_init(&server->faults.lock, NULL);
	return server;
}

static bool serve(struct server *server)
{
	if (queues_prepare(server))
		return false;
	queues_go(server);
	wait_ready();
	return true;
}

static void end(struct server *server)
{
	fake_kill();
	ok(queues_stop(server, 5) == 0, "all queues end with the connection");
	free(server->queues);
	free(server);
}

static struct fake_request *make_request(uint32_t opcode)
{
	static uint64_t unique = 2;
	struct fake_request *request = calloc(1, sizeof(*request));

	request->opcode = opcode;
	request->unique = unique += 2;
	return request;
}

static struct fake_request *make_io(uint32_t opcode, struct handle *handle, uint64_t offset, uint32_t size)
{
	struct fake_request *request = make_request(opcode);
	struct io_in in = { .fh = (uintptr_t)handle, .offset = offset, .size = size };

	memcpy(request->op_in, &in, sizeof(in));
	request->op_len = sizeof(in);
	request->zero_copy = true;
	return request;
}

static void fill(uint8_t *memory, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		memory[i] = (uint8_t)((i * 31 + seed * 7) >> 2);
}

static struct handle *make_file(size_t len, unsigned int seed)
{
	int fd = memfd_create("store", 0);
	uint8_t *content = malloc(len + 1);

	fill(content, len, seed);
	if (pwrite(fd, content, len, 0) != (ssize_t)len)
		abort();
	free(content);
	return handle_make(fd);
}

static void check_echo(unsigned int qid)
{
	struct fake_request *request = make_request(OP_ECHO);

	memcpy(request->op_in, "header", 6);
	request->op_len = 6;
	memcpy(request->payload, "name", 5);
	request->payload_len = 5;
	ok(fake_ask(qid, request) && !request->error && request->reply_len == 11 && !memcmp(request->reply, "headername", 11),
	   "an operation's header and payload arrive whole, and its reply too");
	free(request);
}

static void check_replies(void)
{
	struct fake_request *error = make_request(OP_ERROR);
	struct fake_request *large = make_request(OP_TOO_LONG);
	struct fake_request *silent = make_request(OP_SILENT);

	ok(fake_ask(0, error) && error->error == -ENOENT && !error->reply_len, "an error has no payload");
	ok(fake_ask(0, large) && large->error == -EIO, "a reply larger than the payload buffer is an error of its own");
	ok(fake_ask(0, silent) && !silent->error && !silent->reply_len, "a request without a reply goes back all the same");
	free(error);
	free(large);
	free(silent);
}

static void check_read(struct handle *handle, uint64_t offset, uint32_t size, uint32_t want, bool zero_copy)
{
	struct fake_request *request = make_io(OP_READ, handle, offset, size);
	uint8_t *content = malloc(offset + size + 1);
	const uint8_t *got = zero_copy ? request->pages : request->reply;

	fill(content, offset + size, 1);
	ok(fake_ask(1, request) && !request->error && request->reply_len == want && !memcmp(got, content + offset, want),
	   "READ gives the store's bytes");
	free(content);
	free(request);
}

/* More at once than entries: each has a buffer or a slot of its own. */
static void check_many(struct handle *handle, bool zero_copy)
{
	struct fake_request *requests[3 * DEPTH];
	uint8_t content[20000];
	bool same = true;

	fill(content, sizeof(content), 1);
	for (unsigned int i = 0; i < 3 * DEPTH; i++)
		requests[i] = make_io(OP_READ, handle, i * 1000, 4096);
	ok(fake_ask_all(1, requests, 3 * DEPTH), "requests that outnumber the entries are all answered");
	for (unsigned int i = 0; i < 3 * DEPTH; i++) {
		const uint8_t *got = zero_copy ? requests[i]->pages : requests[i]->reply;

		same = same && requests[i]->reply_len == 4096 && !memcmp(got, content + i * 1000, 4096);
		free(requests[i]);
	}
	ok(same, "each with its own bytes");
}

static void check_write(struct handle *handle, bool zero_copy)
{
	struct fake_request *request = make_io(OP_WRITE, handle, 4096, 5000);
	uint8_t *from = zero_copy ? request->pages : request->payload;
	uint8_t back[5000];
	struct write_out out;

	fill(from, 5000, 3);
	request->payload_len = 5000;
	ok(fake_ask(0, request) && !request->error && request->reply_len == sizeof(out), "WRITE is answered with its own reply");
	memcpy(&out, request->reply, sizeof(out));
	ok(out.size == 5000, "WRITE says how much it wrote");
	ok(pread(handle->fd, back, sizeof(back), 4096) == 5000 && !memcmp(back, from, sizeof(back)), "WRITE reaches the store");
	free(request);
}

static void check_data(enum mode mode, enum store_io way)
{
	struct server *server = make_server(mode, dialect_of(mode));
	bool zero_copy = mode_is_zero_copy(mode);
	struct handle *handle = make_file(20000, 1);

	server->options.store_io = way;
	ok(serve(server) && atomic_load(&server->mode) == (int)mode, "the ring is set up as the kernel wants it");
	check_echo(0);
	check_echo(1);
	check_replies();
	check_read(handle, 0, 4096, 4096, zero_copy);
	check_read(handle, 1, 10000, 10000, zero_copy);
	check_read(handle, 19000, 4096, 1000, zero_copy);
	check_read(handle, 30000, 4096, 0, zero_copy);
	/* often enough for a file slot */
	for (int i = 0; i < 6; i++)
		check_read(handle, 4096, 8192, 8192, zero_copy);
	check_many(handle, zero_copy);
	check_write(handle, zero_copy);
	ok(!kernel.commits_refused, "no command was refused");
	queues_forget(server, handle);
	handle_put(handle);
	end(server);
}

static void check_geometry(void)
{
	struct server *server = make_server(MODE_BUFRING_ZEROCOPY, DIALECT_B);

	context = "bufring-zerocopy";
	server->options.payload = PAYLOAD + 4096;
	ok(serve(server), "the server's own buffer size is taken");
	pthread_mutex_lock(&kernel.lock);
	for (unsigned int qid = 0; qid < FAKE_QUEUES; qid++) {
		struct fake_queue *queue = &kernel.queues[qid];

		ok(queue->nr_entries == DEPTH && queue->v2_buf_size == PAYLOAD + 4096, "entries and buffer size as asked");
		ok(queue->v2_flags == (V2_BUF_RING | V2_PINNED_HEADERS | V2_PINNED_BUFFERS | V2_ZERO_COPY), "flags of the mode");
		ok((uint8_t *)queue->entries[1].header - (uint8_t *)queue->entries[0].header == 288, "headers lie 288 bytes apart");
	}
	pthread_mutex_unlock(&kernel.lock);
	end(server);
}

static void check_refusals(void)
{
	struct server *server = make_server(MODE_PINNED, DIALECT_C);

	kernel.pin_fails_from = 1;
	context = "pinned, memlock for one queue";
	ok(queues_prepare(server) < 0 && strstr(server->why, "io_uring_register_buffers: ENOMEM"), "fails before INIT is answered");
	ok(kernel.queues[0].nr_entries + kernel.queues[1].nr_entries == 0, "and the connection was told nothing");
	ok(queues_stop(server, 5) == 0, "the server's end finds all threads joined already");
	free(server->queues);
	free(server);

	server = make_server(MODE_PINNED, DIALECT_C);
	kernel.pin_fails_from = 1;
	context = "pinned, fall back to plain pools";
	server->options.fallback = FALL_POOL;
	ok(serve(server) && atomic_load(&server->mode) == MODE_PINNED, "the ring is set up");
	ok(server->queues[0].pinned != server->queues[1].pinned, "one queue is pinned, the other is not");
	check_echo(0);
	check_echo(1);
	end(server);

	server = make_server(MODE_ZEROCOPY, DIALECT_C);
	kernel.no_privilege = true;
	context = "zerocopy, no privilege";
	ok(serve(server) && atomic_load(&server->mode) == MODE_DEVFUSE, "goes on by /dev/fuse");
	ok(strstr(server->why, "ADD_QUEUE: EPERM") != NULL, "says which call was refused and how");
	ok(kernel.off, "and told the kernel so");
	end(server);

	server = make_server(MODE_BUFPOOL, DIALECT_A);
	context = "bufpool, kernel without pools";
	ok(serve(server) && atomic_load(&server->mode) == MODE_DEVFUSE && strstr(server->why, "ADD_QUEUE: EINVAL"),
	   "goes on by /dev/fuse");
	end(server);

	server = make_server(MODE_URING, DIALECT_A);
	context = "uring, one REGISTER refused";
	server->options.refuse_register = 1;
	ok(serve(server) && atomic_load(&server->mode) == MODE_DEVFUSE, "goes on by /dev/fuse");
	ok(strstr(server->why, "queue 1: REGISTER: EINVAL") != NULL, "and says why");
	end(server);

	for (unsigned int round = 0; round < 16; round++) {
		server = make_server(MODE_URING, DIALECT_A);
		context = "uring, one REGISTER refused before the other queue's";
		server->options.refuse_register = 1;
		kernel.late_queue = 0;
		ok(serve(server) && strstr(server->why, "queue 1: REGISTER: EINVAL"), "tells the cause, not what came of it");
		end(server);
	}
}

static int32_t answer_of(struct server *server, enum fault_kind kind)
{
	int32_t res = 0;

	/* The added command is answered in the same batch or the one before the next request's. */
	check_echo(0);
	pthread_mutex_lock(&server->faults.lock);
	for (unsigned int i = 0; i < server->faults.nr_answers; i++)
		if (server->faults.answers[i].kind == kind)
			res = server->faults.answers[i].res;
	pthread_mutex_unlock(&server->faults.lock);
	return res;
}

static void check_faults(void)
{
	struct server *server = make_server(MODE_BUFPOOL, DIALECT_C);
	static const enum fault_kind commits[] = { FAULT_WRONG_COMMIT_ID, FAULT_WRONG_QUEUE, FAULT_DOUBLE_COMMIT };
	struct fake_request *request;

	serve(server);
	for (size_t i = 0; i < sizeof(commits) / sizeof(*commits); i++) {
		struct fault fault = { commits[i], 0, 0, 0, 1 };

		context = fault_names[commits[i]];
		fault_add(&server->faults, &fault);
		check_echo(0);
		ok(answer_of(server, commits[i]) == -ENOENT, "is refused, and the right commit taken");
	}
	fault_clear(&server->faults);
	context = "faults of one reply";
	fault_add(&server->faults, &(struct fault){ FAULT_ERROR, OP_ECHO, -1, -9999, 1 });
	request = make_request(OP_ECHO);
	ok(fake_ask(1, request) && request->error == -9999, "an error word of any value");
	free(request);
	fault_add(&server->faults, &(struct fault){ FAULT_SHORT, OP_ECHO, -1, 3, 1 });
	request = make_request(OP_ECHO);
	memcpy(request->payload, "12345678", 8);
	request->payload_len = 8;
	ok(fake_ask(1, request) && request->reply_len == 5, "a reply of fewer bytes");
	free(request);
	fault_add(&server->faults, &(struct fault){ FAULT_UNIQUE, 0, -1, 0, 1 });
	request = make_request(OP_ECHO);
	ok(fake_ask(1, request) && request->reply_unique == 0, "a unique of another value");
	free(request);
	fault_add(&server->faults, &(struct fault){ FAULT_DELAY, 0, -1, 1, 1 });
	check_echo(1);
	check_echo(1);
	ok(server->faults.taken == 4, "each is taken once");
	end(server);
}

static void check_nonsense(void)
{
	struct server *server = make_server(MODE_BUFPOOL, DIALECT_C);
	struct fake_request *request = make_request(OP_ECHO);

	serve(server);
	context = "a payload outside the pool";
	kernel.nonsense = true;
	ok(fake_ask(0, request) && request->error == -EPROTO, "is an error to the client, and no access");
	kernel.nonsense = false;
	check_echo(0);
	free(request);
	end(server);
}

static void check_sizes(void)
{
	struct agreement old = { .minor = 45, .offered = INIT_OVER_IO_URING };
	struct agreement merged = { .minor = 46, .offered = INIT_OVER_IO_URING | INIT_HAS_BUFPOOL };
	struct agreement v2 = { .minor = 46, .offered = INIT_OVER_IO_URING };
	struct agreement off = { .minor = 46 };

	context = "what a kernel announces";
	ok(payload_needed(4096, 1) == 8192 && payload_needed(1 << 20, 256) == 1 << 20 && payload_needed(131072, 256) == 1 << 20,
	   "payload is max(8192, max_write, max_pages * 4096)");
	ok(!mode_unsupported(MODE_URING, &old) && mode_unsupported(MODE_BUFPOOL, &old), "7.2: own buffers, no pools");
	ok(!mode_unsupported(MODE_URING, &merged) && !mode_unsupported(MODE_ZEROCOPY, &merged), "7.3: both");
	ok(mode_unsupported(MODE_BUFRING, &merged) && mode_unsupported(MODE_BUFRING, &old), "7.2 and 7.3 carry no series v2");
	ok(!mode_unsupported(MODE_BUFRING_ZEROCOPY, &v2), "a kernel of series v2 is tried");
	ok(mode_unsupported(MODE_URING, &off) && !mode_unsupported(MODE_DEVFUSE, &off), "switched off: /dev/fuse alone");
}

int main(void)
{
	static const enum mode modes[] = { MODE_URING, MODE_BUFPOOL, MODE_PINNED, MODE_ZEROCOPY, MODE_BUFRING,
					   MODE_BUFRING_HEADERS, MODE_BUFRING_PINNED, MODE_BUFRING_ZEROCOPY };

	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 14");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		check_data(modes[i], IO_AUTO);
		check_data(modes[i], IO_RING);
		check_data(modes[i], IO_SYNC);
	}
	check_geometry();
	check_refusals();
	check_faults();
	check_nonsense();
	check_sizes();
	printf("1..%u\n", points);
	return failures ? 1 : 0;
}
