// SPDX-License-Identifier: MIT
/* Folders of the passthrough store, read entry by entry. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "passthrough.h"

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

void folder_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	int fd = openat(passthrough_fd(ino), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
	if (!dot && passthrough_look_up(req, ino, dirent->d_name, &entry))
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

void folder_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_folder(req, ino, size, offset, fi, false);
}

void folder_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	read_folder(req, ino, size, offset, fi, true);
}

void folder_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	closedir(folder_of(fi)->dir);
	free(folder_of(fi));
	fuse_reply_err(req, 0);
}

void folder_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	int fd = dirfd(folder_of(fi)->dir);

	(void)ino;
	passthrough_reply(req, datasync ? fdatasync(fd) : fsync(fd));
}
