// SPDX-License-Identifier: MIT
#include <errno.h>
#include "fault.h"

const char *const fault_names[FAULT_COUNT] = {
	[FAULT_DELAY] = "delay",
	[FAULT_SHORT] = "short-reply",
	[FAULT_LONG] = "long-reply",
	[FAULT_ERROR] = "error",
	[FAULT_UNIQUE] = "unique",
	[FAULT_WRONG_COMMIT_ID] = "wrong-commit-id",
	[FAULT_WRONG_QUEUE] = "wrong-queue",
	[FAULT_DOUBLE_COMMIT] = "double-commit",
	[FAULT_KEEP_SIZE] = "keep-size",
	[FAULT_LIE] = "lie",
	[FAULT_KILL] = "kill",
	[FAULT_EXIT] = "exit",
	[FAULT_SEGV] = "segv",
};

static unsigned int count_armed(const struct faults *faults)
{
	unsigned int armed = 0;

	for (unsigned int i = 0; i < faults->nr; i++)
		armed += faults->list[i].count > 0;
	return armed;
}

int fault_add(struct faults *faults, const struct fault *fault)
{
	int err = -ENOSPC;

	pthread_mutex_lock(&faults->lock);
	for (unsigned int i = 0; i < MAX_FAULTS && err; i++) {
		if (i < faults->nr && faults->list[i].count)
			continue;
		if (i == faults->nr)
			faults->nr++;
		faults->list[i] = *fault;
		err = 0;
	}
	atomic_store(&faults->armed, count_armed(faults));
	pthread_mutex_unlock(&faults->lock);
	return err;
}

bool fault_take(struct faults *faults, unsigned int kinds, unsigned int qid, uint32_t opcode, struct fault *fault)
{
	bool found = false;

	if (!atomic_load_explicit(&faults->armed, memory_order_relaxed))
		return false;
	pthread_mutex_lock(&faults->lock);
	for (unsigned int i = 0; i < faults->nr && !found; i++) {
		struct fault *waiting = &faults->list[i];

		if (!waiting->count || !(kinds & (1u << waiting->kind)))
			continue;
		if (waiting->opcode && waiting->opcode != opcode)
			continue;
		if (waiting->qid >= 0 && (unsigned int)waiting->qid != qid)
			continue;
		waiting->count--;
		faults->taken++;
		*fault = *waiting;
		found = true;
	}
	atomic_store(&faults->armed, count_armed(faults));
	pthread_mutex_unlock(&faults->lock);
	return found;
}

void fault_answered(struct faults *faults, enum fault_kind kind, unsigned int qid, int32_t res)
{
	pthread_mutex_lock(&faults->lock);
	if (faults->nr_answers < MAX_ANSWERS)
		faults->answers[faults->nr_answers++] = (struct fault_answer){ kind, qid, res };
	pthread_mutex_unlock(&faults->lock);
}

void fault_clear(struct faults *faults)
{
	pthread_mutex_lock(&faults->lock);
	faults->nr = 0;
	faults->nr_answers = 0;
	faults->taken = 0;
	atomic_store(&faults->armed, 0);
	pthread_mutex_unlock(&faults->lock);
}
