/* SPDX-License-Identifier: MIT */
/* The server's own words: server, queue, entry. */
#ifndef FUSELAB_SERVER_H
#define FUSELAB_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>
#include "fault.h"
#include "file-table.h"
#include "handle.h"
#include "options.h"
#include "pipe-io.h"
#include "ring.h"
#include "wire.h"

struct fuse_session;
struct server;
struct queue;

/* Where an entry is; the kernel has it, or we do. */
enum entry_state { ENTRY_OUT, ENTRY_PARKED, ENTRY_HELD, ENTRY_STORE_IO, ENTRY_COMMITTED };

/* A long-lived ring command that carries one request after the other. */
struct ring_entry {
	struct queue *queue;
	struct ent_header *header;
	/* dialect (a): the entry's own payload buffer */
	uint8_t *own_payload;
	unsigned int id;
	enum entry_state state;
	/* Of the request in hand: */
	uint8_t *payload;
	uint64_t unique;
	uint64_t commit_id;
	uint32_t opcode;
	bool zero_copied;
	bool replied;
	struct {
		struct handle *handle;
		uint64_t offset;
		uint32_t size;
		uint32_t done;
		int way;
		bool buffered;
		struct pipe_io pipe;
	} io;
	/* a delayed reply, while its timer runs */
	struct {
		int64_t sec, nsec;
		int32_t error;
		uint32_t payload_sz;
	} delayed;
};

/* Counted by the queue's own thread, read by the control thread. */
struct queue_stats {
	atomic_ulong requests;
	atomic_ulong zero_copied;
	atomic_ulong payload_bytes;
	atomic_ulong fixed_bytes;
	atomic_ulong submissions;
	atomic_ulong commits;
	atomic_ulong sync_io;
	atomic_ulong ring_io;
	atomic_ulong pipe_io;
	atomic_ulong retried_buffered;
};

/* What a set-up step or a fault's command gave. */
struct answer {
	const char *call;
	int err;
};

struct queue {
	struct server *server;
	unsigned int qid;
	pthread_t thread;
	struct ring *ring;
	struct ring_entry *entries;
	/* what each entry's REGISTER points to */
	struct iovec (*iovecs)[2];
	/* one mapping each */
	uint8_t *headers;
	uint8_t *payload;
	size_t headers_len;
	size_t payload_len;
	/* the request made whole for libfuse: headers and payload back to back */
	uint8_t *whole;
	/* the pool is a registered buffer of this ring */
	bool pinned;
	/* ADD_QUEUE took the zero-copy flag */
	bool zero_copy;
	/* entries that the kernel or we still have to end */
	unsigned int alive;
	/* woken by a write: stop, a fault, a file to drop */
	int wake_fd;
	uint64_t wake_count;
	struct file_table files;
	atomic_bool held_up;
	/* send one REGISTER that will be refused */
	atomic_bool spoil_register;
	atomic_bool stop;
	/* what went wrong in set-up; call is NULL when nothing did */
	struct answer refusal;
	struct queue_stats stats;
};

/* How the kernel and we agreed; written while INIT is answered, before any queue runs. */
struct agreement {
	bool init_seen;
	uint32_t minor;
	uint64_t offered;
	uint32_t max_write;
	uint32_t max_pages;
	uint32_t payload;
};

enum phase { PHASE_NEW, PHASE_PREPARING, PHASE_GO, PHASE_READY, PHASE_FALLEN };

struct server {
	struct options options;
	struct fuse_session *session;
	int fuse_fd;
	struct agreement agreement;
	/* The mode that carries requests now; asked for is options.mode. */
	atomic_int mode;
	/* Why that is another than the one asked for; the kernel's own answer where there is one. */
	char why[256];
	/* `why` tells what came of another queue's refusal */
	bool why_follows;
	/* The kernel does not announce what the mode needs, so nothing was tried. */
	bool unsupported;
	struct queue *queues;
	unsigned int nr_queues;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum phase phase;
	/* queues that have reached the present phase, well or not */
	unsigned int prepared;
	unsigned int entered;
	unsigned int ended;
	unsigned int failed;
	/* all threads have ended and been joined, as a fall-back does before the end */
	bool joined;
	/* the connection is dead and its time to wind up is over */
	atomic_bool gone;
	atomic_ulong devfuse_requests;
	struct faults faults;
	/* connection number, minor of the mount's device; 0: not mounted yet */
	unsigned int connection;
	void (*on_ready)(struct server *server);
};

/* setup.c */
/* Makes every queue's thread, memory and ring; 0, or a negative errno with server->why set and all of it gone again. */
int queues_prepare(struct server *server);
/* The INIT reply is with the kernel: the queues may register. */
void queues_go(struct server *server);
/* Tells all queues to end and waits at most `seconds`; gives the number of queues that have not. */
unsigned int queues_stop(struct server *server, unsigned int seconds);

/* queue.c */
/* The entry whose request this thread is serving, or NULL. */
struct ring_entry *current_entry(void);
/* Takes libfuse's reply to the current entry's request; gives the bytes taken or -1 with errno. */
ssize_t entry_reply(struct ring_entry *entry, const struct out_header *out, const struct iovec *body, int count);
/* Ends the request in hand with an error (negative) and no payload. */
void entry_fail(struct ring_entry *entry, int error);
/* The reply is in place: hands it to the kernel. */
void entry_commit(struct ring_entry *entry, int32_t error, uint32_t payload_sz);
void queue_wake(struct queue *queue);
/* A closed file leaves all tables. */
void queues_forget(struct server *server, struct handle *handle);

/* session.c: decodes a whole request and replies through current_entry() */
void session_process(struct server *server, void *request, size_t len);

#endif
