// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <linux/capability.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "privileges.h"

static const int kept[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID,
	CAP_MKNOD, CAP_SETUID, CAP_SETGID, CAP_SETFCAP, CAP_SYS_RESOURCE,
};

void privileges_drop(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	struct __user_cap_data_struct mask[2];

	memset(mask, 0, sizeof(mask));
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		mask[kept[i] / 32].permitted |= 1u << (kept[i] % 32);
	/* libc's capset would be libcap's; the call is per thread either way. */
	if (syscall(SYS_capget, &header, data))
		return;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= mask[i].permitted;
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	/* Cannot fail: a thread may always give up what it has. */
	syscall(SYS_capset, &header, data);
}

void act_as(uid_t uid, gid_t gid)
{
	/* These two are per thread, as nothing of libc stands between. The group first, while we may. */
	setfsgid(gid);
	setfsuid(uid);
}
