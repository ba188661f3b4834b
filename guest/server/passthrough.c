// SPDX-License-Identifier: MIT
/* The passthrough store: a folder of the machine, as it is. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "inode.h"
#include "operations.h"
#include "passthrough.h"
#include "privileges.h"

static struct inode root;

int passthrough_open(struct server *server)
{
	struct stat st;

	root.fd = open(server->options.source, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root.fd < 0 || fstat(root.fd, &st))
		return -errno;
	root.dev = st.st_dev;
	root.ino = st.st_ino;
	return 0;
}

static struct inode *inode_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct inode *)(uintptr_t)ino;
}

int passthrough_fd(fuse_ino_t ino)
{
	return inode_of(ino)->fd;
}

struct fd_path passthrough_path(fuse_ino_t ino)
{
	struct fd_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", passthrough_fd(ino));
	return path;
}

void passthrough_reply(fuse_req_t req, int res)
{
	fuse_reply_err(req, res ? errno : 0);
}

int passthrough_look_up(fuse_req_t req, fuse_ino_t parent, const char *name, struct fuse_entry_param *entry)
{
	const struct options *options = &server_of(req)->options;
	int fd = openat(passthrough_fd(parent), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct inode *inode;

	memset(entry, 0, sizeof(*entry));
	if (fd < 0)
		return errno;
	if (fstat(fd, &entry->attr)) {
		int err = errno;

		close(fd);
		return err;
	}
	inode = inode_looked_up(fd, &entry->attr);
	if (!inode)
		return ENOMEM;
	entry->ino = (uintptr_t)inode;
	entry->attr_timeout = options->attr_timeout;
	entry->entry_timeout = options->entry_timeout;
	return 0;
}

static void reply_entry(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	int err = passthrough_look_up(req, parent, name, &entry);

	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_entry(req, &entry);
}

/* A new name belongs to who asked for it: begin, make, end. */
static void begin_as_caller(fuse_req_t req)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	if (ctx->uid != geteuid() || ctx->gid != getegid())
		act_as(ctx->uid, ctx->gid);
}

static int end_as_caller(fuse_req_t req, int res)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	int err = errno;

	if (ctx->uid != geteuid() || ctx->gid != getegid())
		act_as(geteuid(), getegid());
	errno = err;
	return res;
}

static void reply_made(fuse_req_t req, fuse_ino_t parent, const char *name, int res)
{
	if (end_as_caller(req, res))
		fuse_reply_err(req, errno);
	else
		reply_entry(req, parent, name);
}

static void store_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	int err = passthrough_look_up(req, parent, name, &entry);

	if (err && err != ENOENT) {
		fuse_reply_err(req, err);
		return;
	}
	/* That there is nothing may be remembered too. */
	if (err)
		entry.entry_timeout = server_of(req)->options.entry_timeout;
	fuse_reply_entry(req, &entry);
}

static void forget(fuse_ino_t ino, uint64_t lookups)
{
	if (ino != FUSE_ROOT_ID)
		inode_forget(inode_of(ino), lookups);
}

static void store_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups)
{
	forget(ino, lookups);
	fuse_reply_none(req);
}

static void store_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < count; i++)
		forget(forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(req);
}

static void reply_attr(fuse_req_t req, fuse_ino_t ino)
{
	struct stat st;

	if (fstat(passthrough_fd(ino), &st))
		fuse_reply_err(req, errno);
	else
		fuse_reply_attr(req, &st, server_of(req)->options.attr_timeout);
}

static void store_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)fi;
	reply_attr(req, ino);
}

static int set_times(const char *path, const struct stat *attr, int valid)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_OMIT } };

	if (valid & FUSE_SET_ATTR_ATIME_NOW)
		times[0].tv_nsec = UTIME_NOW;
	else if (valid & FUSE_SET_ATTR_ATIME)
		times[0] = attr->st_atim;
	if (valid & FUSE_SET_ATTR_MTIME_NOW)
		times[1].tv_nsec = UTIME_NOW;
	else if (valid & FUSE_SET_ATTR_MTIME)
		times[1] = attr->st_mtim;
	return utimensat(AT_FDCWD, path, times, 0);
}

/* A truncation by who has no CAP_FSETID. */
static int kill_set_id(const char *path)
{
	struct stat st;
	mode_t gone = S_ISUID;

	if (stat(path, &st))
		return -1;
	if (st.st_mode & S_IXGRP)
		gone |= S_ISGID;
	return st.st_mode & gone ? chmod(path, st.st_mode & ~gone & 07777) : 0;
}

static void store_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int valid, struct fuse_file_info *fi)
{
	struct fd_path path = passthrough_path(ino);
	int res = 0;

	if (valid & FUSE_SET_ATTR_MODE)
		res = chmod(path.text, attr->st_mode);
	if (!res && valid & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		res = fchownat(passthrough_fd(ino), "", valid & FUSE_SET_ATTR_UID ? attr->st_uid : (uid_t)-1,
			       valid & FUSE_SET_ATTR_GID ? attr->st_gid : (gid_t)-1, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
	if (!res && valid & (FUSE_SET_ATTR_KILL_SUID | FUSE_SET_ATTR_KILL_SGID))
		res = kill_set_id(path.text);
	if (!res && valid & FUSE_SET_ATTR_SIZE)
		res = fi ? ftruncate(handle_of(fi)->fd, attr->st_size) : truncate(path.text, attr->st_size);
	if (!res && valid & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_ATIME_NOW | FUSE_SET_ATTR_MTIME_NOW))
		res = set_times(path.text, attr, valid);
	if (res)
		fuse_reply_err(req, errno);
	else
		reply_attr(req, ino);
}

static void store_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char target[PATH_MAX + 1];
	ssize_t len = readlinkat(passthrough_fd(ino), "", target, sizeof(target) - 1);

	if (len < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	target[len] = '\0';
	fuse_reply_readlink(req, target);
}

static void store_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev)
{
	begin_as_caller(req);
	reply_made(req, parent, name, mknodat(passthrough_fd(parent), name, mode, rdev));
}

static void store_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	begin_as_caller(req);
	reply_made(req, parent, name, mkdirat(passthrough_fd(parent), name, mode));
}

static void store_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	begin_as_caller(req);
	reply_made(req, parent, name, symlinkat(target, passthrough_fd(parent), name));
}

static void store_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	if (linkat(AT_FDCWD, passthrough_path(ino).text, passthrough_fd(parent), name, AT_SYMLINK_FOLLOW))
		fuse_reply_err(req, errno);
	else
		reply_entry(req, parent, name);
}

static void store_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	passthrough_reply(req, unlinkat(passthrough_fd(parent), name, 0));
}

static void store_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	passthrough_reply(req, unlinkat(passthrough_fd(parent), name, AT_REMOVEDIR));
}

static void store_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent, const char *new_name,
			 unsigned int flags)
{
	passthrough_reply(req, renameat2(passthrough_fd(parent), name, passthrough_fd(new_parent), new_name, flags));
}

static void store_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	const struct options *options = &server_of(req)->options;
	int flags = store_flags(options, fi->flags) & ~O_NOFOLLOW;
	int fd = open(passthrough_path(ino).text, flags);
	int err;

	/* What may only be read or only be written is opened so. */
	if (fd < 0 && (errno == EACCES || errno == EROFS || errno == ETXTBSY))
		fd = open(passthrough_path(ino).text, (flags & ~O_ACCMODE) | (fi->flags & O_ACCMODE));
	if (fd < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	err = file_opened(options, fd, fi);
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_open(req, fi);
}

static void store_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	const struct options *options = &server_of(req)->options;
	struct fuse_entry_param entry;
	int fd, err;

	begin_as_caller(req);
	fd = openat(passthrough_fd(parent), name, store_flags(options, fi->flags) | O_CREAT | (fi->flags & O_EXCL), mode);
	err = end_as_caller(req, fd) < 0 ? errno : 0;
	if (!err)
		err = file_opened(options, fd, fi);
	if (!err) {
		err = passthrough_look_up(req, parent, name, &entry);
		if (err)
			handle_put(handle_of(fi));
	}
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_create(req, &entry, fi);
}

static void store_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st;

	if (fstatvfs(passthrough_fd(ino), &st))
		fuse_reply_err(req, errno);
	else
		fuse_reply_statfs(req, &st);
}

const struct fuse_lowlevel_ops passthrough_operations = {
	FILE_OPERATIONS,
	FOLDER_OPERATIONS,
	XATTR_OPERATIONS,
	.lookup = store_lookup,
	.forget = store_forget,
	.forget_multi = store_forget_multi,
	.getattr = store_getattr,
	.setattr = store_setattr,
	.readlink = store_readlink,
	.mknod = store_mknod,
	.mkdir = store_mkdir,
	.symlink = store_symlink,
	.link = store_link,
	.unlink = store_unlink,
	.rmdir = store_rmdir,
	.rename = store_rename,
	.open = store_open,
	.create = store_create,
	.statfs = store_statfs,
};
