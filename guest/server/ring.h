/* SPDX-License-Identifier: MIT */
/*
 * The few things that a queue wants of io_uring. ring.c does them by liburing;
 * tests/fake-ring.c plays the kernel's part without one.
 * All functions that can fail give a negative errno.
 */
#ifndef FUSELAB_RING_H
#define FUSELAB_RING_H

#include <stdint.h>
#include "wire.h"

struct ring;

struct completion {
	uint64_t user_data;
	int32_t res;
};

/* A ring with room for `entries` submissions of 128 bytes, used by the calling thread alone. */
int ring_open(unsigned int entries, struct ring **ring);
void ring_close(struct ring *ring);

/* A zeroed submission entry; submits what is queued when there is no room. */
struct sqe128 *ring_sqe(struct ring *ring);
/* Submits everything and waits until `wait` completions are there (0: does not wait). */
int ring_submit(struct ring *ring, unsigned int wait);
/* Takes the next completion; 0 when there is none. */
int ring_next(struct ring *ring, struct completion *completion);

/* `slots` empty buffer slots. */
int ring_make_slots(struct ring *ring, unsigned int slots);
/* Pins `len` bytes as buffer `slot`; this is what RLIMIT_MEMLOCK is charged for. */
int ring_pin(struct ring *ring, unsigned int slot, void *base, size_t len);
/* `slots` empty file slots, and one of them filled (fd -1: emptied). */
int ring_make_files(struct ring *ring, unsigned int slots);
int ring_set_file(struct ring *ring, unsigned int slot, int fd);

#endif
