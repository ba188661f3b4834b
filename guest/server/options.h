/* SPDX-License-Identifier: MIT */
/* What the server was asked for: by command line or by a `start` object, with the same names. */
#ifndef FUSELAB_OPTIONS_H
#define FUSELAB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mode {
	MODE_DEVFUSE,
	MODE_URING,
	MODE_BUFPOOL,
	MODE_PINNED,
	MODE_ZEROCOPY,
	MODE_BUFRING,
	MODE_BUFRING_HEADERS,
	MODE_BUFRING_PINNED,
	MODE_BUFRING_ZEROCOPY,
	MODE_COUNT,
};

extern const char *const mode_names[MODE_COUNT];

enum store { STORE_PASSTHROUGH, STORE_MEMORY, STORE_NULL };

/* When a queue cannot be set up: serve all by /dev/fuse, serve that queue from an unpinned pool, or end. */
enum fallback { FALL_DEVFUSE, FALL_POOL, FALL_END };

/* By which way READ and WRITE reach the store. */
enum store_io { IO_AUTO, IO_SYNC, IO_RING };

struct options {
	enum mode mode;
	enum store store;
	enum fallback fallback;
	enum store_io store_io;
	/* io_uring entries per queue */
	unsigned int depth;
	/* 0: one for each possible CPU, which is what Linux 6.14 to 7.3 want */
	unsigned int queues;
	/* payload buffers in a queue's pool; 0: as many as entries */
	unsigned int pool_buffers;
	/* bytes of a payload buffer; 0: what the kernel's rule gives */
	unsigned int payload;
	unsigned int max_write;
	/* 0: libfuse's default */
	unsigned int max_background;
	/* threads that read /dev/fuse */
	unsigned int threads;
	/* file slots of each ring; files beyond them go by their descriptors */
	unsigned int fixed_files;
	double attr_timeout;
	double entry_timeout;
	bool writeback;
	bool direct_io;
	bool splice;
	bool allow_other;
	/* an O_DIRECT file is opened O_DIRECT in the store */
	bool store_direct;
	bool pin_cpus;
	/* zerocopy: the pool is pinned too */
	bool pin_pool;
	bool huge_pages;
	/* keep all capabilities after set-up */
	bool keep_caps;
	/* these two queues are spoilt on purpose; -1: none */
	int refuse_register;
	int leave_out;
	/* queues from this one on stay in their set-up; -1: none */
	int hold_at;
	/* the source that /proc/mounts shows */
	char *fsname;
	char *control;
	char *source;
	char *mount;
};

#define OPTIONS_DEFAULT                                                                  \
	{                                                                                \
		.depth = 8, .threads = 4, .fixed_files = 1024, .max_write = 1 << 20,     \
		.attr_timeout = 1, .entry_timeout = 1, .store_direct = true,             \
		.pin_cpus = true, .refuse_register = -1, .leave_out = -1, .hold_at = -1                 \
	}

/* Sets one option by its name; gives NULL, or what was wanted instead of `value`. */
const char *option_set(struct options *options, const char *name, const char *value);
/* Reads the command line; gives 0, or -EINVAL after saying what is wrong. */
int options_parse(struct options *options, int argc, char **argv);
/* Gives NULL, or why the options do not fit each other. */
const char *options_check(const struct options *options);
void options_usage(void);

#endif
