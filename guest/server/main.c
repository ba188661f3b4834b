// SPDX-License-Identifier: MIT
/*
 * fuselab-server: one set of libfuse operations over every transport the kernel
 * has. The main thread only listens: to the control socket, to signals, and to
 * what the serving threads have to tell. Exit status: 0 served and unmounted,
 * 1 something would not end or start, 3 the mode asked for was not to be had.
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "control.h"
#include "inode.h"
#include "operations.h"
#include "orders.h"
#include "report.h"
#include "session.h"

/* How long a busy mount may take to go, and the queues after it. */
#define UNMOUNT_SECONDS 5
#define QUEUES_SECONDS 5

enum status { STATUS_FINE = 0, STATUS_FAILED = 1, STATUS_OTHER_MODE = 3 };

struct life {
	struct server server;
	struct control *control;
	pthread_t loop;
	/* written by serving threads: bit 0 ready, bit 1 the loop has ended */
	atomic_uint news;
	int news_fd;
	int signal_fd;
	bool started;
	bool stopping;
	bool forced;
	enum status status;
};

enum { NEWS_READY = 1, NEWS_ENDED = 2 };

static struct life life;

static void tell_main(unsigned int news)
{
	uint64_t one = 1;

	atomic_fetch_or(&life.news, news);
	if (write(life.news_fd, &one, sizeof(one)) < 0)
		perror("fuselab-server: eventfd");
}

static void on_ready(struct server *server)
{
	(void)server;
	tell_main(NEWS_READY);
}

static void *loop_main(void *arg)
{
	int status = session_loop(arg);

	if (status)
		fprintf(stderr, "fuselab-server: the session's loop ended with %d\n", status);
	tell_main(NEWS_ENDED);
	return NULL;
}

/* The kernel's number of queues is that of possible CPUs (fs/fuse/dev_uring.c:fuse_uring_create, 6.14 to 7.3). */
static unsigned int possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	unsigned int low = 0, high = 0, cpus = 0;

	while (file && fscanf(file, "%u", &low) == 1) {
		high = low;
		if (fscanf(file, "-%u", &high) < 0)
			high = low;
		cpus += high - low + 1;
		if (fgetc(file) != ',')
			break;
	}
	if (file)
		fclose(file);
	return cpus ? cpus : (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
}

/* Begins to serve; gives NULL or what prevents it. */
static const char *start(struct server *server)
{
	const char *wrong = options_check(&server->options);
	int err;

	if (wrong)
		return wrong;
	server->nr_queues = possible_cpus();
	if (server->options.queues && server->options.queues != server->nr_queues) {
		snprintf(server->why, sizeof(server->why), "%u queues do not make a ring: this kernel wants one for each of %u possible CPUs",
			 server->options.queues, server->nr_queues);
		return server->why;
	}
	err = server->options.store == STORE_PASSTHROUGH ? passthrough_open(server) : tree_open(server);
	if (err) {
		snprintf(server->why, sizeof(server->why), "store: %s", strerror(-err));
		return server->why;
	}
	if (session_open(server))
		return server->why;
	if (pthread_create(&life.loop, NULL, loop_main, server))
		return "no thread for /dev/fuse";
	life.started = true;
	return NULL;
}

static void stop(void)
{
	if (life.stopping || !life.started) {
		life.stopping = true;
		return;
	}
	life.stopping = true;
	/* A queue that a fault holds up would keep the unmount waiting. */
	for (unsigned int i = 0; life.server.queues && i < life.server.nr_queues; i++) {
		atomic_store(&life.server.queues[i].held_up, false);
		queue_wake(&life.server.queues[i]);
	}
	if (!session_unmount(&life.server, UNMOUNT_SECONDS)) {
		fprintf(stderr, "fuselab-server: the mount was in use for %d s and is gone by force\n", UNMOUNT_SECONDS);
		life.forced = true;
	}
}

static json_t *obey(void *context, const char *type, json_t *order)
{
	struct server *server = context;

	if (!strcmp(type, "start")) {
		const char *wrong = life.started ? "it is serving already" : orders_options(server, order);

		if (!wrong)
			wrong = start(server);
		return wrong ? report_error(wrong) : NULL;
	}
	if (!strcmp(type, "stop")) {
		stop();
		return NULL;
	}
	if (!life.started)
		return report_error("it is not serving yet: send start");
	if (!strcmp(type, "ready"))
		return atomic_load(&life.news) & NEWS_READY ? report_ready(server) : report_error("it is not ready yet");
	if (!strcmp(type, "stats"))
		return report_stats(server);
	if (!strcmp(type, "fault"))
		return orders_fault(server, order);
	if (!strcmp(type, "fork"))
		return orders_fork(order);
	return report_error("wanted start, ready, stats, fault, fork or stop");
}

static void say_ready(struct server *server)
{
	json_t *ready = report_ready(server);
	char *line = json_dumps(ready, JSON_COMPACT);

	printf("fuselab-server: %s\n", line ? line : "ready");
	fflush(stdout);
	free(line);
	control_tell(life.control, ready);
	if (server->options.fallback == FALL_END && atomic_load(&server->mode) != (int)server->options.mode) {
		life.status = STATUS_OTHER_MODE;
		stop();
	}
}

/* The connection has ended, by our unmount or somebody else's. */
static void wind_up(struct server *server)
{
	unsigned int left;

	pthread_join(life.loop, NULL);
	left = server->queues ? queues_stop(server, QUEUES_SECONDS) : 0;
	if (left) {
		fprintf(stderr, "fuselab-server: %u queues did not end within %d s\n", left, QUEUES_SECONDS);
		life.status = STATUS_FAILED;
	}
	control_tell(life.control, json_pack("{ss si sb}", "type", "stopped", "queuesLeft", (int)left, "forced", life.forced));
	if (left) {
		control_close(life.control);
		_exit(STATUS_FAILED);
	}
	session_close(server);
	inodes_drop();
	free(server->queues);
}

static void listen_until_ended(struct server *server)
{
	for (;;) {
		struct pollfd fds[2 + CONTROL_FDS] = {
			{ .fd = life.news_fd, .events = POLLIN },
			{ .fd = life.signal_fd, .events = POLLIN },
		};
		unsigned int count = control_poll(life.control, fds + 2);
		struct signalfd_siginfo signal;
		uint64_t ignored;

		if (life.stopping && !life.started)
			return;
		if (poll(fds, 2 + count, -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents && read(life.news_fd, &ignored, sizeof(ignored)) > 0) {
			static unsigned int heard;
			unsigned int news = atomic_load(&life.news) & ~heard;

			heard |= news;
			if (news & NEWS_READY)
				say_ready(server);
			if (news & NEWS_ENDED)
				return;
		}
		if (fds[1].revents && read(life.signal_fd, &signal, sizeof(signal)) > 0)
			stop();
		control_serve(life.control, fds + 2, count);
	}
}

/* Every inode that the kernel knows of holds a descriptor. */
static void raise_file_limit(void)
{
	struct rlimit limit = { 1 << 20, 1 << 20 };

	if (!setrlimit(RLIMIT_NOFILE, &limit) || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct server *server = &life.server;
	sigset_t signals;
	const char *wrong = NULL;
	int err;

	server->options = (struct options)OPTIONS_DEFAULT;
	server->on_ready = on_ready;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->changed, NULL);
	pthread_mutex_init(&server->faults.lock, NULL);
	if (options_parse(&server->options, argc, argv) || (!server->options.control && !server->options.mount)) {
		options_usage();
		return 64;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	life.signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	life.news_fd = eventfd(0, EFD_CLOEXEC);
	umask(0);
	raise_file_limit();
	if (server->options.control) {
		err = control_open(&life.control, server->options.control, obey, server);
		if (err) {
			fprintf(stderr, "fuselab-server: %s: %s\n", server->options.control, strerror(-err));
			return STATUS_FAILED;
		}
	}
	if (server->options.mount)
		wrong = start(server);
	if (wrong) {
		fprintf(stderr, "fuselab-server: %s\n", wrong);
		control_close(life.control);
		return STATUS_FAILED;
	}
	listen_until_ended(server);
	if (life.started)
		wind_up(server);
	control_close(life.control);
	return life.status;
}
