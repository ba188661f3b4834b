/* SPDX-License-Identifier: MIT */
/* The rooms of the passthrough store: files and names (passthrough.c), folders, extended attributes. */
#ifndef FUSELAB_PASSTHROUGH_H
#define FUSELAB_PASSTHROUGH_H

#include <fuse_lowlevel.h>

/* A name for an O_PATH descriptor's file, for calls that want one. */
struct fd_path {
	char text[32];
};

/* O_PATH; the inode's own. */
int passthrough_fd(fuse_ino_t ino);
struct fd_path passthrough_path(fuse_ino_t ino);
/* Fills an entry with one lookup counted; gives 0 or an errno. */
int passthrough_look_up(fuse_req_t req, fuse_ino_t parent, const char *name, struct fuse_entry_param *entry);
/* Replies with errno when `res` is not 0. */
void passthrough_reply(fuse_req_t req, int res);

/* folder.c */
void folder_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void folder_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void folder_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void folder_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void folder_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);

#define FOLDER_OPERATIONS \
	.opendir = folder_opendir, .readdir = folder_readdir, .readdirplus = folder_readdirplus, \
	.releasedir = folder_releasedir, .fsyncdir = folder_fsyncdir

/* xattr.c */
void xattr_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags);
void xattr_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);
void xattr_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void xattr_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);

#define XATTR_OPERATIONS \
	.setxattr = xattr_setxattr, .getxattr = xattr_getxattr, .listxattr = xattr_listxattr, \
	.removexattr = xattr_removexattr

#endif
