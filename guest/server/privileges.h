/* SPDX-License-Identifier: MIT */
#ifndef FUSELAB_PRIVILEGES_H
#define FUSELAB_PRIVILEGES_H

#include <sys/types.h>

/* Of the calling thread: keeps what acting on other users' files needs, and nothing else. */
void privileges_drop(void);
/* Makes files as this user from here on (thread); the ids of the process undo it. */
void act_as(uid_t uid, gid_t gid);

#endif
