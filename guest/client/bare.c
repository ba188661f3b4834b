// SPDX-License-Identifier: MIT
/*
 * A FUSE server that knows nothing of FUSE: it makes one system call for each order, so that a case can send the kernel
 * what no sane server does, and see what the kernel answers. It mounts, reads and writes /dev/fuse, and has rings whose
 * entries are the order's, bit by bit (testcases/lib/bare-*.ts).
 *
 *   order:  "NAME ARG ...\n"; bytes are hexadecimal
 *   answer: a JSON object in one line, {"result": N} or a negative errno, and what the order says besides
 *
 * One thread, as the kernel copies requests in the thread that gave it the entry. It ends with its input, and with its
 * parent; whatever it holds then ends too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "bare.h"

/* The kernel wants room for the largest request; no case has one as large. */
#define READ_BYTES (1u << 20)
/* Of a forked child, which nobody may be left to end. */
#define CHILD_SECONDS 60

uint8_t *arena;
static uint8_t *requests;
/* Descriptors of /dev/fuse; 0: none. */
static int files[MAX_FILES];

unsigned long long number(const struct order *order, int index)
{
	return index < order->argc ? strtoull(order->arg[index], NULL, 0) : 0;
}

uint8_t *bytes(const struct order *order, int index, size_t *len)
{
	char *digits = index < order->argc ? order->arg[index] : NULL;
	uint8_t *to = (uint8_t *)digits;

	*len = digits ? strlen(digits) / 2 : 0;
	for (size_t i = 0; i < *len; i++) {
		char pair[3] = { digits[2 * i], digits[2 * i + 1], 0 };
		char *end;

		to[i] = (uint8_t)strtoul(pair, &end, 16);
		if (*end)
			return NULL;
	}
	return to;
}

void answer(long long result)
{
	printf("{\"kind\":\"result\",\"result\":%lld}\n", result);
}

long long outcome(long result)
{
	return result < 0 ? -errno : result;
}

long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static void answer_bytes(const char *kind, int fd, const uint8_t *from, long long len)
{
	printf("{\"kind\":\"%s\",\"fd\":%d,\"result\":%lld,\"data\":\"", kind, fd, len);
	for (long long i = 0; i < len; i++)
		printf("%02x", from[i]);
	printf("\"}\n");
}

/* path or nothing: gives a descriptor of that file, or a new one of /dev/fuse, which belongs to no mount yet */
static void do_open(const struct order *order)
{
	const char *path = order->argc > 1 ? order->arg[1] : "/dev/fuse";

	for (int i = 0; i < MAX_FILES; i++) {
		if (files[i])
			continue;
		files[i] = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (files[i] < 0) {
			files[i] = 0;
			return answer(-errno);
		}
		return answer(files[i]);
	}
	answer(-EMFILE);
}

/* fd */
static void do_close(const struct order *order)
{
	int fd = (int)number(order, 1);

	for (int i = 0; i < MAX_FILES; i++)
		if (files[i] == fd)
			files[i] = 0;
	answer(outcome(close(fd)));
}

/* fd, folder */
static void do_mount(const struct order *order)
{
	char options[128];

	snprintf(options, sizeof(options), "fd=%llu,rootmode=40000,user_id=0,group_id=0,allow_other", number(order, 1));
	answer(outcome(mount("bare", order->argc > 2 ? order->arg[2] : "", "fuse", MS_NOSUID | MS_NODEV, options)));
}

/* fd, fd of a mount: the first becomes one more descriptor of that mount's connection */
static void do_clone(const struct order *order)
{
	uint32_t from = (uint32_t)number(order, 2);

	answer(outcome(ioctl((int)number(order, 1), FUSE_DEV_IOC_CLONE, &from)));
}

/* fd, bytes */
static void do_write(const struct order *order)
{
	size_t len;
	uint8_t *from = bytes(order, 2, &len);

	answer(from ? outcome(write((int)number(order, 1), from, len)) : -EINVAL);
}

/* offset, length */
static void do_peek(const struct order *order)
{
	unsigned long long offset = number(order, 1), len = number(order, 2);

	if (offset > ARENA_BYTES || len > ARENA_BYTES - offset)
		return answer(-ERANGE);
	answer_bytes("memory", -1, arena + offset, (long long)len);
}

/* offset, bytes */
static void do_poke(const struct order *order)
{
	unsigned long long offset = number(order, 1);
	size_t len;
	uint8_t *from = bytes(order, 2, &len);

	if (!from || offset > ARENA_BYTES || len > ARENA_BYTES - offset)
		return answer(-ERANGE);
	memcpy(arena + offset, from, len);
	answer((long long)len);
}

/* A request that can be read now; a descriptor that fails (its connection has ended) says so once. */
static bool answer_readable(const struct pollfd *polled)
{
	long got;

	if (!polled->revents)
		return false;
	got = read(polled->fd, requests, READ_BYTES);
	if (got < 0 && errno == EAGAIN)
		return false;
	answer_bytes("request", polled->fd, requests, outcome(got));
	return true;
}

static bool answer_completion(void)
{
	for (int i = 0; i < MAX_RINGS; i++)
		if (ring_answer(i))
			return true;
	return false;
}

/*
 * At most so many ms, 1: completions too, and the descriptors of /dev/fuse: the first thing that comes, or
 * {"kind": "nothing"}.
 */
static void do_wait(const struct order *order)
{
	long long end = now_ms() + (long long)number(order, 1);

	for (;;) {
		struct pollfd polled[MAX_RINGS + MAX_ARGS];
		long long left = end - now_ms();
		nfds_t count = 0;

		if (number(order, 2)) {
			if (answer_completion())
				return;
			for (int i = 0; i < MAX_RINGS; i++)
				if (ring_fd(i) >= 0)
					polled[count++] = (struct pollfd){ ring_fd(i), POLLIN, 0 };
		}
		nfds_t devices = count;

		for (int i = 3; i < order->argc; i++)
			polled[count++] = (struct pollfd){ (int)number(order, i), POLLIN, 0 };
		/* A signal ends it: task work that brings a completion, for one. */
		if (poll(polled, count, left > 0 ? (int)left : 0) > 0)
			for (nfds_t i = devices; i < count; i++)
				if (answer_readable(&polled[i]))
					return;
		if (left <= 0) {
			if (!number(order, 2) || !answer_completion())
				printf("{\"kind\":\"nothing\",\"result\":0}\n");
			return;
		}
	}
}

/* fd, at most so many ms: 1 when something can be read from it */
static void do_ready(const struct order *order)
{
	struct pollfd polled = { (int)number(order, 1), POLLIN, 0 };
	long long end = now_ms() + (long long)number(order, 2);
	int got;

	do {
		long long left = end - now_ms();

		got = poll(&polled, 1, left > 0 ? (int)left : 0);
	} while (got < 0 && errno == EINTR);
	answer(outcome(got));
}

/* number of a capability: this process is without it from now on */
static void do_drop(const struct order *order)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	unsigned long long capability = number(order, 1);

	if (capability > 63 || syscall(SYS_capget, &header, data))
		return answer(-EINVAL);
	data[capability / 32].effective &= ~(1u << capability % 32);
	data[capability / 32].permitted &= ~(1u << capability % 32);
	answer(outcome(syscall(SYS_capset, &header, data)));
}

/* Leaves a child that only sleeps, and holds what was open; gives its pid. */
static void do_fork(const struct order *order)
{
	pid_t child = fork();

	(void)order;
	if (!child) {
		alarm(CHILD_SECONDS);
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		for (;;)
			pause();
	}
	answer(outcome(child));
}

static const struct {
	const char *name;
	void (*run)(const struct order *order);
} orders[] = {
	{ "open", do_open },	     { "close", do_close },	  { "mount", do_mount },
	{ "clone", do_clone },	     { "write", do_write },	  { "peek", do_peek },
	{ "poke", do_poke },	     { "wait", do_wait },	  { "drop", do_drop },
	{ "fork", do_fork },	     { "ready", do_ready },	  { "ring", ring_set_up },
	{ "ring-close", ring_close }, { "slots", ring_slots },	  { "slot", ring_slot },
	{ "submit", ring_submit },
};

static void obey(struct order *order)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (!strcmp(orders[i].name, order->arg[0]))
			return orders[i].run(order);
	answer(-ENOSYS);
}

int main(void)
{
	size_t room = 0;
	char *line = NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	arena = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	requests = malloc(READ_BYTES);
	if (arena == MAP_FAILED || !requests)
		return 1;
	/* So that registering a part of it pins that part. */
	madvise(arena, ARENA_BYTES, MADV_NOHUGEPAGE);
	printf("{\"kind\":\"arena\",\"result\":%llu}\n", (unsigned long long)(uintptr_t)arena);
	while (fflush(stdout) == 0 && getline(&line, &room, stdin) > 0) {
		struct order order = { 0 };

		for (char *word = strtok(line, " \n"); word && order.argc < MAX_ARGS; word = strtok(NULL, " \n"))
			order.arg[order.argc++] = word;
		if (order.argc)
			obey(&order);
	}
	return 0;
}
