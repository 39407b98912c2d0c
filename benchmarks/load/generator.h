/*
 * The load generator: many WebSocket clients (RFC 6455) in one thread, on epoll. It is told what to do on standard input, one command
 * a line, and answers each with one line of JSON; in between it reads what comes and answers pings.
 */
#ifndef GENERATOR_H
#define GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ROOMS 64
#define HASH_CHARS 32
#define EPOCH_CHARS 40
#define NS_PER_S 1000000000LL
#define NS_PER_MS 1000000.0

/* ── clock.c ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

int64_t now_ns(void);
void seed_random(uint64_t seed);
uint64_t random_bits(void);
/* Above 0, at most 1. */
double random_share(void);

/* ── numbers.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Latencies of single deliveries: buckets of 1/64 of a power of two, so that a quantile is off by less than 2 %. */
#define HISTOGRAM_BUCKETS (64 * 48)
struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total;
};
void histogram_add(struct histogram *histogram, int64_t ns);
double histogram_ms(const struct histogram *histogram, double share);
/* Sorts the values. */
double quantile_ms(int64_t *values, size_t count, double share);

/* ── process.c ───────────────────────────────────────────────────────────────────────────────────────────────────── */

struct usage {
  int64_t at_ns;
  int64_t cpu_ns;      /* of all threads of the process, from /proc/<pid>/stat */
  int64_t thread_ns;   /* of its first thread, which in Node runs the program */
  int64_t rss_bytes;
  int64_t own_cpu_ns;  /* of this generator */
};
void read_usage(int pid, struct usage *usage);

/* ── The connections ─────────────────────────────────────────────────────────────────────────────────────────────── */

enum state { CLOSED, CONNECTING, UPGRADING, GREETING, WELCOMED, COMPLETE };

struct position {
  int64_t offset; /* -1: not known */
  char epoch[EPOCH_CHARS];
  char hash[HASH_CHARS + 1];
};

struct connection {
  int fd;
  enum state state;
  int index;
  int room;
  const char *hello;
  bool wants_write;
  /* What was read and is not a whole frame yet; what could not be written yet. */
  char *rest, *unsent;
  size_t rest_bytes, unsent_bytes;
  /* A message whose end has not come yet (RFC 6455 §5.4). */
  char *fragments;
  size_t fragment_bytes;
  int64_t began_ns, welcomed_ns, completed_ns, retry_at_ns;
  /* Messages from this one on are expected live; what is older and comes is caught up with. */
  int64_t ready_since;
  /* The first message that was sent while this connection was cut; -1: it was never cut. */
  int64_t missed_from;
  int64_t missed_to;
  int64_t caught;
  int64_t last_rank;
  uint8_t *seen;
  /* Of a sender. */
  int unacked;
  int64_t next_seq;
  double tokens;
  int64_t tokens_at_ns, cool_until_ns;
  /* Of LMS Live: where it stands, and where the logs ended at the welcome. */
  struct position all, me;
  int64_t head_all, head_me;
  /* Of socket.io: what its recovery asks for. */
  char session[64];
  char last_id[64];
};

extern struct connection *connections;
extern int connection_count;
extern int ready_in_room[MAX_ROOMS];

/* ── socket.c ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct target {
  int port;
  int addresses; /* sources 127.0.0.1 and on, taken in turn */
  char path[128];
  char subprotocol[32];
};
void sockets_open(const struct target *target, int epoll);
void connect_start(struct connection *connection);
void connection_event(struct connection *connection, uint32_t events);
void send_text(struct connection *connection, const char *text, size_t bytes);
/* Without a close frame, as a cut wire would look to this side; the peer is sent a RST. */
void connection_cut(struct connection *connection);

/* ── dialect.c: what is said over the socket ─────────────────────────────────────────────────────────────────────── */

enum dialect { OURS, PLAIN, SOCKETIO };
extern enum dialect dialect;
/* Characters of the text of a message, so that `{"id":"<21>","text":"…"}` has 200 bytes. */
#define TEXT_CHARS 160
void on_upgraded(struct connection *connection);
void on_text(struct connection *connection, char *text, size_t bytes, int64_t at_ns);
void on_closed(struct connection *connection, int code, const char *reason);
void send_message(struct connection *connection, int64_t number);

/* ── traffic.c: what was sent, and to whom it came ───────────────────────────────────────────────────────────────── */

struct counters {
  uint64_t deliveries, delivered_bytes, duplicates, reordered, gaps, phantoms, caught, strays, other_frames, other_bytes;
  uint64_t refused, closed, retries;
  int last_close_code;
  char last_refusal[64];
};
extern struct counters counters;

struct traffic {
  double rate;          /* messages per second; 0: as many as `window` lets */
  int window;           /* messages on their way at once, where there is no rate */
  double seconds, warmup_seconds;
  int64_t messages;     /* ends after so many; 0: by time */
  bool poisson;
  int from, to;         /* the senders */
  int pid;              /* of the server; 0: its use is not read */
  int watched;          /* the latency of single deliveries is that of the first so many connections */
};

void traffic_capacity(int64_t messages);
void traffic_begin(const struct traffic *traffic);
/* Sends what is due. Returns the nanoseconds to the next, or -1 when the phase is over. */
int64_t traffic_step(void);
void traffic_report(void);
void on_delivery(struct connection *connection, int64_t number, size_t bytes, int64_t at_ns);
void on_ack(struct connection *connection, int64_t number, int64_t at_ns);
void on_refused(struct connection *connection, int64_t number, int64_t wait_ms, const char *code);
void on_ready(struct connection *connection, int64_t at_ns);
void on_gone(struct connection *connection);
int64_t messages_sent(void);

void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
