// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "options.h"

const char *const mode_names[MODE_COUNT] = {
	[MODE_DEVFUSE] = "devfuse",
	[MODE_URING] = "uring",
	[MODE_BUFPOOL] = "bufpool",
	[MODE_PINNED] = "pinned",
	[MODE_ZEROCOPY] = "zerocopy",
	[MODE_BUFRING] = "bufring",
	[MODE_BUFRING_HEADERS] = "bufring-headers",
	[MODE_BUFRING_PINNED] = "bufring-pinned",
	[MODE_BUFRING_ZEROCOPY] = "bufring-zerocopy",
};

static const char *const store_names[] = { "passthrough", "memory", "null", NULL };
static const char *const fallback_names[] = { "devfuse", "pool", "end", NULL };
static const char *const store_io_names[] = { "auto", "sync", "ring", NULL };

struct option_kind {
	const char *name;
	enum { CHOICE, NUMBER, SIGNED, SECONDS, FLAG, TEXT } type;
	size_t offset;
	/* CHOICE: the words; NUMBER: smallest and largest */
	const char *const *words;
	long low, high;
	const char *wanted;
};

#define AT(field) offsetof(struct options, field)

static const struct option_kind kinds[] = {
	{ "mode", CHOICE, AT(mode), mode_names, 0, MODE_COUNT,
	  "devfuse, uring, bufpool, pinned, zerocopy, bufring, bufring-headers, bufring-pinned or bufring-zerocopy" },
	{ "store", CHOICE, AT(store), store_names, 0, 3, "passthrough, memory or null" },
	{ "fallback", CHOICE, AT(fallback), fallback_names, 0, 3, "devfuse, pool or end" },
	{ "store-io", CHOICE, AT(store_io), store_io_names, 0, 3, "auto, sync or ring" },
	{ "depth", NUMBER, AT(depth), NULL, 1, 1024, "1 to 1024 entries a queue" },
	{ "queues", NUMBER, AT(queues), NULL, 0, 4096, "a number of queues, 0 for one a possible CPU" },
	{ "pool-buffers", NUMBER, AT(pool_buffers), NULL, 0, 4096, "0 to 4096 buffers" },
	{ "payload", NUMBER, AT(payload), NULL, 0, 64 << 20, "bytes of a payload buffer, 0 for the kernel's rule" },
	{ "max-write", NUMBER, AT(max_write), NULL, 4096, 64 << 20, "4096 bytes to 64 MiB" },
	{ "max-background", NUMBER, AT(max_background), NULL, 0, 65535, "0 to 65535 requests" },
	{ "threads", NUMBER, AT(threads), NULL, 1, 64, "1 to 64 threads" },
	{ "fixed-files", NUMBER, AT(fixed_files), NULL, 0, 32768, "0 to 32768 file slots" },
	{ "attr-timeout", SECONDS, AT(attr_timeout), NULL, 0, 0, "seconds" },
	{ "entry-timeout", SECONDS, AT(entry_timeout), NULL, 0, 0, "seconds" },
	{ "writeback", FLAG, AT(writeback), NULL, 0, 0, "yes or no" },
	{ "direct-io", FLAG, AT(direct_io), NULL, 0, 0, "yes or no" },
	{ "splice", FLAG, AT(splice), NULL, 0, 0, "yes or no" },
	{ "allow-other", FLAG, AT(allow_other), NULL, 0, 0, "yes or no" },
	{ "store-direct", FLAG, AT(store_direct), NULL, 0, 0, "yes or no" },
	{ "pin-cpus", FLAG, AT(pin_cpus), NULL, 0, 0, "yes or no" },
	{ "pin-pool", FLAG, AT(pin_pool), NULL, 0, 0, "yes or no" },
	{ "huge-pages", FLAG, AT(huge_pages), NULL, 0, 0, "yes or no" },
	{ "keep-caps", FLAG, AT(keep_caps), NULL, 0, 0, "yes or no" },
	{ "refuse-register", SIGNED, AT(refuse_register), NULL, -1, 4095, "a queue's number, -1 for none" },
	{ "leave-out", SIGNED, AT(leave_out), NULL, -1, 4095, "a queue's number, -1 for none" },
	{ "hold-at", SIGNED, AT(hold_at), NULL, -1, 4095, "a queue's number, -1 for none" },
	{ "fsname", TEXT, AT(fsname), NULL, 0, 0, "the source that /proc/mounts is to show" },
	{ "control", TEXT, AT(control), NULL, 0, 0, "the path of a socket to make" },
	{ "source", TEXT, AT(source), NULL, 0, 0, "the folder to serve" },
	{ "mount", TEXT, AT(mount), NULL, 0, 0, "the folder to mount on" },
};

static bool set_choice(const struct option_kind *kind, void *field, const char *value)
{
	for (long i = 0; i < kind->high && kind->words[i]; i++)
		if (!strcmp(kind->words[i], value)) {
			*(int *)field = (int)i;
			return true;
		}
	return false;
}

static bool set_number(const struct option_kind *kind, void *field, const char *value)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (end == value || *end || errno || number < kind->low || number > kind->high)
		return false;
	*(int *)field = (int)number;
	return true;
}

static bool set_seconds(void *field, const char *value)
{
	char *end;
	double seconds = strtod(value, &end);

	/* Written so that a NaN is refused too. */
	if (end == value || *end || !(seconds >= 0 && seconds <= 1e9))
		return false;
	*(double *)field = seconds;
	return true;
}

static bool set_flag(void *field, const char *value)
{
	bool yes = !strcmp(value, "yes") || !strcmp(value, "true");

	if (!yes && strcmp(value, "no") && strcmp(value, "false"))
		return false;
	*(bool *)field = yes;
	return true;
}

static bool set_text(void *field, const char *value)
{
	char *copy = *value ? strdup(value) : NULL;

	if (!copy)
		return false;
	free(*(char **)field);
	*(char **)field = copy;
	return true;
}

const char *option_set(struct options *options, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct option_kind *kind = &kinds[i];
		void *field = (char *)options + kind->offset;
		bool done = false;

		if (strcmp(kind->name, name))
			continue;
		switch (kind->type) {
		case CHOICE:
			done = set_choice(kind, field, value);
			break;
		case NUMBER:
		case SIGNED:
			done = set_number(kind, field, value);
			break;
		case SECONDS:
			done = set_seconds(field, value);
			break;
		case FLAG:
			done = set_flag(field, value);
			break;
		case TEXT:
			done = set_text(field, value);
			break;
		}
		return done ? NULL : kind->wanted;
	}
	return "an option's name";
}

void options_usage(void)
{
	fputs("fuselab-server [--NAME=VALUE ...] [SOURCE] MOUNT\n"
	      "fuselab-server --control=PATH            waits for a start object on that socket\n\n",
	      stderr);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		fprintf(stderr, "  --%-16s %s\n", kinds[i].name, kinds[i].wanted);
}

int options_parse(struct options *options, int argc, char **argv)
{
	const char *words[2] = { NULL, NULL };
	int count = 0;

	for (int i = 1; i < argc; i++) {
		char name[64];
		const char *equals = strchr(argv[i], '=');
		const char *wanted;

		if (strncmp(argv[i], "--", 2)) {
			if (count == 2) {
				fprintf(stderr, "fuselab-server: one word too many: %s\n", argv[i]);
				return -EINVAL;
			}
			words[count++] = argv[i];
			continue;
		}
		const char *dashless = argv[i] + 2;
		size_t len = equals ? (size_t)(equals - dashless) : strlen(dashless);

		/* A name too long for the table is none of its names, cut or whole. */
		len = len < sizeof(name) ? len : sizeof(name) - 1;
		memcpy(name, dashless, len);
		name[len] = '\0';
		wanted = option_set(options, name, equals ? equals + 1 : "yes");
		if (wanted) {
			fprintf(stderr, "fuselab-server: %s: wanted %s\n", argv[i], wanted);
			return -EINVAL;
		}
	}
	if (count == 2 && option_set(options, "source", words[0]))
		return -EINVAL;
	if (count && option_set(options, "mount", words[count - 1]))
		return -EINVAL;
	return 0;
}

const char *options_check(const struct options *options)
{
	unsigned int buffers = options->pool_buffers ? options->pool_buffers : options->depth;

	if (!options->mount)
		return "no folder to mount on was named";
	if (options->store == STORE_PASSTHROUGH && !options->source)
		return "the passthrough store needs a source folder";
	if (options->mode == MODE_URING && options->pool_buffers)
		return "mode uring has no pool: each entry has a buffer of its own";
	if (options->mode == MODE_DEVFUSE && (options->pool_buffers || options->payload))
		return "mode devfuse has no payload buffers";
	if ((uint64_t)buffers * options->max_write >= UINT32_MAX)
		return "a queue's pool would be 4 GiB or more, and its length has 32 bits";
	if (options->max_write % 4096)
		return "max-write is not a multiple of 4096, and the kernel counts whole pages";
	return NULL;
}
