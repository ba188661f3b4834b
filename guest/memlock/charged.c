// SPDX-License-Identifier: MIT
/*
 * Prints the pages that the kernel has charged to this process's user: locked_vm
 * of its user_struct, which no file shows. One page is registered under ever
 * other limits; it is taken as long as what is charged already and this page are
 * within the limit (io_uring/rsrc.c:__io_account_mem). Wants no CAP_IPC_LOCK,
 * which would make it charge nobody, and an unlimited hard RLIMIT_MEMLOCK.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096ul
/* More than any machine has. */
#define MOST (1ul << 40)

static void *page;
static int ring;

static bool fits(unsigned long pages)
{
	struct rlimit limit = { pages * PAGE, RLIM_INFINITY };
	struct iovec iov = { page, PAGE };

	if (setrlimit(RLIMIT_MEMLOCK, &limit)) {
		perror("setrlimit");
		_exit(1);
	}
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1)) {
		if (errno == ENOMEM)
			return false;
		perror("io_uring_register");
		_exit(1);
	}
	if (syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0)) {
		perror("io_uring_register");
		_exit(1);
	}
	return true;
}

/* What the kernel charges for the ring itself, before Linux 7.3. */
static unsigned long own_pages(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long kib = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmPin: %lu", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib * 1024 / PAGE;
}

int main(void)
{
	struct io_uring_params params;
	unsigned long low = 0, high = 1;

	memset(&params, 0, sizeof(params));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (page == MAP_FAILED || ring < 0) {
		perror("io_uring_setup");
		return 1;
	}
	/* It fits into `high` pages and not into `low`: the page itself always wants one. */
	while (high < MOST && !fits(high)) {
		low = high;
		high *= 2;
	}
	while (high - low > 1) {
		unsigned long middle = low + (high - low) / 2;

		if (fits(middle))
			high = middle;
		else
			low = middle;
	}
	printf("%lu\n", high - 1 - own_pages());
	return 0;
}
