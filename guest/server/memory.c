// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <sys/mman.h>
#include "memory.h"

#define PAGE 4096u

size_t memory_pages(size_t len)
{
	return (len + PAGE - 1) / PAGE * PAGE;
}

uint8_t *memory_map(size_t len, bool small_pages)
{
	uint8_t *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* Both are wishes: a kernel without huge pages knows neither. */
	madvise(memory, len, small_pages ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	madvise(memory, len, MADV_DONTFORK);
	for (size_t at = 0; at < len; at += PAGE)
		*(volatile uint8_t *)(memory + at) = 0;
	return memory;
}

void memory_unmap(uint8_t *memory, size_t len)
{
	if (memory)
		munmap(memory, len);
}
