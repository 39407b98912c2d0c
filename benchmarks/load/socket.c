#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "generator.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

/* One for all connections: what is left over is kept by each. A frame has to fit. */
#define READ_BYTES (8 << 20)
#define READ_AT_ONCE (256 << 10)
/* The example of RFC 6455 §1.3 with its answer: the answer is checked without a SHA-1. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum opcode { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

static struct target target;
static int epoll;
static char *input;

void sockets_open(const struct target *to, int epoll_fd) {
  target = *to;
  epoll = epoll_fd;
  input = malloc(READ_BYTES);
  if (input == NULL) die("There is no memory to read into.");
}

static void watch(struct connection *connection, bool writes, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (writes ? EPOLLOUT : 0u), .data.ptr = connection};
  if (epoll_ctl(epoll, operation, connection->fd, &event) != 0) die("epoll_ctl: %s", strerror(errno));
  connection->wants_write = writes;
}

static void forget(struct connection *connection) {
  if (connection->fd >= 0) close(connection->fd);
  connection->fd = -1;
  free(connection->rest);
  free(connection->fragments);
  free(connection->unsent);
  connection->rest = connection->unsent = connection->fragments = NULL;
  connection->rest_bytes = connection->unsent_bytes = connection->fragment_bytes = 0;
  on_gone(connection);
  connection->state = CLOSED;
}

static void broken(struct connection *connection, int code, const char *reason) {
  forget(connection);
  on_closed(connection, code, reason);
}

void connect_start(struct connection *connection) {
  int one = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("No socket for connection %d: %s. Raise `ulimit -n`.", connection->index, strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (target.addresses > 1) {
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(connection->index % target.addresses))};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) != 0) die("bind: %s", strerror(errno));
  }
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)target.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
    die("connect of %d: %s", connection->index, strerror(errno));
  connection->fd = fd;
  connection->state = CONNECTING;
  connection->began_ns = now_ns();
  connection->retry_at_ns = connection->welcomed_ns = connection->completed_ns = 0;
  watch(connection, true, EPOLL_CTL_ADD);
}

void connection_cut(struct connection *connection) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  if (connection->fd < 0) return;
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  forget(connection);
}

static void write_bytes(struct connection *connection, const char *bytes, size_t count) {
  if (connection->fd < 0) return;
  ssize_t written = 0;
  if (connection->unsent_bytes == 0) {
    written = send(connection->fd, bytes, count, MSG_NOSIGNAL);
    if (written < 0 && errno != EAGAIN) return; /* The reading side hears of it. */
    if (written < 0) written = 0;
    if ((size_t)written == count) return;
  }
  size_t left = count - (size_t)written;
  connection->unsent = realloc(connection->unsent, connection->unsent_bytes + left);
  if (connection->unsent == NULL) die("There is no memory for what is unsent.");
  memcpy(connection->unsent + connection->unsent_bytes, bytes + written, left);
  connection->unsent_bytes += left;
  if (!connection->wants_write) watch(connection, true, EPOLL_CTL_MOD);
}

static void write_unsent(struct connection *connection) {
  if (connection->unsent_bytes > 0) {
    ssize_t written = send(connection->fd, connection->unsent, connection->unsent_bytes, MSG_NOSIGNAL);
    if (written <= 0) return;
    connection->unsent_bytes -= (size_t)written;
    memmove(connection->unsent, connection->unsent + written, connection->unsent_bytes);
  }
  if (connection->unsent_bytes == 0) watch(connection, false, EPOLL_CTL_MOD);
}

/* A client masks what it sends, with a key that nobody can foresee (RFC 6455 §5.3). */
static void send_frame(struct connection *connection, enum opcode opcode, const char *payload, size_t bytes) {
  char frame[24 << 10];
  if (bytes + 8 > sizeof frame) die("A frame of %zu bytes is too large to send.", bytes);
  size_t at = 0;
  frame[at++] = (char)(0x80 | opcode);
  if (bytes < 126) {
    frame[at++] = (char)(0x80 | bytes);
  } else {
    frame[at++] = (char)(0x80 | 126);
    frame[at++] = (char)(bytes >> 8);
    frame[at++] = (char)bytes;
  }
  uint32_t key = (uint32_t)random_bits();
  const char *mask = (const char *)&key;
  memcpy(frame + at, mask, 4);
  at += 4;
  for (size_t index = 0; index < bytes; index += 1) frame[at + index] = payload[index] ^ mask[index & 3];
  write_bytes(connection, frame, at + bytes);
}

void send_text(struct connection *connection, const char *text, size_t bytes) {
  send_frame(connection, TEXT, text, bytes);
}

static void send_upgrade(struct connection *connection) {
  char request[1024];
  int bytes = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n%s%s%s\r\n",
                       target.path, target.port, target.subprotocol[0] ? "Sec-WebSocket-Protocol: " : "",
                       target.subprotocol, target.subprotocol[0] ? "\r\n" : "");
  connection->state = UPGRADING;
  watch(connection, false, EPOLL_CTL_MOD);
  write_bytes(connection, request, (size_t)bytes);
}

/* Returns the bytes of the answer, 0 where it is not whole yet. */
static size_t read_upgrade(struct connection *connection, char *bytes, size_t count) {
  char *end = memmem(bytes, count, "\r\n\r\n", 4);
  if (end == NULL) return 0;
  size_t head = (size_t)(end - bytes) + 4;
  if (memcmp(bytes, "HTTP/1.1 101", 12) != 0 || memmem(bytes, head, ACCEPT, strlen(ACCEPT)) == NULL) {
    char *line = memchr(bytes, '\r', count);
    char reason[64];
    snprintf(reason, sizeof reason, "no upgrade: %.*s", (int)(line - bytes), bytes);
    broken(connection, 1002, reason);
    return 0;
  }
  connection->state = GREETING;
  on_upgraded(connection);
  return head;
}

static void add_fragment(struct connection *connection, const char *bytes, size_t count) {
  /* One more, so that an empty one is there as well. */
  connection->fragments = realloc(connection->fragments, connection->fragment_bytes + count + 1);
  if (connection->fragments == NULL) die("There is no memory for a message.");
  memcpy(connection->fragments + connection->fragment_bytes, bytes, count);
  connection->fragment_bytes += count;
}

/* Returns the bytes of the frame, 0 where it is not whole yet. */
static size_t read_frame(struct connection *connection, char *bytes, size_t count, int64_t at_ns) {
  const uint8_t *head = (const uint8_t *)bytes;
  if (count < 2) return 0;
  size_t length = head[1] & 0x7f, at = 2;
  if (length == 126) {
    if (count < 4) return 0;
    length = (size_t)head[2] << 8 | head[3];
    at = 4;
  } else if (length == 127) {
    if (count < 10) return 0;
    length = 0;
    for (int index = 2; index < 10; index += 1) length = length << 8 | head[index];
    at = 10;
  }
  if (count < at + length) return 0;
  char *payload = bytes + at;
  bool is_last = (head[0] & 0x80) != 0;
  /* None of the servers compresses; what this could not read it does not pass over. */
  if ((head[0] & 0x70) != 0 || (head[1] & 0x80) != 0) die("A frame begins with %02x %02x.", head[0], head[1]);
  switch (head[0] & 0x0f) {
    case TEXT:
      if (connection->fragments != NULL) die("A message begins within another.");
      if (is_last) on_text(connection, payload, length, at_ns);
      else add_fragment(connection, payload, length);
      break;
    case CONTINUATION:
      if (connection->fragments == NULL) die("A message goes on that has not begun.");
      add_fragment(connection, payload, length);
      if (is_last) {
        char *message = connection->fragments;
        connection->fragments = NULL;
        on_text(connection, message, connection->fragment_bytes, at_ns);
        connection->fragment_bytes = 0;
        free(message);
      }
      break;
    case PING: send_frame(connection, PONG, payload, length); break;
    case PONG: break;
    case CLOSE: {
      char reason[128] = "";
      int code = length >= 2 ? (uint8_t)payload[0] << 8 | (uint8_t)payload[1] : 1005;
      if (length > 2) snprintf(reason, sizeof reason, "%.*s", (int)(length - 2), payload + 2);
      send_frame(connection, CLOSE, payload, length < 2 ? 0 : 2);
      broken(connection, code, reason);
      break;
    }
    default: die("A frame has the opcode %d.", head[0] & 0x0f);
  }
  return at + length;
}

static void read_input(struct connection *connection) {
  size_t have = connection->rest_bytes;
  if (have > 0) memcpy(input, connection->rest, have);
  size_t room = READ_BYTES - have;
  if (room == 0) die("A frame is larger than %d bytes.", READ_BYTES);
  ssize_t got = recv(connection->fd, input + have, room < READ_AT_ONCE ? room : READ_AT_ONCE, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    broken(connection, 1006, got == 0 ? "ended" : strerror(errno));
    return;
  }
  int64_t at_ns = now_ns();
  size_t count = have + (size_t)got, used = 0;
  while (connection->fd >= 0 && used < count) {
    size_t bytes = connection->state == UPGRADING ? read_upgrade(connection, input + used, count - used)
                                                  : read_frame(connection, input + used, count - used, at_ns);
    if (bytes == 0) break;
    used += bytes;
  }
  if (connection->fd < 0) return;
  size_t left = count - used;
  if (left == 0) {
    free(connection->rest);
    connection->rest = NULL;
  } else {
    /* `input` keeps what was read: nothing in between may read for another connection. */
    connection->rest = realloc(connection->rest, left);
    if (connection->rest == NULL) die("There is no memory for the rest of a frame.");
    memcpy(connection->rest, input + used, left);
  }
  connection->rest_bytes = left;
}

void connection_event(struct connection *connection, uint32_t events) {
  if (connection->fd < 0) return;
  if (connection->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) broken(connection, 1006, strerror(error));
    else if (events & EPOLLOUT) send_upgrade(connection);
    return;
  }
  if (events & EPOLLOUT) write_unsent(connection);
  if (connection->fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read_input(connection);
}
