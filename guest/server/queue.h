/* SPDX-License-Identifier: MIT */
/* Inside a queue: what its loop and its set-up share. */
#ifndef FUSELAB_QUEUE_H
#define FUSELAB_QUEUE_H

#include "server.h"

enum tag {
	/* an entry's REGISTER or COMMIT has come back */
	TAG_COMMAND,
	TAG_STORE_IO,
	TAG_WAKE,
	TAG_TIMER,
	TAG_SETUP,
	/* a command that a fault added; the low bits hold the fault's kind */
	TAG_FAULT,
};

static inline uint64_t tag(enum tag tag, uint64_t value)
{
	return (uint64_t)tag << 56 | value;
}

/* By the queue's own thread: with one writer, no locked instruction is needed. */
static inline void stats_add(atomic_ulong *counter, unsigned long more)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more, memory_order_relaxed);
}

void queue_refuse(struct queue *queue, const char *call, int err);
void entry_register(struct ring_entry *entry);
void queue_give_up(struct queue *queue);
void queue_arm_wake(struct queue *queue);
void queue_complete(struct queue *queue, const struct completion *completion);
/* Serves until no entry is left. */
void queue_run(struct queue *queue);

#endif
