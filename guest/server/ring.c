// SPDX-License-Identifier: MIT
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include "ring.h"

struct ring {
	struct io_uring uring;
};

static_assert(offsetof(struct io_uring_sqe, user_data) == offsetof(struct sqe128, user_data), "SQE");
static_assert(offsetof(struct io_uring_sqe, cmd) == offsetof(struct sqe128, cmd), "SQE");

int ring_open(unsigned int entries, struct ring **ring)
{
	struct io_uring_params params = {
		/* One thread submits and reaps: completions need no interrupt of it. */
		.flags = IORING_SETUP_SQE128 | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL |
			 IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = 2 * entries,
	};
	struct ring *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return -ENOMEM;
	err = io_uring_queue_init_params(entries, &made->uring, &params);
	if (err) {
		free(made);
		return err;
	}
	/* A child that inherits the ring would keep /dev/fuse open after us. */
	io_uring_ring_dontfork(&made->uring);
	/* Saves each io_uring_enter(2) the look-up of its descriptor; a kernel that cannot goes on without. */
	io_uring_register_ring_fd(&made->uring);
	*ring = made;
	return 0;
}

void ring_close(struct ring *ring)
{
	if (!ring)
		return;
	io_uring_queue_exit(&ring->uring);
	free(ring);
}

struct sqe128 *ring_sqe(struct ring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);

	while (!sqe) {
		io_uring_submit(&ring->uring);
		sqe = io_uring_get_sqe(&ring->uring);
	}
	memset(sqe, 0, sizeof(struct sqe128));
	return (struct sqe128 *)sqe;
}

int ring_submit(struct ring *ring, unsigned int wait)
{
	if (!wait)
		return io_uring_submit_and_get_events(&ring->uring);
	return io_uring_submit_and_wait(&ring->uring, wait);
}

int ring_next(struct ring *ring, struct completion *completion)
{
	struct io_uring_cq *cq = &ring->uring.cq;
	unsigned int head = *cq->khead;
	const struct io_uring_cqe *cqe;

	/* Not io_uring_peek_cqe(): with nothing there it looks whether to enter the kernel, and ring_submit() is next anyway. */
	if (head == io_uring_smp_load_acquire(cq->ktail))
		return 0;
	cqe = &cq->cqes[head & cq->ring_mask];
	*completion = (struct completion){ cqe->user_data, cqe->res };
	io_uring_smp_store_release(cq->khead, head + 1);
	return 1;
}

int ring_make_slots(struct ring *ring, unsigned int slots)
{
	return io_uring_register_buffers_sparse(&ring->uring, slots);
}

int ring_pin(struct ring *ring, unsigned int slot, void *base, size_t len)
{
	struct iovec iov = { base, len };
	int done = io_uring_register_buffers_update_tag(&ring->uring, slot, &iov, NULL, 1);

	return done < 0 ? done : done == 1 ? 0 : -EIO;
}

int ring_make_files(struct ring *ring, unsigned int slots)
{
	return io_uring_register_files_sparse(&ring->uring, slots);
}

int ring_set_file(struct ring *ring, unsigned int slot, int fd)
{
	int done = io_uring_register_files_update(&ring->uring, slot, &fd, 1);

	return done < 0 ? done : done == 1 ? 0 : -EIO;
}
