/* SPDX-License-Identifier: MIT */
/* The control socket: one JSON object a line, orders in, answers out. */
#ifndef FUSELAB_CONTROL_H
#define FUSELAB_CONTROL_H

#include <jansson.h>
#include "server.h"

/* An order is one of: start (options by name), ready, stats, fault, stop. */
struct control;

/* `order` gives the answer, which is sent and freed; NULL sends nothing. */
typedef json_t *(*order_fn)(void *context, const char *type, json_t *order);

/* Makes the socket; 0 or a negative errno. */
int control_open(struct control **control, const char *path, order_fn order, void *context);
/* Descriptors for poll(2); gives how many were written. */
#define CONTROL_FDS 5
struct pollfd;
unsigned int control_poll(const struct control *control, struct pollfd *fds);
/* Accepts, reads and answers what poll found. */
void control_serve(struct control *control, const struct pollfd *fds, unsigned int count);
/* To everyone who is connected; takes the message over. */
void control_tell(struct control *control, json_t *message);
void control_close(struct control *control);

#endif
