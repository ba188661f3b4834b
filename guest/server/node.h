/* SPDX-License-Identifier: MIT */
/*
 * Names and attributes of the stores that live in this process. A file's bytes
 * are a memfd's (so that zero-copy has a file to read from), or those of
 * /dev/zero, where writes go nowhere and reads give zeros up to the size.
 * Nothing here locks. Functions that can fail give 0 or an errno.
 */
#ifndef FUSELAB_NODE_H
#define FUSELAB_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct node;

struct name {
	struct name *next, *prev;
	/* place in the folder, for readdir; never used twice there */
	off_t cookie;
	struct node *node;
	char text[];
};

struct node {
	struct stat attr;
	uint64_t lookups;
	/* regular files */
	int fd;
	atomic_llong size;
	/* symbolic links */
	char *target;
	/* folders: a search tree over the names, and the names in the order they came */
	void *index;
	struct name *first, *last;
	off_t last_cookie;
	struct node *parent;
};

/* What a file's bytes are. */
enum node_bytes {
	NODE_BYTES_MEMFD,
	NODE_BYTES_ZERO,
};

/* A root has no name, and is never without a link. */
void node_init_root(struct node *root, enum node_bytes bytes, uid_t uid, gid_t gid);
/* Without a name; NULL when there is no memory or no descriptor. */
struct node *node_new(mode_t mode, uid_t uid, gid_t gid);
/* Frees a node that has neither a name nor a lookup. */
void node_free_if_unused(struct node *node);
/* Marks a change of the attributes, and of the content too. */
void node_touch(struct node *node, bool content);
struct stat node_attr(struct node *node);
int node_set_size(struct node *node, off_t size);

/* NULL when the folder has no such name. */
struct name *node_find(const struct node *folder, const char *text);
int node_add_name(struct node *folder, const char *text, struct node *node);
int node_remove_name(struct node *folder, const char *text, bool want_folder);
int node_move(struct node *from, const char *text, struct node *to, const char *new_text, unsigned int flags);

#endif
