// SPDX-License-Identifier: MIT
/*
 * /init of the initramfs that a kernel with modules gets: loads the modules
 * that the root needs, mounts the root and the lab from their disks, and goes
 * on with the init that the kernel's command line names.
 *
 *   /modules/list          file names below /modules, in the order to load
 *   NAME.PARAMETER=VALUE   on the command line, a module's parameters
 *
 * What it cannot do it says on the console; the panic that follows ends the
 * guest.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DISK_WAIT_MS = 60000, STEP_MS = 10 };

static char command_line[8192];

static void say(const char *what, const char *which)
{
	fprintf(stderr, "fuselab-initramfs: %s %s: %s\n", what, which, strerror(errno));
}

static int die(const char *what, const char *which)
{
	say(what, which);
	return 1;
}

static size_t read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got < 0 ? 0 : got] = '\0';
	return got < 0 ? 0 : (size_t)got;
}

/* Module names have underscores where file names may have hyphens. */
static int same_name(const char *word, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((word[i] == '-' ? '_' : word[i]) != (name[i] == '-' ? '_' : name[i]))
			return 0;
	return word[len] == '.';
}

/* Collects the words `NAME.x=y` of the command line as `x=y`. */
static void parameters_of(const char *file, char *out, size_t size)
{
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	size_t len = strcspn(name, "."), used = 0;
	char words[sizeof(command_line)];

	out[0] = '\0';
	memcpy(words, command_line, sizeof(words));
	for (char *word = strtok(words, " \n"); word; word = strtok(NULL, " \n")) {
		if (strlen(word) <= len || !same_name(word, name, len))
			continue;
		used += snprintf(out + used, size - used, "%s ", word + len + 1);
		if (used >= size)
			return;
	}
}

static void load_module(const char *file)
{
	char path[512], parameters[1024];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s", file);
	parameters_of(file, parameters, sizeof(parameters));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, parameters, 0) && errno != EEXIST))
		say("cannot load", path);
	if (fd >= 0)
		close(fd);
}

/* Finds the virtio disk with a serial; its name depends on the order of probing. */
static int find_disk(const char *serial, char *path, size_t size)
{
	DIR *blocks = opendir("/sys/block");
	struct dirent *entry;
	int found = 0;

	while (blocks && !found && (entry = readdir(blocks))) {
		char file[300], text[64];

		snprintf(file, sizeof(file), "/sys/block/%s/serial", entry->d_name);
		text[read_text(file, text, sizeof(text))] = '\0';
		text[strcspn(text, "\n ")] = '\0';
		found = !strcmp(text, serial);
		if (found)
			snprintf(path, size, "/dev/%s", entry->d_name);
	}
	if (blocks)
		closedir(blocks);
	return found;
}

static int mount_disk(const char *serial, const char *target)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	char path[300];

	for (int waited = 0; waited < DISK_WAIT_MS; waited += STEP_MS) {
		if (find_disk(serial, path, sizeof(path)))
			return mount(path, target, "ext4", MS_RDONLY, "noload");
		nanosleep(&step, NULL);
	}
	errno = ENODEV;
	return -1;
}

/* The last `init=` of the command line; the kernel keeps it from us as /init was found. */
static const char *wanted_init(void)
{
	static char words[sizeof(command_line)];
	const char *init = NULL;

	memcpy(words, command_line, sizeof(words));
	for (char *word = strtok(words, " \n"); word; word = strtok(NULL, " \n"))
		if (!strncmp(word, "init=", 5))
			init = word + 5;
	return init;
}

int main(int argc, char **argv)
{
	static char list[16384];
	const char *init;

	(void)argc;
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/root", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL))
		return die("cannot mount", "/proc, /sys or /dev");
	read_text("/proc/cmdline", command_line, sizeof(command_line));
	read_text("/modules/list", list, sizeof(list));
	for (char *rest = list, *file; (file = strsep(&rest, "\n"));)
		if (*file)
			load_module(file);

	if (mount_disk("fuselab-root", "/root"))
		return die("cannot mount", "the root disk");
	if (mount_disk("fuselab-lab", "/root/opt/fuselab"))
		return die("cannot mount", "the lab disk");
	if (mount("/root/opt/fuselab/modules", "/root/usr/lib/modules", NULL, MS_BIND, NULL))
		say("cannot bind", "/usr/lib/modules");
	init = wanted_init();
	if (!init)
		return die("no", "init= on the kernel command line");
	umount2("/dev", MNT_DETACH);
	umount2("/sys", MNT_DETACH);
	umount2("/proc", MNT_DETACH);
	if (chdir("/root") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		return die("cannot change to", "the root");
	argv[0] = (char *)init;
	execv(init, argv);
	return die("cannot start", init);
}
