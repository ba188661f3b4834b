/* SPDX-License-Identifier: MIT */
/* Anonymous memory for headers and payload, touched by the thread that maps it. */
#ifndef FUSELAB_MEMORY_H
#define FUSELAB_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rounded up to whole pages. */
size_t memory_pages(size_t len);
/*
 * Whole pages, all present; NULL when there are none. Small pages: a pool in a
 * huge page would be charged the whole of it (io_uring/rsrc.c:io_buffer_account_pin).
 */
uint8_t *memory_map(size_t len, bool small_pages);
void memory_unmap(uint8_t *memory, size_t len);

#endif
