// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "node.h"

static enum node_bytes bytes;
static ino_t last_ino;

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static struct name *make_name(const char *text)
{
	struct name *name = calloc(1, sizeof(*name) + strlen(text) + 1);

	if (name)
		memcpy(name->text, text, strlen(text) + 1);
	return name;
}

struct name *node_find(const struct node *folder, const char *text)
{
	struct name *key = make_name(text);
	struct name **found = key ? tfind(key, &folder->index, compare) : NULL;

	free(key);
	return found ? *found : NULL;
}

void node_touch(struct node *node, bool content)
{
	clock_gettime(CLOCK_REALTIME, &node->attr.st_ctim);
	if (content)
		node->attr.st_mtim = node->attr.st_ctim;
}

int node_add_name(struct node *folder, const char *text, struct node *node)
{
	struct name *name = make_name(text);

	if (!name || !tsearch(name, &folder->index, compare)) {
		free(name);
		return ENOMEM;
	}
	name->node = node;
	name->cookie = ++folder->last_cookie;
	name->prev = folder->last;
	*(folder->last ? &folder->last->next : &folder->first) = name;
	folder->last = name;
	node->attr.st_nlink++;
	if (S_ISDIR(node->attr.st_mode)) {
		node->parent = folder;
		folder->attr.st_nlink++;
	}
	node_touch(folder, true);
	node_touch(node, false);
	return 0;
}

void node_free_if_unused(struct node *node)
{
	if (node->lookups || node->attr.st_nlink)
		return;
	if (node->fd >= 0)
		close(node->fd);
	free(node->target);
	free(node);
}

/* The node may be left without a name. */
static struct node *detach_name(struct node *folder, struct name *name)
{
	struct node *node = name->node;

	tdelete(name, &folder->index, compare);
	*(name->prev ? &name->prev->next : &folder->first) = name->next;
	*(name->next ? &name->next->prev : &folder->last) = name->prev;
	node->attr.st_nlink--;
	if (S_ISDIR(node->attr.st_mode)) {
		node->attr.st_nlink = 0;
		folder->attr.st_nlink--;
	}
	node_touch(folder, true);
	node_touch(node, false);
	free(name);
	return node;
}

void node_init_root(struct node *root, enum node_bytes of_files, uid_t uid, gid_t gid)
{
	bytes = of_files;
	last_ino = 1;
	*root = (struct node){
		.attr = { .st_ino = last_ino, .st_mode = S_IFDIR | 0755, .st_nlink = 2, .st_uid = uid, .st_gid = gid },
		.fd = -1,
	};
	node_touch(root, true);
}

struct node *node_new(mode_t mode, uid_t uid, gid_t gid)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->attr.st_ino = ++last_ino;
	node->attr.st_mode = mode;
	node->attr.st_uid = uid;
	node->attr.st_gid = gid;
	node->attr.st_nlink = S_ISDIR(mode) ? 1 : 0;
	node->fd = -1;
	node_touch(node, true);
	node->attr.st_atim = node->attr.st_mtim;
	if (S_ISREG(mode)) {
		node->fd = bytes == NODE_BYTES_MEMFD ? memfd_create("fuselab", MFD_CLOEXEC) : open("/dev/zero", O_RDWR | O_CLOEXEC);
		if (node->fd < 0) {
			free(node);
			return NULL;
		}
	}
	return node;
}

struct stat node_attr(struct node *node)
{
	struct stat st = node->attr;
	struct stat file;

	st.st_blksize = 4096;
	if (!S_ISREG(st.st_mode))
		return st;
	st.st_size = atomic_load(&node->size);
	if (bytes == NODE_BYTES_MEMFD && !fstat(node->fd, &file)) {
		st.st_size = file.st_size;
		st.st_blocks = file.st_blocks;
	}
	return st;
}

int node_set_size(struct node *node, off_t size)
{
	if (bytes == NODE_BYTES_MEMFD)
		return ftruncate(node->fd, size) ? errno : 0;
	atomic_store(&node->size, size);
	return 0;
}

int node_remove_name(struct node *folder, const char *text, bool want_folder)
{
	struct name *name = node_find(folder, text);

	if (!name)
		return ENOENT;
	if (S_ISDIR(name->node->attr.st_mode) != want_folder)
		return want_folder ? ENOTDIR : EISDIR;
	if (want_folder && name->node->first)
		return ENOTEMPTY;
	node_free_if_unused(detach_name(folder, name));
	return 0;
}

int node_move(struct node *from, const char *text, struct node *to, const char *new_text, unsigned int flags)
{
	struct name *name = node_find(from, text);
	struct name *old = node_find(to, new_text);
	struct node *node;
	int err;

	if (!name)
		return ENOENT;
	if (flags & ~(unsigned int)RENAME_NOREPLACE)
		return EINVAL;
	if (old && flags & RENAME_NOREPLACE)
		return EEXIST;
	if (old && old->node == name->node)
		return 0;
	node = name->node;
	err = old ? node_remove_name(to, new_text, S_ISDIR(node->attr.st_mode)) : 0;
	if (err)
		return err;
	detach_name(from, name);
	if (S_ISDIR(node->attr.st_mode))
		node->attr.st_nlink = 1;
	return node_add_name(to, new_text, node);
}
