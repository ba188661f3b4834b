/* SPDX-License-Identifier: MIT */
/*
 * What goes over a FUSE ring, byte by byte. The distribution's <linux/fuse.h>
 * may be older than the kernel under test, so the layouts stand here; their
 * names are those of include/uapi/linux/fuse.h where Linux 7.3 has one.
 *
 * Dialects:  (a) Linux 6.14 to 7.2, each entry with a payload buffer of its own
 *            (b) series v2 of April 2026, buffer rings
 *            (c) Linux 7.3, buffer pools; it still takes (a), queue by queue
 */
#ifndef FUSELAB_WIRE_H
#define FUSELAB_WIRE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OP_READ = 15,
	OP_WRITE = 16,
	OP_OPEN = 14,
	OP_INIT = 26,
	OP_CREATE = 35,
	OP_TMPFILE = 51,
};

/* FUSE_INIT, both directions: bit numbers of the 64-bit flag word. */
#define INIT_MAX_PAGES (1ull << 22)
#define INIT_EXT (1ull << 30)
#define INIT_OVER_IO_URING (1ull << 41)
#define INIT_HAS_BUFPOOL (1ull << 43)

/* fuse_open_out.open_flags */
#define FOPEN_URING_ZERO_COPY (1u << 8)

struct in_header {
	uint32_t len;
	uint32_t opcode;
	uint64_t unique;
	uint64_t nodeid;
	uint32_t uid, gid, pid;
	uint16_t total_extlen;
	uint16_t padding;
};
static_assert(sizeof(struct in_header) == 40, "fuse_in_header");

struct out_header {
	uint32_t len;
	int32_t error;
	uint64_t unique;
};
static_assert(sizeof(struct out_header) == 16, "fuse_out_header");

struct init_in {
	uint32_t major, minor, max_readahead, flags, flags2;
	uint32_t unused[11];
};
static_assert(sizeof(struct init_in) == 64, "fuse_init_in");

struct init_out {
	uint32_t major, minor, max_readahead, flags;
	uint16_t max_background, congestion_threshold;
	uint32_t max_write, time_gran;
	uint16_t max_pages, map_alignment;
	uint32_t flags2, max_stack_depth;
	uint16_t request_timeout, unused[11];
};
static_assert(sizeof(struct init_out) == 64, "fuse_init_out");

struct open_out {
	uint64_t fh;
	uint32_t open_flags;
	int32_t backing_id;
};
static_assert(sizeof(struct open_out) == 16, "fuse_open_out");

/* Size of fuse_entry_out, which comes before fuse_open_out in a CREATE reply. */
#define ENTRY_OUT_BYTES 128

/* fuse_read_in and fuse_write_in agree in all that a server needs. */
struct io_in {
	uint64_t fh;
	uint64_t offset;
	uint32_t size;
	uint32_t io_flags;
	uint64_t lock_owner;
	uint32_t flags;
	uint32_t padding;
};
static_assert(sizeof(struct io_in) == 40, "fuse_read_in, fuse_write_in");

/* fuse_write_in.write_flags: the writer has no CAP_FSETID, so the file loses its set-id bits. */
#define WRITE_KILL_SUIDGID (1u << 2)

struct write_out {
	uint32_t size;
	uint32_t padding;
};

/* ent_in_out.flags, dialect (c): this request's pages are in the entry's slot. */
#define ENT_ZERO_COPY (1ull << 0)

struct ent_in_out {
	uint64_t flags;
	uint64_t commit_id;
	uint32_t payload_sz;
	union {
		/* (c): byte offset of the payload buffer in the pool */
		uint32_t offset;
		/* (b): number of the payload buffer */
		uint16_t buf_id;
	};
	uint64_t reserved;
};
static_assert(sizeof(struct ent_in_out) == 32, "fuse_uring_ent_in_out");

/* The memory that an entry's first iovec (or slot of the header area) names. */
struct ent_header {
	union {
		struct in_header in;
		struct out_header out;
		uint8_t in_out[128];
	};
	uint8_t op_in[128];
	struct ent_in_out ent;
};
static_assert(sizeof(struct ent_header) == 288, "fuse_uring_req_header");

enum fuse_cmd {
	CMD_REGISTER = 1,
	CMD_COMMIT_AND_FETCH = 2,
	CMD_ADD_QUEUE = 3,
	CMD_ADD_BUFPOOL = 4,
};

/* cmd_req.flags of ADD_QUEUE, dialect (c) */
#define QUEUE_ZERO_COPY (1ull << 0)

/* cmd_req.flags of REGISTER, dialect (b) */
#define V2_BUF_RING (1ull << 0)
#define V2_PINNED_HEADERS (1ull << 1)
#define V2_PINNED_BUFFERS (1ull << 2)
#define V2_ZERO_COPY (1ull << 3)

/* The command area of the SQE; all of it is zero but what the command needs. */
struct cmd_req {
	uint64_t flags;
	uint64_t commit_id;
	uint16_t qid;
	uint16_t padding;
	/* (b), REGISTER */
	uint32_t v2_buf_size;
	union {
		/* (b), REGISTER */
		uint16_t v2_queue_depth;
		/* (c), REGISTER */
		uint16_t zero_copy_slot;
		/* (c), ADD_BUFPOOL */
		uint64_t pool_addr;
	};
	uint32_t pool_len;
	uint32_t reserved;
	uint8_t rest[40];
};
static_assert(sizeof(struct cmd_req) == 80, "command area");
static_assert(offsetof(struct cmd_req, v2_buf_size) == 20, "v2 init.buf_size");
static_assert(offsetof(struct cmd_req, zero_copy_slot) == 24, "ent_zero_copy_buf_index");
static_assert(offsetof(struct cmd_req, pool_len) == 32, "bufpool.len");

/* A 128-byte submission entry (IORING_SETUP_SQE128). */
struct sqe128 {
	uint8_t opcode;
	uint8_t flags;
	uint16_t ioprio;
	int32_t fd;
	union {
		uint64_t off;
		struct {
			uint32_t cmd_op;
			uint32_t pad1;
		};
	};
	uint64_t addr;
	uint32_t len;
	/* rw_flags, uring_cmd_flags, timeout_flags ... */
	uint32_t op_flags;
	uint64_t user_data;
	uint16_t buf_index;
	uint16_t personality;
	uint32_t file_index;
	union {
		struct cmd_req cmd;
		uint8_t tail[80];
	};
};
static_assert(sizeof(struct sqe128) == 128, "SQE128");
static_assert(offsetof(struct sqe128, cmd) == 48, "command area");

enum {
	RING_OP_READ_FIXED = 4,
	RING_OP_WRITE_FIXED = 5,
	RING_OP_TIMEOUT = 11,
	RING_OP_READ = 22,
	RING_OP_WRITE = 23,
	RING_OP_URING_CMD = 46,
};

#define SQE_FIXED_FILE (1u << 0)
#define SQE_ASYNC (1u << 4)
#define URING_CMD_FIXED_BUFFER (1u << 0)

#endif
