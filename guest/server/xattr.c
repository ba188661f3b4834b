// SPDX-License-Identifier: MIT
/* Extended attributes of the passthrough store. */
#define _GNU_SOURCE
#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 18)
#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>
#include "passthrough.h"

void xattr_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	passthrough_reply(req, setxattr(passthrough_path(ino).text, name, value, size, flags));
}

void xattr_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	passthrough_reply(req, removexattr(passthrough_path(ino).text, name));
}

/* size 0 asks for the length alone. */
static void reply_xattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	char *value = size ? malloc(size) : NULL;
	struct fd_path path = passthrough_path(ino);
	ssize_t len;

	if (size && !value) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	len = name ? getxattr(path.text, name, value, size) : listxattr(path.text, value, size);
	if (len < 0)
		fuse_reply_err(req, errno);
	else if (size)
		fuse_reply_buf(req, value, (size_t)len);
	else
		fuse_reply_xattr(req, (size_t)len);
	free(value);
}

void xattr_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	reply_xattr(req, ino, name, size);
}

void xattr_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	reply_xattr(req, ino, NULL, size);
}
