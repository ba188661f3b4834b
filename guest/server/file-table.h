/* SPDX-License-Identifier: MIT */
/*
 * A queue's registered files: slot 0 is /dev/fuse, the others cache files of the
 * store, so that an operation need not look its descriptor up. A slot keeps its
 * file open, so a closed file has to leave every table.
 */
#ifndef FUSELAB_FILE_TABLE_H
#define FUSELAB_FILE_TABLE_H

#include <pthread.h>
#include <stdint.h>
#include "handle.h"
#include "ring.h"

#define MAX_DROPS 64

struct file_table {
	struct ring *ring;
	unsigned int slots;
	/* serial of the handle in a slot, 0: empty */
	uint64_t *serials;
	/* handles that were closed by other threads */
	pthread_mutex_t lock;
	uint64_t drops[MAX_DROPS];
	unsigned int nr_drops;
};

/* `slots` files besides /dev/fuse; 0 or a negative errno. */
int files_open(struct file_table *table, struct ring *ring, int fuse_fd, unsigned int slots);
void files_close(struct file_table *table);
/* Names the handle in an SQE: by slot where it has or is worth one, else by descriptor. */
void files_name(struct file_table *table, unsigned int qid, struct handle *handle, bool buffered, struct sqe128 *sqe);
/* By the queue's own thread: empties the slot of this handle. */
void files_drop(struct file_table *table, uint64_t serial);
/* By any thread: remembers what to drop; the queue's thread has to be woken for files_drop_pending. */
void files_drop_later(struct file_table *table, uint64_t serial);
void files_drop_pending(struct file_table *table);

#endif
