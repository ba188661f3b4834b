// SPDX-License-Identifier: MIT
/* The passthrough store: a folder of the machine, as it is. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "inode.h"
#include "operations.h"
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

static int fd_of(fuse_ino_t ino)
{
	return inode_of(ino)->fd;
}

/* A name for an O_PATH descriptor's file, for calls that want one. */
struct fd_path {
	char text[32];
};

static struct fd_path path_of(fuse_ino_t ino)
{
	struct fd_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd_of(ino));
	return path;
}

static void reply_status(fuse_req_t req, int res)
{
	fuse_reply_err(req, res ? errno : 0);
}

/* Fills an entry with one lookup counted; gives 0 or an errno. */
static int look_up(fuse_req_t req, fuse_ino_t parent, const char *name, struct fuse_entry_param *entry)
{
	const struct options *options = &server_of(req)->options;
	int fd = openat(fd_of(parent), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
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
	int err = look_up(req, parent, name, &entry);

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
	int err = look_up(req, parent, name, &entry);

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

	if (fstat(fd_of(ino), &st))
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
	struct fd_path path = path_of(ino);
	int res = 0;

	if (valid & FUSE_SET_ATTR_MODE)
		res = chmod(path.text, attr->st_mode);
	if (!res && valid & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		res = fchownat(fd_of(ino), "", valid & FUSE_SET_ATTR_UID ? attr->st_uid : (uid_t)-1,
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
	ssize_t len = readlinkat(fd_of(ino), "", target, sizeof(target) - 1);

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
	reply_made(req, parent, name, mknodat(fd_of(parent), name, mode, rdev));
}

static void store_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
	begin_as_caller(req);
	reply_made(req, parent, name, mkdirat(fd_of(parent), name, mode));
}

static void store_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
	begin_as_caller(req);
	reply_made(req, parent, name, symlinkat(target, fd_of(parent), name));
}

static void store_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name)
{
	if (linkat(AT_FDCWD, path_of(ino).text, fd_of(parent), name, AT_SYMLINK_FOLLOW))
		fuse_reply_err(req, errno);
	else
		reply_entry(req, parent, name);
}

static void store_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply_status(req, unlinkat(fd_of(parent), name, 0));
}

static void store_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply_status(req, unlinkat(fd_of(parent), name, AT_REMOVEDIR));
}

static void store_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent, const char *new_name,
			 unsigned int flags)
{
	reply_status(req, renameat2(fd_of(parent), name, fd_of(new_parent), new_name, flags));
}

static void store_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	const struct options *options = &server_of(req)->options;
	int flags = store_flags(options, fi->flags) & ~O_NOFOLLOW;
	int fd = open(path_of(ino).text, flags);
	int err;

	/* What may only be read or only be written is opened so. */
	if (fd < 0 && (errno == EACCES || errno == EROFS || errno == ETXTBSY))
		fd = open(path_of(ino).text, (flags & ~O_ACCMODE) | (fi->flags & O_ACCMODE));
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
	fd = openat(fd_of(parent), name, store_flags(options, fi->flags) | O_CREAT | (fi->flags & O_EXCL), mode);
	err = end_as_caller(req, fd) < 0 ? errno : 0;
	if (!err)
		err = file_opened(options, fd, fi);
	if (!err) {
		err = look_up(req, parent, name, &entry);
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

	if (fstatvfs(fd_of(ino), &st))
		fuse_reply_err(req, errno);
	else
		fuse_reply_statfs(req, &st);
}

/* --- folders ------------------------------------------------------------ */

struct folder {
	DIR *dir;
	/* read ahead and not yet given out, when the reply was full */
	struct dirent *entry;
	off_t offset;
};

static struct folder *folder_of(const struct fuse_file_info *fi)
{
	return (struct folder *)(uintptr_t)fi->fh;
}

static void store_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	int fd = openat(fd_of(ino), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (folder && fd >= 0)
		folder->dir = fdopendir(fd);
	if (!folder || !folder->dir) {
		err = errno;
		if (fd >= 0)
			close(fd);
		free(folder);
		fuse_reply_err(req, err);
		return;
	}
	fi->fh = (uintptr_t)folder;
	fuse_reply_open(req, fi);
}

/* Puts one entry into the reply; gives its size, or more than `room` when it does not fit. */
static size_t put_entry(fuse_req_t req, fuse_ino_t ino, const struct dirent *dirent, bool plus, char *at, size_t room)
{
	struct fuse_entry_param entry = { .attr = { .st_ino = dirent->d_ino, .st_mode = (mode_t)dirent->d_type << 12 } };
	bool dot = !strcmp(dirent->d_name, ".") || !strcmp(dirent->d_name, "..");
	size_t size;

	if (!plus)
		return fuse_add_direntry(req, at, room, dirent->d_name, &entry.attr, dirent->d_off);
	size = fuse_add_direntry_plus(req, NULL, 0, dirent->d_name, NULL, dirent->d_off);
	if (size > room)
		return size;
	/* A lookup is counted for every entry given out, and for the two that are not looked up it must not be. */
	if (!dot && look_up(req, ino, dirent->d_name, &entry))
		entry = (struct fuse_entry_param){ .attr = { .st_ino = dirent->d_ino, .st_mode = (mode_t)dirent->d_type << 12 } };
	return fuse_add_direntry_plus(req, at, room, dirent->d_name, &entry, dirent->d_off);
}

static void read_folder(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi, bool plus)
{
	struct folder *folder = folder_of(fi);
	char *reply = malloc(size);
	size_t used = 0;
	int err = reply ? 0 : ENOMEM;

	if (offset != folder->offset) {
		seekdir(folder->dir, offset);
		folder->entry = NULL;
		folder->offset = offset;
	}
	while (!err) {
		size_t taken;

		errno = 0;
		if (!folder->entry)
			folder->entry = readdir(folder->dir);
		if (!folder->entry) {
			err = errno;
			break;
		}
		taken = put_entry(req, ino, folder->entry, plus, reply + used, size - used);
		if (taken > size - used)
			break;
		used += taken;
		folder->offset = folder->entry->d_off;
		folder->entry = NULL;
	}
	/* What was looked up has to reach the kernel; an error comes with the next call. */
	if (err && !used)
		fuse_reply_err(req, err);
	else
		fuse_reply_buf(req, reply, used);
	free(reply);
}

static void store_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_folder(req, ino, size, offset, fi, false);
}

static void store_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_folder(req, ino, size, offset, fi, true);
}

static void store_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	closedir(folder_of(fi)->dir);
	free(folder_of(fi));
	fuse_reply_err(req, 0);
}

static void store_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	int fd = dirfd(folder_of(fi)->dir);

	(void)ino;
	reply_status(req, datasync ? fdatasync(fd) : fsync(fd));
}

/* --- extended attributes -------------------------------------------------- */

static void store_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	reply_status(req, setxattr(path_of(ino).text, name, value, size, flags));
}

static void store_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	reply_status(req, removexattr(path_of(ino).text, name));
}

/* size 0 asks for the length alone. */
static void reply_xattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	char *value = size ? malloc(size) : NULL;
	struct fd_path path = path_of(ino);
	ssize_t len;

	if (size && !value) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	len = name ? getxattr(path.text, name, value, size) : listxattr(path.text, value, size);
	if (len < 0)
		fuse_reply_err(req, errno);
	else if (size)
		fuse_reply_buf(req, value, (size_t)len);
	else
		fuse_reply_xattr(req, (size_t)len);
	free(value);
}

static void store_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	reply_xattr(req, ino, name, size);
}

static void store_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	reply_xattr(req, ino, NULL, size);
}

const struct fuse_lowlevel_ops passthrough_operations = {
	FILE_OPERATIONS,
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
	.opendir = store_opendir,
	.readdir = store_readdir,
	.readdirplus = store_readdirplus,
	.releasedir = store_releasedir,
	.fsyncdir = store_fsyncdir,
	.setxattr = store_setxattr,
	.getxattr = store_getxattr,
	.listxattr = store_listxattr,
	.removexattr = store_removexattr,
};
