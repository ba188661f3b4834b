// SPDX-License-Identifier: MIT
/*
 * PID 1 of a fuselab guest: mounts what the agent needs, starts the agent,
 * reaps orphans, and powers the machine off when the agent has ended or the
 * guest's own time is over. It never waits for anything outside the guest.
 * When the agent is not done by the moment that it has set itself, init tells
 * on the console what hangs, as the agent may hang too.
 *
 * The kernel hands unknown `name=value` parameters to init's environment:
 *   fuselab_lab=DIR        folder of this build's agent
 *   fuselab_seconds=N      power off after N seconds, whatever happens
 *   fuselab_channel=TTY    the agent talks over this serial line; without it,
 *                          over its virtio port; fd:IN,OUT are descriptors
 *   fuselab_host=1         not a guest, but namespaces on the host: its devices
 *                          are there already, and nothing else is touched
 *   fuselab_shell=1        a shell on the console; its end is the machine's end
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const char path_env[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct mount_point {
	const char *type;
	const char *target;
	const char *data;
	/* true: the folder has to be made first, on a file system mounted before */
	int make;
};

static const struct mount_point mount_points[] = {
	{ "proc", "/proc", NULL, 0 },
	{ "sysfs", "/sys", NULL, 0 },
	{ "devtmpfs", "/dev", NULL, 0 },
	{ "devpts", "/dev/pts", "mode=620,ptmxmode=666", 1 },
	{ "tmpfs", "/dev/shm", NULL, 1 },
	{ "tmpfs", "/run", "mode=755", 0 },
	{ "tmpfs", "/tmp", NULL, 0 },
	{ "tmpfs", "/var/tmp", NULL, 0 },
	{ "debugfs", "/sys/kernel/debug", NULL, 0 },
	{ "fusectl", "/sys/fs/fuse/connections", NULL, 0 },
};

/* When init began, for the agent to tell. */
static char began_env[64];

static void say(const char *what, const char *which, int err)
{
	fprintf(stderr, "fuselab-init: %s %s: %s\n", what, which, strerror(err));
}

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mount_points) / sizeof(*mount_points); i++) {
		const struct mount_point *m = &mount_points[i];

		if (getenv("fuselab_host") && !strcmp(m->type, "devtmpfs"))
			continue;
		if (m->make)
			mkdir(m->target, 0755);
		if (mount(m->type, m->target, m->type, 0, m->data) && errno != EBUSY)
			say("cannot mount", m->target, errno);
	}
}

static void power_off(void)
{
	/* In a PID namespace it ends that namespace. */
	if (!getenv("fuselab_host"))
		sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

/* Bytes shall pass as they are. A line forgets its settings when nobody has it
 * open, so it stays open here.
 */
static void make_raw(const char *tty)
{
	struct termios settings;
	int fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || tcgetattr(fd, &settings)) {
		say("cannot open", tty, errno);
		return;
	}
	cfmakeraw(&settings);
	if (tcsetattr(fd, TCSANOW, &settings))
		say("cannot make raw", tty, errno);
}

static pid_t start_agent(const char *lab, const char *channel)
{
	char script[4096];
	char *env[] = { (char *)path_env, "HOME=/tmp", "LANG=C.UTF-8",
			"UV_THREADPOOL_SIZE=16", began_env, NULL, NULL, NULL };
	char lab_env[4200], channel_env[256];
	pid_t pid;

	snprintf(script, sizeof(script), "%s/agent.mjs", lab);
	snprintf(lab_env, sizeof(lab_env), "FUSELAB_LAB=%s", lab);
	env[5] = lab_env;
	if (channel) {
		if (strncmp(channel, "fd:", 3))
			make_raw(channel);
		snprintf(channel_env, sizeof(channel_env), "FUSELAB_CHANNEL=%s", channel);
		env[6] = channel_env;
	}
	pid = fork();
	if (pid)
		return pid;
	setsid();
	execle("/usr/bin/node", "node", "--no-warnings", script, (char *)NULL, env);
	say("cannot start", "/usr/bin/node", errno);
	_exit(127);
}

static pid_t start_shell(void)
{
	char *env[] = { (char *)path_env, "HOME=/tmp", "TERM=vt100", "PS1=fuselab:\\w# ", NULL };
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	ioctl(0, TIOCSCTTY, 1);
	execle("/bin/bash", "bash", "--norc", "-i", (char *)NULL, env);
	say("cannot start", "/bin/bash", errno);
	_exit(127);
}

/* Copies a file of /proc to the console; what is not there is left out. */
static void show_file(const char *path)
{
	char buffer[4096];
	ssize_t length;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(2, buffer, length) != length)
			break;
	close(fd);
}

/* Kernel threads have no memory of their own, so no executable. */
static int is_kernel_thread(const char *pid)
{
	char path[64], target[8];

	snprintf(path, sizeof(path), "/proc/%.16s/exe", pid);
	return readlink(path, target, sizeof(target)) < 0;
}

static void show_stacks_of(const char *pid)
{
	char folder[64], path[128];
	struct dirent *thread;
	DIR *threads;

	snprintf(folder, sizeof(folder), "/proc/%.16s/task", pid);
	threads = opendir(folder);
	while (threads && (thread = readdir(threads))) {
		if (thread->d_name[0] == '.')
			continue;
		fprintf(stderr, "fuselab-init: process %s, thread %s: ", pid, thread->d_name);
		snprintf(path, sizeof(path), "%s/%.16s/comm", folder, thread->d_name);
		show_file(path);
		snprintf(path, sizeof(path), "%s/%.16s/stack", folder, thread->d_name);
		show_file(path);
	}
	if (threads)
		closedir(threads);
}

static void ask_kernel(const char *key)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, key, 1) != 1)
		say("cannot ask by SysRq", key, errno);
	if (fd >= 0)
		close(fd);
}

/* 8: everything that the kernel says reaches the console */
#define ALL_LEVELS 8
#define SYSLOG_ACTION_CONSOLE_LEVEL 8

/* Blocked tasks and what the CPUs do, then each process's stacks. */
static void show_hang(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	fprintf(stderr, "fuselab-init: the agent is overdue\n");
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, ALL_LEVELS);
	ask_kernel("w");
	ask_kernel("l");
	while (proc && (entry = readdir(proc)))
		if (atoi(entry->d_name) > 0 && !is_kernel_thread(entry->d_name))
			show_stacks_of(entry->d_name);
	if (proc)
		closedir(proc);
	fprintf(stderr, "fuselab-init: that is all\n");
}

/* Seconds since power-on by which the agent wants to be done; 0: never. */
static long agents_deadline(void)
{
	char text[32] = "";
	int fd = open("/run/fuselab-deadline", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return atol(text);
}

int main(void)
{
	const char *lab = getenv("fuselab_lab");
	const char *limit = getenv("fuselab_seconds");
	time_t seconds = limit ? atol(limit) : 3600;
	struct timespec start, now;
	sigset_t chld;
	pid_t agent, shell = -1;
	long shown = 0;

	if (getpid() != 1) {
		say("not", "the first process", EPERM);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	clock_gettime(CLOCK_BOOTTIME, &now);
	snprintf(began_env, sizeof(began_env), "FUSELAB_INIT_SECONDS=%ld.%02ld", (long)now.tv_sec,
		 now.tv_nsec / 10000000);
	mount_all();
	sethostname("fuselab", 7);
	if (!lab) {
		say("no", "fuselab_lab= on the kernel command line", EINVAL);
		power_off();
	}

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	agent = start_agent(lab, getenv("fuselab_channel"));
	if (getenv("fuselab_shell"))
		shell = start_shell();
	sigprocmask(SIG_UNBLOCK, &chld, NULL);
	if (agent < 0) {
		say("cannot fork", "the agent", errno);
		power_off();
	}

	for (;;) {
		struct timespec second = { .tv_sec = 1 };
		int status;
		pid_t pid;

		sigprocmask(SIG_BLOCK, &chld, NULL);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid == shell)
				power_off();
			if (pid != agent)
				continue;
			fprintf(stderr, "fuselab-init: agent ended, %s %d\n",
				WIFSIGNALED(status) ? "signal" : "status",
				WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
			power_off();
		}
		sigtimedwait(&chld, NULL, &second);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (agents_deadline() > shown && now.tv_sec > agents_deadline()) {
			shown = now.tv_sec;
			show_hang();
		}
		if (now.tv_sec - start.tv_sec >= seconds) {
			fprintf(stderr, "fuselab-init: %ld seconds are over, powering off\n", (long)seconds);
			power_off();
		}
	}
}
