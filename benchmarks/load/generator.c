#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "generator.h"

/* So few, that between them what is due is sent in time. */
#define EVENTS_AT_ONCE 64
/* The commands that are waited for end by themselves; a server that hangs does not. */
#define OPEN_LIMIT_NS (60 * NS_PER_S)
/* Of what servers say when they send somebody away; all of it is counted. */
#define MAX_TOLD 3
/* Whoever is closed comes back after a random time up to this, as the protocol has it for the first ten seconds. */
#define COME_BACK_NS NS_PER_S

struct connection *connections;
int connection_count;
int ready_in_room[MAX_ROOMS];

static int epoll;
static char *hellos;

void die(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fputs("load generator: ", stderr);
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  va_end(list);
  exit(1);
}

/* The value of ` name=…` in a line of words; the default where it is not named. */
static double option(const char *line, const char *name, double otherwise) {
  char word[64];
  snprintf(word, sizeof word, " %s=", name);
  const char *found = strstr(line, word);
  return found == NULL ? otherwise : strtod(found + strlen(word), NULL);
}

static int whole(const char *line, const char *name, int otherwise) {
  return (int)option(line, name, otherwise);
}

/* ── The loop ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Handles what has come; waits for it at most so long. Returns whether standard input has something. */
static bool turn(int64_t wait_ns) {
  struct epoll_event events[EVENTS_AT_ONCE];
  struct timespec wait = {.tv_sec = wait_ns / NS_PER_S, .tv_nsec = wait_ns % NS_PER_S};
  int count = epoll_pwait2(epoll, events, EVENTS_AT_ONCE, wait_ns < 0 ? NULL : &wait, NULL);
  if (count < 0 && errno != EINTR) die("epoll_pwait2: %s", strerror(errno));
  bool told = false;
  for (int index = 0; index < count; index += 1) {
    if (events[index].data.ptr == NULL) told = true;
    else connection_event(events[index].data.ptr, events[index].events);
  }
  return told;
}

void on_closed(struct connection *connection, int code, const char *reason) {
  static int told;
  counters.closed += 1;
  counters.last_close_code = code;
  if (told++ < MAX_TOLD) fprintf(stderr, "Connection %d was closed: %d %s\n", connection->index, code, reason);
  connection->retry_at_ns = now_ns() + (int64_t)(random_share() * COME_BACK_NS);
}

/* ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct opening {
  int from, to, next, concurrency, connects;
  bool retries;
  int64_t began_ns;
};

static void print_quantiles(const char *name, int64_t *values, size_t count) {
  printf("\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, quantile_ms(values, count, 0.5), quantile_ms(values, count, 0.99),
         quantile_ms(values, count, 1));
}

static bool is_done(const struct connection *connection) {
  return connection->state == COMPLETE || (connection->state == CLOSED && connection->began_ns != 0);
}

/* What was sent while it was cut; what was sent during its own way back included. */
static bool has_caught_up(const struct connection *connection) {
  return connection->state == COMPLETE && connection->caught >= connection->missed_to - connection->missed_from;
}

/* Opens what is not open, so many at once. Returns whether all of them have come to an end. */
static bool open_step(struct opening *opening, int64_t at_ns) {
  int under_way = 0, done = 0;
  for (int index = opening->from; index < opening->next; index += 1) {
    struct connection *connection = &connections[index];
    if (opening->retries && connection->state == CLOSED && connection->retry_at_ns <= at_ns) {
      counters.retries += 1;
      opening->connects += 1;
      connect_start(connection);
    }
    if (connection->state == COMPLETE || (!opening->retries && is_done(connection))) done += 1;
    else under_way += 1;
  }
  while (opening->next < opening->to && under_way < opening->concurrency) {
    struct connection *connection = &connections[opening->next++];
    if (connection->state != CLOSED) continue;
    connect_start(connection);
    opening->connects += 1;
    under_way += 1;
  }
  return done == opening->to - opening->from;
}

static void report_opening(const struct opening *opening, int64_t until_ns) {
  size_t most = (size_t)(opening->to - opening->from), count = 0;
  int64_t *welcome = malloc(most * sizeof *welcome), *complete = malloc(most * sizeof *complete);
  int64_t last_welcome = opening->began_ns, last_complete = opening->began_ns;
  if (welcome == NULL || complete == NULL) die("There is no memory for the report.");
  for (int index = opening->from; index < opening->to; index += 1) {
    const struct connection *connection = &connections[index];
    if (connection->state != COMPLETE) continue;
    welcome[count] = connection->welcomed_ns - connection->began_ns;
    complete[count++] = connection->completed_ns - connection->began_ns;
    if (connection->welcomed_ns > last_welcome) last_welcome = connection->welcomed_ns;
    if (connection->completed_ns > last_complete) last_complete = connection->completed_ns;
  }
  double welcome_s = (double)(last_welcome - opening->began_ns) / NS_PER_S, complete_s = (double)(last_complete - opening->began_ns) / NS_PER_S;
  printf("{\"asked\":%zu,\"connects\":%d,\"complete\":%zu,\"closed\":%llu,\"lastCloseCode\":%d,\"retries\":%llu,\"ms\":%.1f,\"welcomesPerSecond\":%.0f,"
         "\"completesPerSecond\":%.0f,",
         most, opening->connects, count, (unsigned long long)counters.closed, counters.last_close_code, (unsigned long long)counters.retries,
         (double)(until_ns - opening->began_ns) / NS_PER_MS, welcome_s <= 0 ? 0 : (double)count / welcome_s,
         complete_s <= 0 ? 0 : (double)count / complete_s);
  print_quantiles("welcomeMs", welcome, count);
  putchar(',');
  print_quantiles("completeMs", complete, count);
  puts("}");
  fflush(stdout);
  free(welcome);
  free(complete);
}

static void open_command(const char *line) {
  struct opening opening = {.from = whole(line, "from", 0),
                            .concurrency = whole(line, "concurrency", 64),
                            .retries = whole(line, "retries", 0) != 0,
                            .began_ns = now_ns()};
  counters.retries = counters.closed = 0;
  opening.to = opening.from + whole(line, "count", connection_count);
  opening.next = opening.from;
  if (opening.to > connection_count) die("There are %d connections.", connection_count);
  while (!open_step(&opening, now_ns()) && now_ns() - opening.began_ns < OPEN_LIMIT_NS) turn(NS_PER_S / 1000);
  report_opening(&opening, now_ns());
}

static void traffic_command(const char *line) {
  struct traffic traffic = {
      .rate = option(line, "rate", 0),
      .window = whole(line, "window", 1),
      .seconds = option(line, "seconds", 5),
      .warmup_seconds = option(line, "warmup", 1),
      .messages = whole(line, "messages", 0),
      .poisson = whole(line, "poisson", 0) != 0,
      .from = whole(line, "from", 0),
      .to = whole(line, "to", connection_count),
      .pid = whole(line, "pid", 0),
      .watched = connection_count,
  };
  seed_random((uint64_t)option(line, "seed", 1));
  traffic_begin(&traffic);
  for (int64_t wait_ns = 0; (wait_ns = traffic_step()) >= 0;) turn(wait_ns);
  traffic_report();
}

static void cut_command(const char *line) {
  int from = whole(line, "from", 0), to = from + whole(line, "count", connection_count);
  for (int index = from; index < to; index += 1) {
    struct connection *connection = &connections[index];
    connection_cut(connection);
    connection->missed_from = messages_sent();
    connection->caught = 0;
  }
  printf("{\"cut\":%d}\n", to - from);
  fflush(stdout);
}

/* Everybody who was cut comes back at once, while others talk on; ends when the last of them has what it missed. */
static void back_command(const char *line) {
  struct opening opening = {.from = whole(line, "from", 0), .retries = true};
  opening.to = opening.from + whole(line, "count", connection_count);
  opening.next = opening.from;
  opening.concurrency = whole(line, "concurrency", opening.to - opening.from);
  bool waits = whole(line, "recovers", 1) != 0;
  struct traffic traffic = {.rate = option(line, "rate", 20),
                            .seconds = option(line, "seconds", 5),
                            .from = whole(line, "talkersFrom", 0),
                            .to = whole(line, "talkersTo", 1),
                            .pid = whole(line, "pid", 0),
                            .watched = opening.from};
  counters.retries = counters.closed = 0;
  opening.began_ns = now_ns();
  traffic_begin(&traffic);
  int64_t last_ns = 0;
  for (int64_t wait_ns = 0; (wait_ns = traffic_step()) >= 0 || last_ns == 0;) {
    int64_t at_ns = now_ns();
    if (last_ns == 0 && open_step(&opening, at_ns)) {
      bool all = true;
      for (int index = opening.from; waits && all && index < opening.to; index += 1) all = has_caught_up(&connections[index]);
      if (all) last_ns = at_ns;
    }
    if (at_ns - opening.began_ns > OPEN_LIMIT_NS) break;
    turn(wait_ns < 0 || wait_ns > NS_PER_S / 1000 ? NS_PER_S / 1000 : wait_ns);
  }
  int64_t missed = 0, caught = 0, whole_again = 0;
  for (int index = opening.from; index < opening.to; index += 1) {
    const struct connection *connection = &connections[index];
    missed += connection->missed_to - connection->missed_from;
    caught += connection->caught;
    whole_again += has_caught_up(connection);
  }
  printf("{\"lastMs\":%.1f,\"missed\":%lld,\"caught\":%lld,\"wholeAgain\":%lld}\n",
         last_ns == 0 ? -1 : (double)(last_ns - opening.began_ns) / NS_PER_MS, (long long)missed, (long long)caught, (long long)whole_again);
  report_opening(&opening, last_ns == 0 ? now_ns() : last_ns);
  traffic_report();
}

static void run_command(const char *line) {
  if (strncmp(line, "open", 4) == 0) open_command(line);
  else if (strncmp(line, "traffic", 7) == 0) traffic_command(line);
  else if (strncmp(line, "cut", 3) == 0) cut_command(line);
  else if (strncmp(line, "back", 4) == 0) back_command(line);
  else if (strncmp(line, "quit", 4) == 0) exit(0);
  else die("There is no command like: %s", line);
}

/* ── The beginning ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* A line for each connection: the number of its room, a tab, and the text of its hello. */
static void read_hellos(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) die("%s: %s", path, strerror(errno));
  fseek(file, 0, SEEK_END);
  size_t bytes = (size_t)ftell(file);
  rewind(file);
  hellos = malloc(bytes + 1);
  if (hellos == NULL || fread(hellos, 1, bytes, file) != bytes) die("%s cannot be read.", path);
  fclose(file);
  hellos[bytes] = 0;
  for (char *at = hellos; *at != 0; at += 1) connection_count += *at == '\n';
  connections = calloc((size_t)connection_count, sizeof *connections);
  if (connections == NULL) die("There is no memory for %d connections.", connection_count);
  char *line = hellos;
  for (int index = 0; index < connection_count; index += 1) {
    struct connection *connection = &connections[index];
    char *end = strchr(line, '\n'), *hello = NULL;
    *end = 0;
    connection->fd = -1;
    connection->index = index;
    connection->room = (int)strtol(line, &hello, 10);
    if (connection->room < 0 || connection->room >= MAX_ROOMS || *hello != '\t') die("Line %d of %s cannot be read.", index + 1, path);
    connection->hello = hello + 1;
    connection->all.offset = connection->me.offset = -1;
    connection->missed_from = connection->last_rank = -1;
    line = end + 1;
  }
}

int main(int count, char **words) {
  struct target target = {.port = 0, .addresses = 1, .path = "/", .subprotocol = ""};
  int64_t capacity = 100000;
  for (int index = 1; index < count; index += 1) {
    char *value = strchr(words[index], '=');
    if (value == NULL) die("%s is not like name=value.", words[index]);
    *value++ = 0;
    const char *name = words[index];
    if (strcmp(name, "port") == 0) target.port = atoi(value);
    else if (strcmp(name, "addresses") == 0) target.addresses = atoi(value);
    else if (strcmp(name, "path") == 0) snprintf(target.path, sizeof target.path, "%s", value);
    else if (strcmp(name, "subprotocol") == 0) snprintf(target.subprotocol, sizeof target.subprotocol, "%s", value);
    else if (strcmp(name, "messages") == 0) capacity = atoll(value);
    else if (strcmp(name, "hellos") == 0) read_hellos(value);
    else if (strcmp(name, "dialect") == 0) dialect = strcmp(value, "ours") == 0 ? OURS : strcmp(value, "socketio") == 0 ? SOCKETIO : PLAIN;
    else die("There is no option %s.", name);
  }
  if (connection_count == 0 || target.port == 0) die("It takes hellos= and port=.");
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < (rlim_t)connection_count + 16) die("%d connections need a higher `ulimit -n` than %lu.", connection_count, (unsigned long)files.rlim_cur);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  sockets_open(&target, epoll);
  traffic_capacity(capacity);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input);
  char line[512];
  size_t have = 0;
  for (;;) {
    if (!turn(-1)) continue;
    ssize_t got = read(STDIN_FILENO, line + have, sizeof line - 1 - have);
    if (got <= 0) return 0;
    have += (size_t)got;
    for (char *end; (end = memchr(line, '\n', have)) != NULL;) {
      *end = 0;
      run_command(line);
      size_t used = (size_t)(end - line) + 1;
      have -= used;
      memmove(line, line + used, have);
    }
  }
}
