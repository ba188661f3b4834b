// SPDX-License-Identifier: MIT
/* The bare server's io_uring: by system calls alone, so that every bit of an entry is the order's. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "bare.h"

#define PLAIN_SQE 64
#define MAX_BUFFERS 8

struct ring {
	/* 0: none, as standard input is */
	int fd;
	size_t sqe_bytes;
	struct io_uring_params params;
	/* both rings of one mapping (IORING_FEAT_SINGLE_MMAP, Linux 5.4) */
	uint8_t *rings;
	size_t rings_bytes;
	uint8_t *sqes;
};

static struct ring rings[MAX_RINGS];

static uint32_t *field(const struct ring *ring, uint32_t offset)
{
	return (uint32_t *)(ring->rings + offset);
}

static struct ring *ring_of(const struct order *order)
{
	unsigned long long index = number(order, 1);

	return index < MAX_RINGS && rings[index].fd ? &rings[index] : NULL;
}

int ring_fd(int ring)
{
	return rings[ring].fd ? rings[ring].fd : -1;
}

static void *map(const struct ring *ring, size_t len, off_t what)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, what);
}

/* entries, IORING_SETUP flags; gives the ring's number */
void ring_set_up(const struct order *order)
{
	struct ring ring = { .params.flags = (uint32_t)number(order, 2) };
	int index = 0;

	while (index < MAX_RINGS && rings[index].fd)
		index++;
	if (index == MAX_RINGS)
		return answer(-EMFILE);
	ring.fd = (int)syscall(SYS_io_uring_setup, (unsigned int)number(order, 1), &ring.params);
	if (ring.fd < 0)
		return answer(-errno);
	ring.sqe_bytes = ring.params.flags & IORING_SETUP_SQE128 ? 2 * PLAIN_SQE : PLAIN_SQE;
	ring.rings_bytes = ring.params.sq_off.array + ring.params.sq_entries * sizeof(uint32_t);
	if (ring.rings_bytes < ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe))
		ring.rings_bytes = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe);
	ring.rings = map(&ring, ring.rings_bytes, IORING_OFF_SQ_RING);
	ring.sqes = map(&ring, ring.params.sq_entries * ring.sqe_bytes, IORING_OFF_SQES);
	if (ring.rings == MAP_FAILED || ring.sqes == MAP_FAILED)
		return answer(-errno);
	/* A forked child shares neither ring nor entries. */
	madvise(ring.rings, ring.rings_bytes, MADV_DONTFORK);
	madvise(ring.sqes, ring.params.sq_entries * ring.sqe_bytes, MADV_DONTFORK);
	rings[index] = ring;
	answer(index);
}

/* ring */
void ring_close(const struct order *order)
{
	struct ring *ring = ring_of(order);

	if (!ring)
		return answer(-EBADF);
	munmap(ring->rings, ring->rings_bytes);
	munmap(ring->sqes, ring->params.sq_entries * ring->sqe_bytes);
	answer(outcome(close(ring->fd)));
	ring->fd = 0;
}

/* ring, number: a table of that many empty slots */
void ring_slots(const struct order *order)
{
	struct ring *ring = ring_of(order);
	struct io_uring_rsrc_register table = { .nr = (uint32_t)number(order, 2), .flags = IORING_RSRC_REGISTER_SPARSE };

	if (!ring)
		return answer(-EBADF);
	answer(outcome(syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS2, &table, sizeof(table))));
}

/*
 * ring, slot, offset in the arena, length, number (1 where there is none): puts so many buffers, one after the other in
 * memory, in as many slots by one call
 */
void ring_slot(const struct order *order)
{
	struct ring *ring = ring_of(order);
	unsigned long long len = number(order, 4), count = number(order, 5) ? number(order, 5) : 1;
	struct iovec buffers[MAX_BUFFERS];
	struct io_uring_rsrc_update2 update = {
		.offset = (uint32_t)number(order, 2),
		.data = (uintptr_t)buffers,
		.nr = (uint32_t)count,
	};

	if (!ring || count > MAX_BUFFERS)
		return answer(-EINVAL);
	for (unsigned long long i = 0; i < count; i++)
		buffers[i] = (struct iovec){ arena + number(order, 3) + i * len, len };
	answer(outcome(syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS_UPDATE, &update,
			       sizeof(update))));
}

/* ring, entries as bytes: submits as many as there are, and gives how many the kernel took */
void ring_submit(const struct order *order)
{
	struct ring *ring = ring_of(order);
	uint32_t tail, mask;
	unsigned int count;
	uint8_t *entries;
	size_t len;

	entries = bytes(order, 2, &len);
	if (!ring || !entries)
		return answer(-EINVAL);
	count = (unsigned int)(len / ring->sqe_bytes);
	if (len % ring->sqe_bytes || count > ring->params.sq_entries)
		return answer(-E2BIG);
	tail = *field(ring, ring->params.sq_off.tail);
	mask = *field(ring, ring->params.sq_off.ring_mask);
	for (unsigned int i = 0; i < count; i++, tail++) {
		memcpy(ring->sqes + (tail & mask) * ring->sqe_bytes, entries + i * ring->sqe_bytes, ring->sqe_bytes);
		field(ring, ring->params.sq_off.array)[tail & mask] = tail & mask;
	}
	__atomic_store_n(field(ring, ring->params.sq_off.tail), tail, __ATOMIC_RELEASE);
	answer(outcome(syscall(SYS_io_uring_enter, ring->fd, count, 0, 0, NULL, 0)));
}

bool ring_answer(int index)
{
	const struct ring *ring = &rings[index];
	const struct io_uring_cqe *cqe;
	uint32_t head;

	if (!ring->fd)
		return false;
	head = *field(ring, ring->params.cq_off.head);
	if (head == __atomic_load_n(field(ring, ring->params.cq_off.tail), __ATOMIC_ACQUIRE))
		return false;
	cqe = (const struct io_uring_cqe *)(ring->rings + ring->params.cq_off.cqes) +
	      (head & *field(ring, ring->params.cq_off.ring_mask));
	printf("{\"kind\":\"completion\",\"ring\":%d,\"token\":%llu,\"result\":%d}\n", index,
	       (unsigned long long)cqe->user_data, cqe->res);
	__atomic_store_n(field(ring, ring->params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	return true;
}
