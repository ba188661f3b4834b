/* SPDX-License-Identifier: MIT */
/* libfuse's session: its decoding and its operations, with our transports below it. */
#ifndef FUSELAB_SESSION_H
#define FUSELAB_SESSION_H

#include "server.h"

/* Makes the session and mounts it; 0 or a negative errno, with server->why set. */
int session_open(struct server *server);
/* Reads /dev/fuse until the connection ends; gives libfuse's loop's value. */
int session_loop(struct server *server);
/* Ends the mount, whoever uses it: plainly, or after `seconds` lazily and by abort. True when it went plainly. */
bool session_unmount(struct server *server, unsigned int seconds);
void session_close(struct server *server);

#endif
