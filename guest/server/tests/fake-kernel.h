/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of a FUSE ring, in memory: takes the commands of all three
 * dialects with the checks of fs/fuse/dev_uring.c (Linux 7.3) and hands out
 * requests. It is strict where the kernel is lenient: a field that a command
 * does not define has to be zero.
 */
#ifndef FUSELAB_FAKE_KERNEL_H
#define FUSELAB_FAKE_KERNEL_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/uio.h>
#include "../ring.h"
#include "../wire.h"

enum dialect { DIALECT_A, DIALECT_B, DIALECT_C };

#define FAKE_QUEUES 2
#define FAKE_ENTRIES 8

struct fake_request {
	struct fake_request *next;
	uint32_t opcode;
	uint64_t unique;
	/* what goes in */
	uint8_t op_in[128];
	uint32_t op_len;
	uint8_t payload[65536];
	uint32_t payload_len;
	/* the client's pages, for a zero-copied READ or WRITE */
	bool zero_copy;
	uint8_t pages[65536];
	/* what came back */
	bool done;
	int32_t error;
	uint64_t reply_unique;
	uint32_t reply_len;
	uint8_t reply[65536];
};

struct fake_entry {
	struct ent_header *header;
	uint8_t *own_payload;
	size_t own_len;
	uint16_t slot;
	uint64_t user_data;
	struct ring *ring;
	struct fake_request *request;
	bool parked;
};

struct fake_queue {
	bool added, zero_copy, pinned;
	uint16_t pool_slot;
	uint8_t *pool;
	uint32_t pool_len;
	uint64_t v2_flags;
	uint32_t v2_buf_size;
	struct fake_entry entries[FAKE_ENTRIES];
	unsigned int nr_entries;
	struct fake_request *waiting;
};

struct fake_kernel {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum dialect dialect;
	uint32_t payload;
	bool dead;
	/* the connection's io_uring flag: cleared by a refused REGISTER */
	bool off;
	/* errno for ring_pin on this queue's ring (-1: none) and for zero-copy ADD_QUEUE */
	int pin_fails_from;
	/* this queue's commands wait until the ring is off; -1 for none */
	int late_queue;
	int pins;
	bool no_privilege;
	/* next hand-out lies about where the payload is */
	bool nonsense;
	struct fake_queue queues[FAKE_QUEUES];
	unsigned int commits_refused;
};

extern struct fake_kernel kernel;

void fake_kernel_reset(enum dialect dialect, uint32_t payload);
/* Gives the result of a command, or 1 when it was parked. The lock is held. */
int fake_command(struct ring *ring, const struct sqe128 *sqe, const struct iovec *slots);
/* Queues requests, which are handed out at once, and waits until all are answered; false after five seconds. */
bool fake_ask_all(unsigned int qid, struct fake_request *const *requests, unsigned int count);
bool fake_ask(unsigned int qid, struct fake_request *request);
void fake_kill(void);

/* fake-ring.c; the lock is held. */
void fake_complete(struct ring *ring, uint64_t user_data, int32_t res);
void fake_fill_slot(struct ring *ring, unsigned int slot, void *base, size_t len);

#endif
