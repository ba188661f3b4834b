/* SPDX-License-Identifier: MIT */
/* How each dialect says register, commit and "here is the payload". Pure: memory in, SQE out. */
#ifndef FUSELAB_DIALECT_H
#define FUSELAB_DIALECT_H

#include "server.h"

struct geometry {
	/* entries' own payload buffers (a), or a pool (b, c) */
	bool pool;
	unsigned int buffers;
	size_t buffer_len;
	/* slot of the pinned pool; slots below it belong to the entries */
	unsigned int pool_slot;
};

bool mode_is_v2(enum mode mode);
bool mode_has_pool(enum mode mode);
bool mode_is_zero_copy(enum mode mode);
/* The pool is to be a registered buffer of the ring. */
bool mode_pins(const struct options *options);

/* Why a kernel that said this in INIT cannot carry the mode; NULL when it may. */
const char *mode_unsupported(enum mode mode, const struct agreement *agreement);
/* fs/fuse/dev_uring.c:fuse_uring_create, Linux 7.3: the smallest payload buffer that is accepted, bytes. */
uint32_t payload_needed(uint32_t max_write, uint32_t max_pages);
/* Why the payload asked for does not do; NULL when it does. */
const char *payload_refused(const struct options *options, uint32_t needed);

struct geometry queue_geometry(const struct queue *queue);
void encode_add_queue(const struct queue *queue, struct sqe128 *sqe);
void encode_add_pool(const struct queue *queue, struct sqe128 *sqe);
/* `iovecs` must stay until the command was submitted. */
void encode_register(const struct ring_entry *entry, struct iovec iovecs[2], struct sqe128 *sqe);
void encode_commit(const struct ring_entry *entry, struct sqe128 *sqe);
/* A REGISTER that every kernel refuses: the way to send a connection back to /dev/fuse. */
void encode_give_up(struct sqe128 *sqe);

/* Sets payload and zero_copied of a delivered entry; 0, or -EPROTO when the kernel's words make no sense. */
int locate_payload(struct ring_entry *entry);

#endif
