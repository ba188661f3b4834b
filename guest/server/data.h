/* SPDX-License-Identifier: MIT */
/* READ and WRITE of a ring entry: which way the bytes go, and what becomes of the operation. */
#ifndef FUSELAB_DATA_H
#define FUSELAB_DATA_H

#include "server.h"

/* Begins the READ or WRITE that the entry holds; it is committed now or when its ring operation has completed. */
void data_serve(struct ring_entry *entry);
/* The entry's ring operation has completed with `res`. */
void data_completed(struct ring_entry *entry, int32_t res);

#endif
