/*
 * What this machine can do at best: everybody is in one room, and whatever came in one turn goes to each member in one write. No library,
 * no token, no order, no log. It knows the frames of the load generator and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SOCKETS 20000
#define EVENTS_AT_ONCE 1024
#define INPUT_BYTES 4096
#define OUTPUT_BYTES (8 << 20)
#define BACKLOG 512

enum state { FREE, UPGRADING, GREETING, MEMBER };

static struct member {
  enum state state;
  size_t bytes;
  char input[INPUT_BYTES];
} members[MAX_SOCKETS];
static int highest;
static char output[OUTPUT_BYTES];
static size_t output_bytes;

static const char upgraded[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char welcome[] = "\x81\x13{\"frame\":\"welcome\"}";

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void leave(int fd) {
  members[fd].state = FREE;
  close(fd);
}

/* A reader that is too slow is cut off: the generator reports it as closed. */
static void tell(int fd, const char *bytes, size_t count) {
  if (send(fd, bytes, count, MSG_NOSIGNAL) != (ssize_t)count) leave(fd);
}

static void add(const char *payload, size_t length) {
  if (output_bytes + length + 4 > OUTPUT_BYTES) return;
  output[output_bytes++] = (char)0x81;
  if (length < 126) output[output_bytes++] = (char)length;
  else {
    output[output_bytes++] = 126;
    output[output_bytes++] = (char)(length >> 8);
    output[output_bytes++] = (char)length;
  }
  memcpy(output + output_bytes, payload, length);
  output_bytes += length;
}

/* Returns the bytes of the frame, 0 where it is not whole. */
static size_t read_frame(int fd, char *bytes, size_t count) {
  if (count < 2) return 0;
  size_t length = (uint8_t)bytes[1] & 0x7f, at = 2;
  if (length == 126) {
    if (count < 4) return 0;
    length = (size_t)(uint8_t)bytes[2] << 8 | (uint8_t)bytes[3];
    at = 4;
  }
  if (count < at + 4 + length) return 0;
  char *mask = bytes + at, *payload = mask + 4;
  for (size_t index = 0; index < length; index += 1) payload[index] ^= mask[index & 3];
  if (members[fd].state == GREETING) {
    members[fd].state = MEMBER;
    tell(fd, welcome, sizeof welcome - 1);
  } else if ((bytes[0] & 0x0f) == 1) {
    add(payload, length);
  }
  return at + 4 + length;
}

static void take(int fd) {
  struct member *member = &members[fd];
  ssize_t got = recv(fd, member->input + member->bytes, INPUT_BYTES - member->bytes, 0);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) leave(fd);
    return;
  }
  member->bytes += (size_t)got;
  size_t used = 0;
  if (member->state == UPGRADING) {
    char *end = memmem(member->input, member->bytes, "\r\n\r\n", 4);
    if (end == NULL) return;
    used = (size_t)(end - member->input) + 4;
    member->state = GREETING;
    tell(fd, upgraded, sizeof upgraded - 1);
  }
  for (size_t bytes; member->state != FREE && (bytes = read_frame(fd, member->input + used, member->bytes - used)) > 0;) used += bytes;
  member->bytes -= used;
  memmove(member->input, member->input + used, member->bytes);
}

static void welcome_all(int listener, int epoll) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int one = 1;
    if (fd >= MAX_SOCKETS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    members[fd].state = UPGRADING;
    members[fd].bytes = 0;
    if (fd > highest) highest = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }
}

int main(int count, char **words) {
  if (count != 2) fail("It takes a port");
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, BACKLOG) != 0) fail("listen");
  struct epoll_event first = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &first);
  puts("ready");
  fflush(stdout);
  for (;;) {
    static struct epoll_event events[EVENTS_AT_ONCE];
    int ready = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1);
    for (int index = 0; index < ready; index += 1) {
      if (events[index].data.fd == listener) welcome_all(listener, epoll);
      else take(events[index].data.fd);
    }
    for (int fd = 0; output_bytes > 0 && fd <= highest; fd += 1)
      if (members[fd].state == MEMBER) tell(fd, output, output_bytes);
    output_bytes = 0;
  }
}
