// SPDX-License-Identifier: MIT
/*
 * Makes passthrough_hp lie, so that a case can show that it notices.
 *
 * An LD_PRELOAD shim over the libc calls by which libfuse and passthrough_hp
 * reach the store. FUSELAB_LIE is a comma-separated list of the names in
 * `lies` below, the same as LIES in testcases/case.ts. Data lies touch regular
 * files only: /dev/fuse, pipes and rings carry what the kernel sent.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum lie {
	READ_DATA,
	WRITE_DATA,
	WRITE_LOST,
	TRUNCATE_IGNORED,
	RENAME_IGNORED,
	READDIR_SHORT,
	READLINK_WRONG,
	CHMOD_IGNORED,
	FSYNC_ERROR,
	SIZE_WRONG,
	UNLINK_IGNORED,
	EXIT_STATUS,
	FALLOCATE_IGNORED,
	XATTR_WRONG,
	LOCK_IGNORED,
	TIMES_IGNORED,
	FSYNC_DIES,
	FSYNC_HANGS,
	LIE_COUNT,
};

static const char *const lies[LIE_COUNT] = {
	[READ_DATA] = "read-data",
	[WRITE_DATA] = "write-data",
	[WRITE_LOST] = "write-lost",
	[TRUNCATE_IGNORED] = "truncate-ignored",
	[RENAME_IGNORED] = "rename-ignored",
	[READDIR_SHORT] = "readdir-short",
	[READLINK_WRONG] = "readlink-wrong",
	[CHMOD_IGNORED] = "chmod-ignored",
	[FSYNC_ERROR] = "fsync-error",
	[SIZE_WRONG] = "size-wrong",
	[UNLINK_IGNORED] = "unlink-ignored",
	[EXIT_STATUS] = "exit-status",
	[FALLOCATE_IGNORED] = "fallocate-ignored",
	[XATTR_WRONG] = "xattr-wrong",
	[LOCK_IGNORED] = "lock-ignored",
	[TIMES_IGNORED] = "times-ignored",
	[FSYNC_DIES] = "fsync-dies",
	[FSYNC_HANGS] = "fsync-hangs",
};

/* Written by the constructor only, before any thread exists. */
static bool lying[LIE_COUNT];

/* The next definition of the symbol, usually libc's; looked up once a caller. */
#define REAL(name)                                                        \
	static __typeof__(&name) real;                                    \
	if (!real)                                                        \
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void start_lying(const char *name)
{
	int i;

	for (i = 0; i < LIE_COUNT; i++) {
		if (strcmp(lies[i], name) == 0) {
			lying[i] = true;
			return;
		}
	}
	/* An honest server in place of the liar would look like a blind case. */
	fprintf(stderr, "lie: unknown lie '%s'\n", name);
	_exit(2);
}

__attribute__((constructor)) static void read_lies(void)
{
	const char *wanted = getenv("FUSELAB_LIE");
	char list[512];
	char *name, *rest = list;

	/* Programs that the server starts, e.g. mount(8), stay honest. */
	unsetenv("LD_PRELOAD");
	if (!wanted)
		return;
	snprintf(list, sizeof(list), "%s", wanted);
	while ((name = strsep(&rest, ",")) != NULL)
		if (*name)
			start_lying(name);
}

/* main() returns into libc, where exit() cannot be replaced. */
__attribute__((destructor)) static void spoil_exit_status(void)
{
	if (lying[EXIT_STATUS])
		_exit(7);
}

static bool is_stored_file(int fd)
{
	int saved = errno;
	struct stat st;
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	errno = saved;
	return regular;
}

ssize_t pread64(int fd, void *buf, size_t count, off64_t offset)
{
	REAL(pread64);
	ssize_t got = real(fd, buf, count, offset);

	if (lying[READ_DATA] && got > 0 && is_stored_file(fd))
		*(unsigned char *)buf ^= 0xff;
	return got;
}

ssize_t pwrite64(int fd, const void *buf, size_t count, off64_t offset)
{
	REAL(pwrite64);
	ssize_t done;
	unsigned char first;

	if (count == 0 || !is_stored_file(fd))
		return real(fd, buf, count, offset);
	if (lying[WRITE_LOST])
		return count;
	if (!lying[WRITE_DATA])
		return real(fd, buf, count, offset);
	/*
	 * The buffer is the server's own request memory, so it may be changed in
	 * place: a copy would lose the alignment that O_DIRECT asks for.
	 */
	first = *(const unsigned char *)buf;
	*(unsigned char *)buf = first ^ 0xff;
	done = real(fd, buf, count, offset);
	*(unsigned char *)buf = first;
	return done;
}

static ssize_t write_all(int fd, const char *buf, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t n = write(fd, buf + done, count - done);

		if (n <= 0)
			return done ? (ssize_t)done : n;
		done += n;
	}
	return done;
}

static ssize_t read_all(int fd, char *buf, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t n = read(fd, buf + done, count - done);

		if (n <= 0)
			return done ? (ssize_t)done : n;
		done += n;
	}
	return done;
}

/* splice(2) between store and pipe by way of memory, where data can be changed. */
ssize_t splice(int fd_in, off64_t *off_in, int fd_out, off64_t *off_out,
	       size_t len, unsigned int flags)
{
	REAL(splice);
	bool from_store = lying[READ_DATA] && off_in && is_stored_file(fd_in);
	bool to_store = (lying[WRITE_DATA] || lying[WRITE_LOST]) && off_out &&
			is_stored_file(fd_out);
	void *buf;
	ssize_t n;

	if (!from_store && !to_store)
		return real(fd_in, off_in, fd_out, off_out, len, flags);
	if (posix_memalign(&buf, 4096, len)) {
		errno = ENOMEM;
		return -1;
	}
	if (from_store) {
		n = pread64(fd_in, buf, len, *off_in);
		if (n > 0)
			n = write_all(fd_out, buf, n);
		if (n > 0)
			*off_in += n;
	} else {
		n = read_all(fd_in, buf, len);
		if (n > 0)
			n = pwrite64(fd_out, buf, n, *off_out);
		if (n > 0)
			*off_out += n;
	}
	free(buf);
	return n;
}

int ftruncate64(int fd, off64_t length)
{
	REAL(ftruncate64);
	return lying[TRUNCATE_IGNORED] ? 0 : real(fd, length);
}

int truncate64(const char *path, off64_t length)
{
	REAL(truncate64);
	return lying[TRUNCATE_IGNORED] ? 0 : real(path, length);
}

/* O_TRUNC reaches the server as a flag of OPEN (FUSE_ATOMIC_O_TRUNC). */
int open64(const char *path, int flags, ...)
{
	REAL(open64);
	mode_t mode = 0;
	va_list ap;

	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (lying[TRUNCATE_IGNORED])
		flags &= ~O_TRUNC;
	return real(path, flags, mode);
}

int renameat(int old_dir, const char *old_name, int new_dir,
	     const char *new_name)
{
	REAL(renameat);
	return lying[RENAME_IGNORED] ?
		       0 :
		       real(old_dir, old_name, new_dir, new_name);
}

/* Hides by name and not by count: the same names are missing on every pass. */
struct dirent64 *readdir64(DIR *dir)
{
	REAL(readdir64);
	struct dirent64 *entry;

	do {
		entry = real(dir);
	} while (entry && lying[READDIR_SHORT] &&
		 entry->d_name[strlen(entry->d_name) - 1] == '7');
	return entry;
}

ssize_t readlinkat(int dir, const char *path, char *buf, size_t size)
{
	REAL(readlinkat);
	ssize_t n = real(dir, path, buf, size);

	if (lying[READLINK_WRONG] && n > 0)
		buf[n - 1] ^= 1;
	return n;
}

int chmod(const char *path, mode_t mode)
{
	REAL(chmod);
	return lying[CHMOD_IGNORED] ? 0 : real(path, mode);
}

int fchmod(int fd, mode_t mode)
{
	REAL(fchmod);
	return lying[CHMOD_IGNORED] ? 0 : real(fd, mode);
}

static int sync_or_lie(int (*real)(int), int fd)
{
	if (lying[FSYNC_DIES])
		raise(SIGKILL);
	while (lying[FSYNC_HANGS])
		pause();
	if (!lying[FSYNC_ERROR])
		return real(fd);
	errno = EIO;
	return -1;
}

int fsync(int fd)
{
	REAL(fsync);
	return sync_or_lie(real, fd);
}

int fdatasync(int fd)
{
	REAL(fdatasync);
	return sync_or_lie(real, fd);
}

int fstatat64(int dir, const char *path, struct stat64 *st, int flags)
{
	REAL(fstatat64);
	int res = real(dir, path, st, flags);

	if (lying[SIZE_WRONG] && res == 0 && S_ISREG(st->st_mode))
		st->st_size++;
	return res;
}

int unlinkat(int dir, const char *name, int flags)
{
	REAL(unlinkat);
	if (lying[UNLINK_IGNORED] && !(flags & AT_REMOVEDIR))
		return 0;
	return real(dir, name, flags);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length)
{
	REAL(fallocate64);
	return lying[FALLOCATE_IGNORED] ? 0 : real(fd, mode, offset, length);
}

/* The last byte of a value; asked for the length alone, there is none. */
ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
	REAL(getxattr);
	ssize_t got = real(path, name, value, size);

	if (lying[XATTR_WRONG] && got > 0 && size)
		((unsigned char *)value)[got - 1] ^= 1;
	return got;
}

ssize_t listxattr(const char *path, char *list, size_t size)
{
	REAL(listxattr);
	ssize_t got = real(path, list, size);

	if (lying[XATTR_WRONG] && got > 1 && size)
		list[got - 2] ^= 1;
	return got;
}

int flock(int fd, int operation)
{
	REAL(flock);
	return lying[LOCK_IGNORED] ? 0 : real(fd, operation);
}

int utimensat(int dir, const char *path, const struct timespec times[2],
	      int flags)
{
	REAL(utimensat);
	return lying[TIMES_IGNORED] ? 0 : real(dir, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
	REAL(futimens);
	return lying[TIMES_IGNORED] ? 0 : real(fd, times);
}
