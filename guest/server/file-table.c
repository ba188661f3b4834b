// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include "file-table.h"

/* Filling a slot is a system call of its own; a file that is read this often pays for it. */
#define WORTH_A_SLOT 4

int files_open(struct file_table *table, struct ring *ring, int fuse_fd, unsigned int slots)
{
	int err = ring_make_files(ring, 1 + slots);

	if (err)
		return err;
	table->ring = ring;
	table->slots = slots;
	table->serials = calloc(slots + 1, sizeof(*table->serials));
	if (!table->serials)
		return -ENOMEM;
	return ring_set_file(ring, 0, fuse_fd);
}

void files_close(struct file_table *table)
{
	free(table->serials);
	table->serials = NULL;
	table->slots = 0;
}

static unsigned int slot_of(const struct file_table *table, uint64_t serial)
{
	return 1 + (unsigned int)(serial % table->slots);
}

static unsigned int find_slot(struct file_table *table, unsigned int qid, struct handle *handle)
{
	unsigned int slot;

	if (!table->slots)
		return 0;
	slot = slot_of(table, handle->serial);
	if (table->serials[slot] == handle->serial)
		return slot;
	if (atomic_fetch_add_explicit(&handle->ring_uses, 1, memory_order_relaxed) < WORTH_A_SLOT)
		return 0;
	/* Before the slot is filled: a close that comes now must know. */
	atomic_fetch_or(&handle->installed, 1ul << (qid % 64));
	table->serials[slot] = 0;
	if (ring_set_file(table->ring, slot, handle->fd))
		return 0;
	table->serials[slot] = handle->serial;
	return slot;
}

void files_name(struct file_table *table, unsigned int qid, struct handle *handle, bool buffered, struct sqe128 *sqe)
{
	unsigned int slot;

	if (buffered && handle->buffered_fd >= 0) {
		sqe->fd = handle->buffered_fd;
		return;
	}
	slot = find_slot(table, qid, handle);
	sqe->fd = slot ? (int32_t)slot : handle->fd;
	if (slot)
		sqe->flags |= SQE_FIXED_FILE;
}

void files_drop(struct file_table *table, uint64_t serial)
{
	unsigned int slot;

	if (!table->slots)
		return;
	slot = slot_of(table, serial);
	if (table->serials[slot] != serial)
		return;
	table->serials[slot] = 0;
	ring_set_file(table->ring, slot, -1);
}

void files_drop_later(struct file_table *table, uint64_t serial)
{
	pthread_mutex_lock(&table->lock);
	if (table->nr_drops < MAX_DROPS)
		table->drops[table->nr_drops++] = serial;
	else
		/* So many at once: all slots go, which costs refilling some. */
		table->drops[0] = 0;
	pthread_mutex_unlock(&table->lock);
}

void files_drop_pending(struct file_table *table)
{
	uint64_t drops[MAX_DROPS];
	unsigned int count;

	pthread_mutex_lock(&table->lock);
	count = table->nr_drops;
	for (unsigned int i = 0; i < count; i++)
		drops[i] = table->drops[i];
	table->nr_drops = 0;
	pthread_mutex_unlock(&table->lock);
	for (unsigned int i = 0; i < count; i++) {
		if (drops[i]) {
			files_drop(table, drops[i]);
			continue;
		}
		for (unsigned int slot = 1; slot <= table->slots; slot++)
			if (table->serials[slot])
				files_drop(table, table->serials[slot]);
	}
}
