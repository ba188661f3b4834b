// SPDX-License-Identifier: MIT
/* Operations on open files. On the ring READ and WRITE do not come here (data.c); by /dev/fuse all do. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "operations.h"

const struct fuse_lowlevel_ops *store_operations(const struct options *options)
{
	return options->store == STORE_PASSTHROUGH ? &passthrough_operations : &tree_operations;
}

struct server *server_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void want(struct fuse_conn_info *conn, uint64_t feature, bool wanted)
{
	if (wanted)
		fuse_set_feature_flag(conn, feature);
	else
		fuse_unset_feature_flag(conn, feature);
}

void files_init(void *userdata, struct fuse_conn_info *conn)
{
	const struct options *options = &((struct server *)userdata)->options;

	want(conn, FUSE_CAP_WRITEBACK_CACHE, options->writeback);
	want(conn, FUSE_CAP_SPLICE_READ, options->splice);
	want(conn, FUSE_CAP_SPLICE_WRITE, options->splice);
	want(conn, FUSE_CAP_SPLICE_MOVE, options->splice);
	/* Else every write is preceded by a request for security.capability. */
	want(conn, FUSE_CAP_HANDLE_KILLPRIV, false);
	want(conn, FUSE_CAP_HANDLE_KILLPRIV_V2, true);
	/* Locks stay in the kernel: nobody else has this store open. */
	want(conn, FUSE_CAP_POSIX_LOCKS, false);
	want(conn, FUSE_CAP_FLOCK_LOCKS, false);
	want(conn, FUSE_CAP_DIRECT_IO_ALLOW_MMAP, true);
	/* Inodes are gone with the server: no file handle of one may outlive a mount. */
	want(conn, FUSE_CAP_NO_EXPORT_SUPPORT, true);
	conn->max_write = options->max_write;
	if (options->max_background)
		conn->max_background = options->max_background;
	conn->time_gran = 1;
}

int store_flags(const struct options *options, int flags)
{
	/* The kernel gives every write its offset, and reads back pages of files that were opened to write only. */
	flags &= ~(O_APPEND | O_CREAT | O_EXCL | O_NOCTTY);
	if ((flags & O_ACCMODE) == O_WRONLY)
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (!options->store_direct)
		flags &= ~O_DIRECT;
	return flags | O_CLOEXEC;
}

int file_opened(const struct options *options, int fd, struct fuse_file_info *fi)
{
	struct handle *handle = handle_make(fd);

	if (!handle)
		return ENOMEM;
	fi->fh = (uintptr_t)handle;
	if (fi->kill_suidgid && fi->flags & O_TRUNC)
		handle_kill_set_id(handle);
	/* Direct I/O by the file's own mode takes a shorter way than O_DIRECT alone, and may write in parallel. */
	fi->direct_io = options->direct_io || fi->flags & O_DIRECT;
	fi->parallel_direct_writes = 1;
	/* Nothing to say at close(2) of what was only read. */
	handles_publish();
	fi->noflush = (fi->flags & O_ACCMODE) == O_RDONLY;
	return 0;
}

static pthread_key_t read_memory_key;
static pthread_once_t read_memory_once = PTHREAD_ONCE_INIT;

static void make_read_memory_key(void)
{
	pthread_key_create(&read_memory_key, free);
}

/* One for each thread that serves /dev/fuse, freed with it; page aligned, as the store may want O_DIRECT. */
static void *read_memory(size_t size)
{
	static _Thread_local size_t room;
	void *memory;

	pthread_once(&read_memory_once, make_read_memory_key);
	memory = pthread_getspecific(read_memory_key);
	if (size <= room)
		return memory;
	free(memory);
	room = (size + 4095) / 4096 * 4096;
	memory = aligned_alloc(4096, room);
	if (!memory)
		room = 0;
	pthread_setspecific(read_memory_key, memory);
	return memory;
}

void file_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	struct fuse_bufvec spliced = FUSE_BUFVEC_INIT(size);
	void *memory;
	ssize_t got;

	(void)ino;
	if (server_of(req)->options.splice) {
		spliced.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
		spliced.buf[0].fd = handle->fd;
		spliced.buf[0].pos = offset;
		fuse_reply_data(req, &spliced, FUSE_BUF_SPLICE_MOVE);
		return;
	}
	memory = read_memory(size);
	if (!memory) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	got = handle_read(handle, memory, size, (uint64_t)offset, false);
	if (got < 0)
		fuse_reply_err(req, (int)-got);
	else
		fuse_reply_buf(req, memory, (size_t)got);
}

void file_write_buf(fuse_req_t req, fuse_ino_t ino, struct fuse_bufvec *in, off_t offset, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	size_t size = fuse_buf_size(in);
	struct fuse_bufvec out = FUSE_BUFVEC_INIT(size);
	ssize_t put;

	(void)ino;
	if (fi->kill_suidgid)
		handle_kill_set_id(handle);
	if (in->count == 1 && !(in->buf[0].flags & FUSE_BUF_IS_FD)) {
		put = handle_write(handle, (char *)in->buf[0].mem + in->off, size, (uint64_t)offset, false);
	} else {
		out.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
		out.buf[0].fd = handle->fd;
		out.buf[0].pos = offset;
		put = fuse_buf_copy(&out, in, FUSE_BUF_SPLICE_MOVE);
		if (put > 0)
			handle_grown(handle, (uint64_t)(offset + put));
	}
	if (put < 0)
		fuse_reply_err(req, (int)-put);
	else
		fuse_reply_write(req, (size_t)put);
}

void file_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);

	(void)ino;
	queues_forget(server_of(req), handle);
	handle_put(handle);
	fuse_reply_err(req, 0);
}

void file_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int copy = dup(handle_of(fi)->fd);

	(void)ino;
	/* A close of the store's file reports what it has to report (quota, remote stores). */
	fuse_reply_err(req, copy < 0 || close(copy) ? errno : 0);
}

void file_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	int fd = handle->fd;

	(void)ino;
	fuse_reply_err(req, !handle_is_null(handle) && (datasync ? fdatasync(fd) : fsync(fd)) ? errno : 0);
}

void file_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);

	(void)ino;
	if (!handle_is_null(handle)) {
		fuse_reply_err(req, fallocate(handle->fd, mode, offset, length) ? errno : 0);
		return;
	}
	if (!mode)
		handle_grown(handle, (uint64_t)(offset + length));
	fuse_reply_err(req, mode ? EOPNOTSUPP : 0);
}

void file_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi)
{
	struct handle *handle = handle_of(fi);
	off_t found;

	(void)ino;
	if (handle_is_null(handle)) {
		/* The kernel then takes every file for one piece of data, and asks no more. */
		fuse_reply_err(req, ENOSYS);
		return;
	}
	found = lseek(handle->fd, offset, whence);
	if (found < 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_lseek(req, found);
}

void file_copy_range(fuse_req_t req, fuse_ino_t ino_in, off_t in, struct fuse_file_info *fi_in, fuse_ino_t ino_out,
		     off_t out, struct fuse_file_info *fi_out, size_t len, int flags)
{
	ssize_t copied;

	(void)ino_in;
	(void)ino_out;
	if (handle_is_null(handle_of(fi_in))) {
		fuse_reply_err(req, ENOSYS);
		return;
	}
	copied = copy_file_range(handle_of(fi_in)->fd, &in, handle_of(fi_out)->fd, &out, len, (unsigned int)flags);
	if (copied < 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_write(req, (size_t)copied);
}
