// SPDX-License-Identifier: MIT
/* The memory and the null store, answered from the nodes of this process. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "node.h"
#include "operations.h"

/* Held over every look at the nodes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum store kind;
static struct node root;

static struct node *node_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct node *)(uintptr_t)ino;
}

static struct fuse_entry_param entry_of(fuse_req_t req, struct node *node)
{
	const struct options *options = &server_of(req)->options;

	return (struct fuse_entry_param){
		.ino = node == &root ? FUSE_ROOT_ID : (uintptr_t)node,
		.attr = node_attr(node),
		.attr_timeout = options->attr_timeout,
		.entry_timeout = options->entry_timeout,
	};
}

static void store_lookup(fuse_req_t req, fuse_ino_t parent, const char *text)
{
	struct fuse_entry_param entry = { 0 };
	struct name *name;

	pthread_mutex_lock(&lock);
	name = node_find(node_of(parent), text);
	if (name) {
		name->node->lookups++;
		entry = entry_of(req, name->node);
	}
	pthread_mutex_unlock(&lock);
	if (name)
		fuse_reply_entry(req, &entry);
	else
		fuse_reply_err(req, ENOENT);
}

static void store_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups)
{
	struct node *node = node_of(ino);

	pthread_mutex_lock(&lock);
	node->lookups -= lookups < node->lookups ? lookups : node->lookups;
	node_free_if_unused(node);
	pthread_mutex_unlock(&lock);
	fuse_reply_none(req);
}

static void store_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;

	(void)fi;
	pthread_mutex_lock(&lock);
	st = node_attr(node_of(ino));
	pthread_mutex_unlock(&lock);
	fuse_reply_attr(req, &st, server_of(req)->options.attr_timeout);
}

static void store_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int valid, struct fuse_file_info *fi)
{
	struct node *node = node_of(ino);
	struct stat *mine = &node->attr;
	struct stat st;
	int err = 0;

	(void)fi;
	pthread_mutex_lock(&lock);
	if (valid & FUSE_SET_ATTR_SIZE)
		err = node_set_size(node, attr->st_size);
	if (!err) {
		node_touch(node, valid & FUSE_SET_ATTR_SIZE);
		if (valid & FUSE_SET_ATTR_MODE)
			mine->st_mode = (mine->st_mode & S_IFMT) | (attr->st_mode & ~(mode_t)S_IFMT);
		if (valid & FUSE_SET_ATTR_UID)
			mine->st_uid = attr->st_uid;
		if (valid & FUSE_SET_ATTR_GID)
			mine->st_gid = attr->st_gid;
		if (valid & FUSE_SET_ATTR_ATIME)
			mine->st_atim = valid & FUSE_SET_ATTR_ATIME_NOW ? mine->st_ctim : attr->st_atim;
		if (valid & FUSE_SET_ATTR_MTIME)
			mine->st_mtim = valid & FUSE_SET_ATTR_MTIME_NOW ? mine->st_ctim : attr->st_mtim;
	}
	st = node_attr(node);
	pthread_mutex_unlock(&lock);
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_attr(req, &st, server_of(req)->options.attr_timeout);
}

/* A new node under a new name; NULL and *err when not. The node has one lookup. */
static struct node *add_node(fuse_req_t req, fuse_ino_t parent, const char *text, mode_t mode, int *err)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);
	struct node *folder = node_of(parent);
	struct node *node = NULL;

	*err = EEXIST;
	if (node_find(folder, text))
		return NULL;
	*err = ENOMEM;
	node = node_new(mode, ctx->uid, ctx->gid);
	if (!node)
		return NULL;
	*err = node_add_name(folder, text, node);
	if (*err) {
		node->attr.st_nlink = 0;
		node_free_if_unused(node);
		return NULL;
	}
	node->lookups++;
	return node;
}

static void make(fuse_req_t req, fuse_ino_t parent, const char *text, mode_t mode, const char *target)
{
	struct fuse_entry_param entry = { 0 };
	struct node *node;
	int err;

	pthread_mutex_lock(&lock);
	node = add_node(req, parent, text, mode, &err);
	if (node && target) {
		node->target = strdup(target);
		node->attr.st_size = (off_t)strlen(target);
	}
	if (node)
		entry = entry_of(req, node);
	pthread_mutex_unlock(&lock);
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_entry(req, &entry);
}

static void store_mknod(fuse_req_t req, fuse_ino_t parent, const char *text, mode_t mode, dev_t rdev)
{
	(void)rdev;
	if (S_ISREG(mode) || S_ISFIFO(mode) || S_ISSOCK(mode))
		make(req, parent, text, mode, NULL);
	else
		fuse_reply_err(req, EPERM);
}

static void store_mkdir(fuse_req_t req, fuse_ino_t parent, const char *text, mode_t mode)
{
	make(req, parent, text, S_IFDIR | mode, NULL);
}

static void store_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *text)
{
	make(req, parent, text, S_IFLNK | 0777, target);
}

static void store_readlink(fuse_req_t req, fuse_ino_t ino)
{
	fuse_reply_readlink(req, node_of(ino)->target ? node_of(ino)->target : "");
}

static void store_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *text)
{
	struct node *node = node_of(ino);
	struct fuse_entry_param entry = { 0 };
	int err;

	pthread_mutex_lock(&lock);
	err = node_find(node_of(parent), text) ? EEXIST : node_add_name(node_of(parent), text, node);
	if (!err) {
		node->lookups++;
		entry = entry_of(req, node);
	}
	pthread_mutex_unlock(&lock);
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_entry(req, &entry);
}

static void remove_and_reply(fuse_req_t req, fuse_ino_t parent, const char *text, bool folder)
{
	int err;

	pthread_mutex_lock(&lock);
	err = node_remove_name(node_of(parent), text, folder);
	pthread_mutex_unlock(&lock);
	fuse_reply_err(req, err);
}

static void store_unlink(fuse_req_t req, fuse_ino_t parent, const char *text)
{
	remove_and_reply(req, parent, text, false);
}

static void store_rmdir(fuse_req_t req, fuse_ino_t parent, const char *text)
{
	remove_and_reply(req, parent, text, true);
}

static void store_rename(fuse_req_t req, fuse_ino_t parent, const char *text, fuse_ino_t new_parent, const char *new_text,
			 unsigned int flags)
{
	int err;

	pthread_mutex_lock(&lock);
	err = node_move(node_of(parent), text, node_of(new_parent), new_text, flags);
	pthread_mutex_unlock(&lock);
	fuse_reply_err(req, err);
}

static int open_node(fuse_req_t req, struct node *node, struct fuse_file_info *fi)
{
	char path[32];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", node->fd);
	fd = kind == STORE_NULL ? dup(node->fd) :
				  open(path, (store_flags(&server_of(req)->options, fi->flags) & ~(O_DIRECT | O_NOFOLLOW)));
	if (fd < 0)
		return errno;
	err = file_opened(&server_of(req)->options, fd, fi);
	if (!err && kind == STORE_NULL)
		handle_of(fi)->size = &node->size;
	return err;
}

static void store_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int err = open_node(req, node_of(ino), fi);

	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_open(req, fi);
}

static void store_create(fuse_req_t req, fuse_ino_t parent, const char *text, mode_t mode, struct fuse_file_info *fi)
{
	struct fuse_entry_param entry = { 0 };
	struct node *node;
	int err;

	pthread_mutex_lock(&lock);
	node = add_node(req, parent, text, S_IFREG | mode, &err);
	if (node) {
		err = open_node(req, node, fi);
		entry = entry_of(req, node);
	}
	pthread_mutex_unlock(&lock);
	if (err)
		fuse_reply_err(req, err);
	else
		fuse_reply_create(req, &entry, fi);
}

static void store_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	fuse_reply_open(req, fi);
}

/* Cookies 1 and 2 are the two dots', the others a name's own plus 2. */
static void store_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
	struct node *folder = node_of(ino);
	struct name *name;
	char *reply = malloc(size);
	size_t used = 0;

	(void)fi;
	if (!reply) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	pthread_mutex_lock(&lock);
	for (; offset < 2; offset++)
		used += fuse_add_direntry(req, reply + used, size - used, offset ? ".." : ".", &folder->attr, offset + 1);
	/* Names come in the order of their cookies; a reader that goes on starts near the end of a long folder. */
	for (name = folder->last; name && name->cookie + 2 > offset; name = name->prev)
		;
	for (name = name ? name->next : folder->first; name; name = name->next) {
		size_t taken = fuse_add_direntry(req, reply + used, size - used, name->text, &name->node->attr, name->cookie + 2);

		if (taken > size - used)
			break;
		used += taken;
	}
	pthread_mutex_unlock(&lock);
	fuse_reply_buf(req, reply, used);
	free(reply);
}

static void store_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_err(req, 0);
}

static void store_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct sysinfo info;
	struct statvfs st = { .f_bsize = 4096, .f_frsize = 4096, .f_namemax = 255 };

	(void)ino;
	if (!sysinfo(&info)) {
		st.f_blocks = info.totalram * info.mem_unit / 4096;
		st.f_bfree = info.freeram * info.mem_unit / 4096;
		st.f_bavail = st.f_bfree;
	}
	fuse_reply_statfs(req, &st);
}

int tree_open(struct server *server)
{
	kind = server->options.store;
	node_init_root(&root, kind == STORE_MEMORY ? NODE_BYTES_MEMFD : NODE_BYTES_ZERO, geteuid(), getegid());
	return 0;
}

const struct fuse_lowlevel_ops tree_operations = {
	FILE_OPERATIONS,
	.lookup = store_lookup,
	.forget = store_forget,
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
	.releasedir = store_releasedir,
};
