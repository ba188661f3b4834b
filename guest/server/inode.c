// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "inode.h"

#define BUCKETS 65536u

static struct inode *buckets[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct inode **bucket_of(dev_t dev, ino_t ino)
{
	uint64_t mixed = ((uint64_t)ino ^ (uint64_t)dev << 32) * 0x9e3779b97f4a7c15ull;

	return &buckets[mixed >> 48];
}

struct inode *inode_looked_up(int fd, const struct stat *st)
{
	struct inode **bucket = bucket_of(st->st_dev, st->st_ino);
	struct inode *inode;

	pthread_mutex_lock(&lock);
	for (inode = *bucket; inode; inode = inode->next)
		if (inode->ino == st->st_ino && inode->dev == st->st_dev)
			break;
	if (!inode) {
		inode = calloc(1, sizeof(*inode));
		if (inode) {
			*inode = (struct inode){ .next = *bucket, .dev = st->st_dev, .ino = st->st_ino, .fd = fd };
			*bucket = inode;
			fd = -1;
		}
	}
	if (inode)
		inode->lookups++;
	pthread_mutex_unlock(&lock);
	if (fd >= 0)
		close(fd);
	return inode;
}

void inode_forget(struct inode *inode, uint64_t lookups)
{
	struct inode **at;

	pthread_mutex_lock(&lock);
	inode->lookups -= lookups < inode->lookups ? lookups : inode->lookups;
	if (inode->lookups) {
		pthread_mutex_unlock(&lock);
		return;
	}
	for (at = bucket_of(inode->dev, inode->ino); *at != inode; at = &(*at)->next)
		;
	*at = inode->next;
	pthread_mutex_unlock(&lock);
	close(inode->fd);
	free(inode);
}

void inodes_drop(void)
{
	for (unsigned int i = 0; i < BUCKETS; i++)
		while (buckets[i]) {
			struct inode *inode = buckets[i];

			buckets[i] = inode->next;
			close(inode->fd);
			free(inode);
		}
}
