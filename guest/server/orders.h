/* SPDX-License-Identifier: MIT */
/* What the orders of the control socket say, taken apart. */
#ifndef FUSELAB_ORDERS_H
#define FUSELAB_ORDERS_H

#include <jansson.h>
#include "server.h"

/* Sets the options that a start order names; gives NULL, or what is wrong with one. */
const char *orders_options(struct server *server, json_t *order);
/*
 * {"type": "fault", "fault": NAME, "opcode"?: N, "qid"?: N, "value"?: N, "count"?: N}; besides the names of
 * fault.h: stop-queue, resume-queue, bad-register (qid needed) and clear. Gives the answer.
 */
json_t *orders_fault(struct server *server, json_t *order);
/* {"type": "fork", "seconds": N}: leaves a child of the name fuselab-child that only sleeps. Gives the answer. */
json_t *orders_fork(json_t *order);

#endif
