/* SPDX-License-Identifier: MIT */
/* The file system's operations, as libfuse's low-level API wants them; one table for each kind of store. */
#ifndef FUSELAB_OPERATIONS_H
#define FUSELAB_OPERATIONS_H

#include <fuse_lowlevel.h>
#include "handle.h"
#include "server.h"

/* passthrough.c; the source folder must exist. 0 or a negative errno. */
int passthrough_open(struct server *server);
extern const struct fuse_lowlevel_ops passthrough_operations;
/* tree.c: the memory and the null store. */
int tree_open(struct server *server);
extern const struct fuse_lowlevel_ops tree_operations;

const struct fuse_lowlevel_ops *store_operations(const struct options *options);

/* files.c: what every store shares. */
void files_init(void *userdata, struct fuse_conn_info *conn);
struct server *server_of(fuse_req_t req);
static inline struct handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}
/* Flags for opening a store's file on behalf of a client's open flags. */
int store_flags(const struct options *options, int flags);
/* Sets fh and the reply's flags; gives 0 or an errno (then fd is closed). */
int file_opened(const struct options *options, int fd, struct fuse_file_info *fi);
void file_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi);
void file_write_buf(fuse_req_t req, fuse_ino_t ino, struct fuse_bufvec *in, off_t offset, struct fuse_file_info *fi);
void file_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void file_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void file_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
void file_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length, struct fuse_file_info *fi);
void file_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi);
void file_copy_range(fuse_req_t req, fuse_ino_t ino_in, off_t in, struct fuse_file_info *fi_in, fuse_ino_t ino_out,
		     off_t out, struct fuse_file_info *fi_out, size_t len, int flags);

#define FILE_OPERATIONS                                                                             \
	.init = files_init, .read = file_read, .write_buf = file_write_buf, .release = file_release, \
	.flush = file_flush, .fsync = file_fsync, .fallocate = file_fallocate, .lseek = file_lseek,  \
	.copy_file_range = file_copy_range

#endif
