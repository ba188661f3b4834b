/* SPDX-License-Identifier: MIT */
/* Inodes of the passthrough store that the kernel knows of: found by device and number, counted by lookups. */
#ifndef FUSELAB_INODE_H
#define FUSELAB_INODE_H

#include <stdint.h>
#include <sys/stat.h>

struct inode {
	struct inode *next;
	dev_t dev;
	ino_t ino;
	/* O_PATH */
	int fd;
	uint64_t lookups;
};

/* Counts one lookup of the file behind `fd` (O_PATH), which it takes over; NULL when there is no memory. */
struct inode *inode_looked_up(int fd, const struct stat *st);
void inode_forget(struct inode *inode, uint64_t lookups);
/* All that are left, after the session. */
void inodes_drop(void);

#endif
