// SPDX-License-Identifier: MIT
/* ring.h without io_uring: commands go to the fake kernel, store operations are done at once. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fake-kernel.h"

#define ENTRIES 256
#define SLOTS 64

struct ring {
	struct sqe128 sq[ENTRIES];
	unsigned int queued;
	struct completion cq[ENTRIES];
	unsigned int head, tail;
	struct iovec slots[SLOTS];
	unsigned int nr_slots;
	int files[SLOTS];
	/* a read that waits for its descriptor: the wake-up */
	struct sqe128 read;
	bool reading;
};

int ring_open(unsigned int entries, struct ring **ring)
{
	(void)entries;
	*ring = calloc(1, sizeof(**ring));
	return *ring ? 0 : -ENOMEM;
}

void ring_close(struct ring *ring)
{
	free(ring);
}

struct sqe128 *ring_sqe(struct ring *ring)
{
	if (ring->queued == ENTRIES)
		abort();
	memset(&ring->sq[ring->queued], 0, sizeof(struct sqe128));
	return &ring->sq[ring->queued++];
}

void fake_complete(struct ring *ring, uint64_t user_data, int32_t res)
{
	ring->cq[ring->tail++ % ENTRIES] = (struct completion){ user_data, res };
	pthread_cond_broadcast(&kernel.changed);
}

void fake_fill_slot(struct ring *ring, unsigned int slot, void *base, size_t len)
{
	if (slot < ring->nr_slots)
		ring->slots[slot] = (struct iovec){ base, len };
}

/* io_uring/rsrc.c:io_import_fixed: a client's pages are addressed from 0, a registered buffer by its addresses. */
static uint8_t *fixed_memory(const struct ring *ring, const struct sqe128 *sqe)
{
	const struct iovec *slot = &ring->slots[sqe->buf_index];
	uintptr_t base = (uintptr_t)slot->iov_base;

	if (sqe->buf_index >= ring->nr_slots || !slot->iov_base)
		return NULL;
	if (sqe->addr < slot->iov_len && sqe->addr + sqe->len <= slot->iov_len)
		return (uint8_t *)base + sqe->addr;
	if (sqe->addr >= base && sqe->addr + sqe->len <= base + slot->iov_len)
		return (uint8_t *)(uintptr_t)sqe->addr;
	return NULL;
}

static int32_t store_io(const struct ring *ring, const struct sqe128 *sqe)
{
	bool fixed = sqe->opcode == RING_OP_READ_FIXED || sqe->opcode == RING_OP_WRITE_FIXED;
	bool out = sqe->opcode == RING_OP_WRITE || sqe->opcode == RING_OP_WRITE_FIXED;
	int fd = sqe->flags & SQE_FIXED_FILE ? ring->files[sqe->fd] : sqe->fd;
	uint8_t *memory = fixed ? fixed_memory(ring, sqe) : (uint8_t *)(uintptr_t)sqe->addr;
	ssize_t res;

	if (!memory)
		return -EFAULT;
	if (sqe->off == UINT64_MAX)
		res = out ? write(fd, memory, sqe->len) : read(fd, memory, sqe->len);
	else
		res = out ? pwrite(fd, memory, sqe->len, (off_t)sqe->off) : pread(fd, memory, sqe->len, (off_t)sqe->off);
	return res < 0 ? -errno : (int32_t)res;
}

static void issue(struct ring *ring, const struct sqe128 *sqe)
{
	int res;

	switch (sqe->opcode) {
	case RING_OP_URING_CMD:
		res = fake_command(ring, sqe, ring->slots);
		if (res <= 0)
			fake_complete(ring, sqe->user_data, res);
		break;
	case RING_OP_TIMEOUT:
		fake_complete(ring, sqe->user_data, -ETIME);
		break;
	case RING_OP_READ:
		/* The wake-up reads eight bytes without an offset of its own; everything else is the store's. */
		if (sqe->len == sizeof(uint64_t) && !sqe->off && !ring->reading) {
			ring->read = *sqe;
			ring->reading = true;
			break;
		}
		fake_complete(ring, sqe->user_data, store_io(ring, sqe));
		break;
	default:
		fake_complete(ring, sqe->user_data, store_io(ring, sqe));
	}
}

static void try_read(struct ring *ring)
{
	struct pollfd readable = { .fd = ring->read.fd, .events = POLLIN };

	if (!ring->reading || poll(&readable, 1, 0) <= 0)
		return;
	ring->reading = false;
	fake_complete(ring, ring->read.user_data,
		      (int32_t)read(ring->read.fd, (void *)(uintptr_t)ring->read.addr, ring->read.len));
}

int ring_submit(struct ring *ring, unsigned int wait)
{
	unsigned int queued;

	pthread_mutex_lock(&kernel.lock);
	queued = ring->queued;
	for (unsigned int i = 0; i < queued; i++)
		issue(ring, &ring->sq[i]);
	ring->queued = 0;
	try_read(ring);
	while (wait && ring->head == ring->tail) {
		struct timespec soon;

		/* An eventfd signals no condition: looked at every millisecond. */
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_nsec += 1000000;
		if (soon.tv_nsec >= 1000000000) {
			soon.tv_nsec -= 1000000000;
			soon.tv_sec++;
		}
		pthread_cond_timedwait(&kernel.changed, &kernel.lock, &soon);
		try_read(ring);
	}
	pthread_mutex_unlock(&kernel.lock);
	return (int)queued;
}

int ring_next(struct ring *ring, struct completion *completion)
{
	int there;

	pthread_mutex_lock(&kernel.lock);
	there = ring->head != ring->tail;
	if (there)
		*completion = ring->cq[ring->head++ % ENTRIES];
	pthread_mutex_unlock(&kernel.lock);
	return there;
}

int ring_make_slots(struct ring *ring, unsigned int slots)
{
	ring->nr_slots = slots;
	return slots > SLOTS ? -EINVAL : 0;
}

int ring_pin(struct ring *ring, unsigned int slot, void *base, size_t len)
{
	int nth;

	pthread_mutex_lock(&kernel.lock);
	nth = kernel.pins++;
	pthread_mutex_unlock(&kernel.lock);
	if (slot >= ring->nr_slots)
		return -EINVAL;
	if (kernel.pin_fails_from >= 0 && nth >= kernel.pin_fails_from)
		return -ENOMEM;
	ring->slots[slot] = (struct iovec){ base, len };
	return 0;
}

int ring_make_files(struct ring *ring, unsigned int slots)
{
	for (unsigned int i = 0; i < SLOTS; i++)
		ring->files[i] = -1;
	return slots > SLOTS ? -EINVAL : 0;
}

int ring_set_file(struct ring *ring, unsigned int slot, int fd)
{
	ring->files[slot] = fd;
	return 0;
}
