// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "control.h"
#include "report.h"

/* An order is short; whoever sends more is hung up on. */
#define LONGEST_ORDER 65536
#define MAX_CLIENTS (CONTROL_FDS - 1)

struct client {
	int fd;
	size_t len;
	char text[LONGEST_ORDER];
};

struct control {
	int listener;
	char *path;
	order_fn order;
	void *context;
	struct client clients[MAX_CLIENTS];
};

int control_open(struct control **control, const char *path, order_fn order, void *context)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct control *made = calloc(1, sizeof(*made));
	size_t len;

	if (!made)
		return -ENOMEM;
	*made = (struct control){ .order = order, .context = context, .listener = -1 };
	for (int i = 0; i < MAX_CLIENTS; i++)
		made->clients[i].fd = -1;
	made->path = strdup(path);
	len = strlen(path);
	if (len >= sizeof(address.sun_path)) {
		control_close(made);
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, len + 1);
	made->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (made->listener < 0 || bind(made->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(made->listener, MAX_CLIENTS)) {
		int err = -errno;

		/* Not ours to unlink: somebody else may listen there. */
		free(made->path);
		made->path = NULL;
		control_close(made);
		return err;
	}
	*control = made;
	return 0;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	for (int i = 0; i < MAX_CLIENTS; i++)
		if (control->clients[i].fd >= 0)
			close(control->clients[i].fd);
	if (control->listener >= 0)
		close(control->listener);
	if (control->path)
		unlink(control->path);
	free(control->path);
	free(control);
}

unsigned int control_poll(const struct control *control, struct pollfd *fds)
{
	fds[0] = (struct pollfd){ .fd = control ? control->listener : -1, .events = POLLIN };
	for (int i = 0; i < MAX_CLIENTS; i++)
		fds[1 + i] = (struct pollfd){ .fd = control ? control->clients[i].fd : -1, .events = POLLIN };
	return CONTROL_FDS;
}

static void hang_up(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	client->len = 0;
}

static void send_line(struct client *client, const json_t *message)
{
	char *line = json_dumps(message, JSON_COMPACT);
	size_t len = line ? strlen(line) : 0;

	if (!line)
		return;
	line[len++] = '\n';
	/* A client that does not read must not stop the server. */
	if (send(client->fd, line, len, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)len)
		hang_up(client);
	free(line);
}

void control_tell(struct control *control, json_t *message)
{
	for (int i = 0; control && i < MAX_CLIENTS; i++)
		if (control->clients[i].fd >= 0)
			send_line(&control->clients[i], message);
	json_decref(message);
}

static void obey(struct control *control, struct client *client, const char *line, size_t len)
{
	json_error_t error;
	json_t *order = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const char *type = json_string_value(json_object_get(order, "type"));
	json_t *answer;

	if (!order)
		answer = report_error(error.text);
	else if (!type)
		answer = report_error("wanted an object with a type");
	else
		answer = control->order(control->context, type, order);
	if (answer)
		send_line(client, answer);
	json_decref(answer);
	json_decref(order);
}

static void receive(struct control *control, struct client *client)
{
	ssize_t got = recv(client->fd, client->text + client->len, sizeof(client->text) - client->len, MSG_DONTWAIT);
	char *newline;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		hang_up(client);
		return;
	}
	client->len += (size_t)got;
	while (client->fd >= 0 && (newline = memchr(client->text, '\n', client->len))) {
		size_t len = (size_t)(newline - client->text);

		obey(control, client, client->text, len);
		if (client->fd < 0)
			return;
		client->len -= len + 1;
		memmove(client->text, newline + 1, client->len);
	}
	if (client->len == sizeof(client->text))
		hang_up(client);
}

void control_serve(struct control *control, const struct pollfd *fds, unsigned int count)
{
	if (!control)
		return;
	for (unsigned int i = 1; i < count; i++)
		if (fds[i].revents && control->clients[i - 1].fd == fds[i].fd)
			receive(control, &control->clients[i - 1]);
	if (!fds[0].revents)
		return;
	int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);

	for (int i = 0; i < MAX_CLIENTS && fd >= 0; i++)
		if (control->clients[i].fd < 0) {
			control->clients[i].fd = fd;
			fd = -1;
		}
	if (fd >= 0)
		close(fd);
}
