/* SPDX-License-Identifier: MIT */
/* What the two halves of the bare server share. */
#ifndef FUSELAB_BARE_H
#define FUSELAB_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ARGS 8
#define MAX_RINGS 8
#define MAX_FILES 8

/* Memory of rings' entries and pools; orders name it by offset, SQEs by address. */
extern uint8_t *arena;
#define ARENA_BYTES (16ul << 20)

struct order {
	int argc;
	char *arg[MAX_ARGS];
};

/* One argument as a number, decimal or 0x; 0 where there is none. */
unsigned long long number(const struct order *order, int index);

/* One argument as bytes, in its own memory; sets their number. NULL: no hexadecimal digits. */
uint8_t *bytes(const struct order *order, int index, size_t *len);

/* The end of an order: what a system call returned, or a negative errno. */
void answer(long long result);
long long outcome(long result);

/* Milliseconds of a clock that never goes back. */
long long now_ms(void);

void ring_set_up(const struct order *order);
void ring_close(const struct order *order);
void ring_slots(const struct order *order);
void ring_slot(const struct order *order);
void ring_submit(const struct order *order);

/* The descriptor of a ring, -1 where there is none. */
int ring_fd(int ring);

/* Takes one completion of a ring and answers with it; false where there is none. */
bool ring_answer(int ring);

#endif
