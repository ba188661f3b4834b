/* SPDX-License-Identifier: MIT */
/* The server's state as JSON objects; guest/agent/server-message.ts is the other side. */
#ifndef FUSELAB_REPORT_H
#define FUSELAB_REPORT_H

#include <jansson.h>
#include "server.h"

/* What was asked, what was got and why. */
json_t *report_ready(struct server *server);
json_t *report_stats(struct server *server);
json_t *report_error(const char *message);

#endif
