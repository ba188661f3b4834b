/* SPDX-License-Identifier: MIT */
/* Faults that a case orders: each spoils one reply, or the server, at a chosen request. */
#ifndef FUSELAB_FAULT_H
#define FUSELAB_FAULT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ring_entry;

enum fault_kind {
	/* value: milliseconds */
	FAULT_DELAY,
	/* value: bytes less, or more, than there are */
	FAULT_SHORT,
	FAULT_LONG,
	/* value: the header's error word, any number */
	FAULT_ERROR,
	/* value: the header's unique is xor-ed with it; 0 sets it to 0 */
	FAULT_UNIQUE,
	/* a commit with another id, then the right one */
	FAULT_WRONG_COMMIT_ID,
	/* the right id to the next queue, then to its own */
	FAULT_WRONG_QUEUE,
	FAULT_DOUBLE_COMMIT,
	/* payload_sz is left as the kernel set it */
	FAULT_KEEP_SIZE,
	/* READ and WRITE go to a place 4096 bytes further on */
	FAULT_LIE,
	FAULT_KILL,
	FAULT_EXIT,
	FAULT_SEGV,
	FAULT_COUNT,
};

extern const char *const fault_names[FAULT_COUNT];

struct fault {
	enum fault_kind kind;
	/* 0: any operation; -1: any queue */
	uint32_t opcode;
	int qid;
	int64_t value;
	unsigned int count;
};

/* What the kernel answered to a command that a fault added. */
struct fault_answer {
	enum fault_kind kind;
	unsigned int qid;
	int32_t res;
};

#define MAX_FAULTS 16
#define MAX_ANSWERS 64

struct faults {
	pthread_mutex_t lock;
	/* read without the lock, so that an honest server pays one load a request */
	atomic_uint armed;
	struct fault list[MAX_FAULTS];
	unsigned int nr;
	struct fault_answer answers[MAX_ANSWERS];
	unsigned int nr_answers;
	unsigned int taken;
};

/* 0, or -ENOSPC when too many wait. */
int fault_add(struct faults *faults, const struct fault *fault);
/* Takes a fault of these kinds (bits) for a request; false when none waits. */
bool fault_take(struct faults *faults, unsigned int kinds, unsigned int qid, uint32_t opcode, struct fault *fault);
void fault_answered(struct faults *faults, enum fault_kind kind, unsigned int qid, int32_t res);
void fault_clear(struct faults *faults);

#define FAULTS_AT_SERVE (1u << FAULT_LIE)
#define FAULTS_AT_COMMIT (~FAULTS_AT_SERVE)

#endif
