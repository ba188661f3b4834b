// SPDX-License-Identifier: MIT
/*
 * libfuse is the session of every mode. Its custom I/O hooks are the seam:
 * requests come from /dev/fuse or from a ring entry, and each reply leaves on
 * the thread that serves the request, where it finds its entry again.
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "dialect.h"
#include "operations.h"
#include "privileges.h"
#include "session.h"

/* What this thread has read from /dev/fuse and not yet answered. */
static _Thread_local struct {
	uint64_t unique;
	uint32_t opcode;
} asked;

static bool is_counted(uint32_t opcode)
{
	/* FORGET, INIT, INTERRUPT, DESTROY and BATCH_FORGET use /dev/fuse in every mode. */
	return opcode != 2 && opcode != OP_INIT && opcode != 36 && opcode != 38 && opcode != 42;
}

static void note_request(struct server *server, const void *request, size_t len)
{
	const struct in_header *in = request;
	const struct init_in *init = (const void *)(in + 1);
	struct agreement *agreement = &server->agreement;

	if (len < sizeof(*in))
		return;
	asked.unique = in->unique;
	asked.opcode = in->opcode;
	if (is_counted(in->opcode))
		atomic_fetch_add_explicit(&server->devfuse_requests, 1, memory_order_relaxed);
	if (in->opcode != OP_INIT || len < sizeof(*in) + sizeof(*init))
		return;
	agreement->minor = init->minor;
	agreement->offered = init->flags;
	if (init->flags & INIT_EXT)
		agreement->offered |= (uint64_t)init->flags2 << 32;
}

/* Not before INIT is answered: the queues' threads come from this one and need its privileges for set-up. */
static void drop_privileges_once(const struct server *server)
{
	static _Thread_local bool dropped;

	if (dropped || !server->agreement.init_seen || server->options.keep_caps)
		return;
	dropped = true;
	privileges_drop();
}

static ssize_t hook_read(int fd, void *buf, size_t len, void *userdata)
{
	ssize_t got = read(fd, buf, len);

	drop_privileges_once(userdata);
	if (got > 0)
		note_request(userdata, buf, (size_t)got);
	return got;
}

static void ask_zero_copy(const struct server *server, uint32_t opcode, struct iovec *body)
{
	size_t at = opcode == OP_OPEN ? 0 : ENTRY_OUT_BYTES;
	struct open_out *open = (struct open_out *)(void *)((char *)body->iov_base + at);

	if (!mode_is_zero_copy(server->options.mode) || mode_is_v2(server->options.mode))
		return;
	if ((opcode != OP_OPEN && opcode != OP_CREATE && opcode != OP_TMPFILE) || body->iov_len != at + sizeof(*open))
		return;
	/* fuse_file_info has no field for it. */
	open->open_flags |= FOPEN_URING_ZERO_COPY;
}

static bool ring_wanted(struct server *server)
{
	const char *reason = mode_unsupported(server->options.mode, &server->agreement);

	if (server->options.mode == MODE_DEVFUSE)
		return false;
	if (!reason) {
		reason = payload_refused(&server->options, server->agreement.payload);
		if (reason)
			snprintf(server->why, sizeof(server->why), "%s (%u bytes)", reason, server->agreement.payload);
		return !reason;
	}
	server->unsupported = true;
	snprintf(server->why, sizeof(server->why), "%s (FUSE 7.%u)", reason, server->agreement.minor);
	return false;
}

/* The reply decides the payload's size, so memory and rings are made here, before it is sent. */
static ssize_t send_init_reply(struct server *server, int fd, struct iovec *iov, int count)
{
	struct init_out reply;
	struct agreement *agreement = &server->agreement;
	bool ring = false;
	ssize_t sent;

	memcpy(&reply, iov[1].iov_base, sizeof(reply));
	agreement->init_seen = true;
	agreement->max_write = reply.max_write;
	agreement->max_pages = reply.flags & INIT_MAX_PAGES ? reply.max_pages : 32;
	agreement->payload = payload_needed(agreement->max_write, agreement->max_pages);
	if (ring_wanted(server))
		ring = !queues_prepare(server);
	if (ring) {
		reply.flags |= INIT_EXT;
		reply.flags2 |= INIT_OVER_IO_URING >> 32;
	}
	iov[1] = (struct iovec){ &reply, sizeof(reply) };
	sent = writev(fd, iov, count);
	if (ring) {
		queues_go(server);
		return sent;
	}
	atomic_store(&server->mode, MODE_DEVFUSE);
	server->on_ready(server);
	return sent;
}

static ssize_t hook_writev(int fd, struct iovec *iov, int count, void *userdata)
{
	struct server *server = userdata;
	const struct out_header *out = iov[0].iov_base;
	struct ring_entry *entry = current_entry();

	if (entry && !entry->replied && out->unique == entry->unique) {
		if (count > 1 && !out->error)
			ask_zero_copy(server, entry->opcode, &iov[1]);
		return entry_reply(entry, out, iov + 1, count - 1);
	}
	if (out->unique == asked.unique && !out->error && count > 1) {
		if (asked.opcode == OP_INIT && count == 2 && iov[1].iov_len == sizeof(struct init_out))
			return send_init_reply(server, fd, iov, count);
		ask_zero_copy(server, asked.opcode, &iov[1]);
	}
	return writev(fd, iov, count);
}

static ssize_t hook_splice_receive(int in, off_t *in_offset, int out, off_t *out_offset, size_t len,
				   unsigned int flags, void *userdata)
{
	struct server *server = userdata;
	ssize_t got = splice(in, in_offset, out, out_offset, len, flags);

	drop_privileges_once(server);
	/* The request lies in a pipe; INIT never does, as splicing is agreed on by it. */
	if (got > 0)
		atomic_fetch_add_explicit(&server->devfuse_requests, 1, memory_order_relaxed);
	return got;
}

static ssize_t hook_splice_send(int in, off_t *in_offset, int out, off_t *out_offset, size_t len, unsigned int flags,
				void *userdata)
{
	(void)userdata;
	return splice(in, in_offset, out, out_offset, len, flags);
}

static const struct fuse_custom_io hooks = {
	.read = hook_read,
	.writev = hook_writev,
	.splice_receive = hook_splice_receive,
	.splice_send = hook_splice_send,
};

void session_process(struct server *server, void *request, size_t len)
{
	struct fuse_buf buf = { .size = len, .mem = request };

	fuse_session_process_buf(server->session, &buf);
}

static struct fuse_session *make_session(struct server *server)
{
	const char *options = server->options.allow_other ? "allow_other,default_permissions" : "default_permissions";
	char name[256];
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_session *session = NULL;

	snprintf(name, sizeof(name), "fsname=%.200s,subtype=%s", server->options.fsname ? server->options.fsname : "fuselab",
		 mode_names[server->options.mode]);
	if (!fuse_opt_add_arg(&args, "fuselab-server") && !fuse_opt_add_arg(&args, "-o") &&
	    !fuse_opt_add_arg(&args, name) && !fuse_opt_add_arg(&args, "-o") && !fuse_opt_add_arg(&args, options))
		session = fuse_session_new(&args, store_operations(&server->options), sizeof(struct fuse_lowlevel_ops), server);
	fuse_opt_free_args(&args);
	return session;
}

int session_open(struct server *server)
{
	int err;

	server->session = make_session(server);
	if (!server->session) {
		snprintf(server->why, sizeof(server->why), "libfuse made no session");
		return -ENOMEM;
	}
	if (fuse_session_mount(server->session, server->options.mount)) {
		err = errno ? -errno : -EPERM;
		snprintf(server->why, sizeof(server->why), "mount on %.120s: %s", server->options.mount, strerror(-err));
		return err;
	}
	server->fuse_fd = fuse_session_fd(server->session);
	/* After the mount, with the mount's own descriptor: unmounting goes on to work. */
	err = fuse_session_custom_io(server->session, &hooks, sizeof(hooks), server->fuse_fd);
	if (err) {
		snprintf(server->why, sizeof(server->why), "libfuse has no custom I/O (build it with -Denable-custom-io=true)");
		return err;
	}
	return 0;
}

int session_loop(struct server *server)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int status;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, 0);
	fuse_loop_cfg_set_max_threads(config, server->options.threads);
	fuse_loop_cfg_set_idle_threads(config, server->options.threads);
	status = fuse_session_loop_mt(server->session, config);
	fuse_loop_cfg_destroy(config);
	return status;
}

static unsigned int connection_number(const char *mount)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	unsigned int number = 0;
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		unsigned int minor;
		char point[2048];

		if (sscanf(line, "%*d %*d %*u:%u %*s %2047s", &minor, point) == 2 && !strcmp(point, mount))
			number = minor;
	}
	if (file)
		fclose(file);
	return number;
}

static bool unmount_once(const char *mount, bool lazy)
{
	char *const plain[] = { "fusermount3", "-u", "-q", "--", (char *)mount, NULL };
	char *const lazily[] = { "fusermount3", "-u", "-q", "-z", "--", (char *)mount, NULL };
	pid_t pid;
	int status;

	if (!umount2(mount, UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) || errno == EINVAL || errno == ENOENT)
		return true;
	if (errno != EPERM)
		return false;
	/* Not ours to do: fusermount3 is set-user-id and knows whose mount it is. */
	if (posix_spawnp(&pid, "fusermount3", NULL, NULL, lazy ? lazily : plain, environ))
		return false;
	return waitpid(pid, &status, 0) == pid && !status;
}

bool session_unmount(struct server *server, unsigned int seconds)
{
	const char *mount = server->options.mount;
	unsigned int connection = connection_number(mount);
	char path[64];
	int fd;

	for (unsigned int step = 0; connection && step <= 10 * seconds; step++) {
		struct timespec pause = { .tv_nsec = 100000000 };

		if (unmount_once(mount, false))
			return true;
		nanosleep(&pause, NULL);
	}
	if (!connection)
		return true;
	/* Somebody has a file open. The mount goes at once, and the connection with it. */
	unmount_once(mount, true);
	snprintf(path, sizeof(path), "/sys/fs/fuse/connections/%u/abort", connection);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) < 0)
			perror(path);
		close(fd);
	}
	return false;
}

void session_close(struct server *server)
{
	if (!server->session)
		return;
	/* Mounted no more: this only forgets the mount point and closes the descriptor. */
	fuse_session_unmount(server->session);
	fuse_session_destroy(server->session);
	server->session = NULL;
}
