#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generator.h"

/* After the last message is sent, the phase waits for what is on its way: until nothing has come for so long. */
#define QUIET_NS (1500 * 1000000LL)
/* A server that is choked is not waited for longer. */
#define DRAIN_LIMIT_NS (20 * NS_PER_S)

/* Of one person, as the tables of the protocol have it. */
#define COMMAND_BURST 20
#define COMMANDS_PER_S 5
#define MAX_UNACKED 8

struct message {
  int64_t due_ns, sent_ns, last_ns, ack_ns, echo_ns;
  int64_t rank;
  int sender, expected, received;
  bool refused;
};

struct counters counters;

static struct message *messages;
static int64_t capacity, next_number, next_rank;
static struct traffic traffic;
static struct histogram deliveries;
static struct usage before, after;
static struct counters counters_before;
static int64_t first_number, measured_from, measured_to, begun_ns, measure_ns, end_ns, next_due_ns, last_activity_ns, ended_sending_ns;
static uint64_t measured_deliveries, measured_bytes;
static int next_sender, in_flight;
static bool is_on, measuring;

void traffic_capacity(int64_t count) {
  capacity = count;
  messages = calloc((size_t)count, sizeof *messages);
  if (messages == NULL) die("There is no memory for %lld messages.", (long long)count);
  for (int index = 0; index < connection_count; index += 1) {
    connections[index].seen = calloc((size_t)count / 8 + 1, 1);
    if (connections[index].seen == NULL) die("There is no memory for what each connection has seen.");
  }
}

int64_t messages_sent(void) {
  return next_number;
}

/* ── What comes ──────────────────────────────────────────────────────────────────────────────────────────────────── */

void on_ready(struct connection *connection, int64_t at_ns) {
  (void)at_ns;
  connection->ready_since = next_number;
  connection->unacked = 0;
  if (connection->missed_from >= 0) connection->missed_to = next_number;
  ready_in_room[connection->room] += 1;
}

void on_gone(struct connection *connection) {
  if (connection->state == COMPLETE) ready_in_room[connection->room] -= 1;
  in_flight -= connection->unacked;
  connection->unacked = 0;
}

static void on_done(struct connection *connection, struct message *message) {
  if (message->sender != connection->index || connection->unacked == 0) return;
  connection->unacked -= 1;
  in_flight -= 1;
}

void on_delivery(struct connection *connection, int64_t number, size_t bytes, int64_t at_ns) {
  if (number >= next_number) {
    counters.strays += 1;
    return;
  }
  struct message *message = &messages[number];
  uint8_t bit = (uint8_t)(1u << (number & 7)), *seen = &connection->seen[number >> 3];
  if (*seen & bit) {
    counters.duplicates += 1;
    return;
  }
  *seen |= bit;
  if (message->refused) counters.phantoms += 1;
  /* Whoever sees a message first gives it its place: everybody else has to see it in this place. */
  if (message->rank < 0) message->rank = next_rank++;
  if (message->rank < connection->last_rank) counters.reordered += 1;
  connection->last_rank = message->rank;
  last_activity_ns = at_ns;
  if (connection->state != COMPLETE || number < connection->ready_since) {
    connection->caught += 1;
    counters.caught += 1;
    return;
  }
  counters.deliveries += 1;
  counters.delivered_bytes += bytes;
  message->received += 1;
  message->last_ns = at_ns;
  if (measuring) {
    measured_deliveries += 1;
    measured_bytes += bytes;
  }
  if (number >= measured_from && measured_from >= 0 && connection->index < traffic.watched) histogram_add(&deliveries, at_ns - message->sent_ns);
  if (message->sender == connection->index) {
    message->echo_ns = at_ns;
    if (dialect != OURS) {
      message->ack_ns = at_ns;
      on_done(connection, message);
    }
  }
}

void on_ack(struct connection *connection, int64_t number, int64_t at_ns) {
  if (number < 0 || number >= next_number) {
    counters.strays += 1;
    return;
  }
  messages[number].ack_ns = at_ns;
  last_activity_ns = at_ns;
  on_done(connection, &messages[number]);
}

void on_refused(struct connection *connection, int64_t number, int64_t wait_ms, const char *code) {
  counters.refused += 1;
  snprintf(counters.last_refusal, sizeof counters.last_refusal, "%s", code);
  connection->cool_until_ns = now_ns() + wait_ms * 1000000;
  if (number < 0 || number >= next_number) return;
  messages[number].refused = true;
  on_done(connection, &messages[number]);
}

/* ── What is sent ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool may_send(struct connection *connection, int64_t at_ns) {
  if (connection->state != COMPLETE || connection->cool_until_ns > at_ns || connection->unacked >= MAX_UNACKED) return false;
  if (traffic.rate == 0 && connection->unacked > 0) return false;
  if (connection->tokens_at_ns == 0) connection->tokens = COMMAND_BURST;
  else connection->tokens = fmin(COMMAND_BURST, connection->tokens + (double)(at_ns - connection->tokens_at_ns) / NS_PER_S * COMMANDS_PER_S);
  connection->tokens_at_ns = at_ns;
  return connection->tokens >= 1;
}

/* The next of the senders who may, in turn; NULL where none may. */
static struct connection *sender(int64_t at_ns) {
  int count = traffic.to - traffic.from;
  for (int tried = 0; tried < count; tried += 1) {
    struct connection *connection = &connections[traffic.from + next_sender];
    next_sender = (next_sender + 1) % count;
    if (may_send(connection, at_ns)) return connection;
  }
  return NULL;
}

static void send_one(struct connection *connection, int64_t due_ns, int64_t at_ns) {
  if (next_number >= capacity) die("More than %lld messages.", (long long)capacity);
  struct message *message = &messages[next_number];
  *message = (struct message){.due_ns = due_ns, .rank = -1, .sender = connection->index};
  message->expected = ready_in_room[connection->room];
  connection->tokens -= 1;
  connection->unacked += 1;
  in_flight += 1;
  next_number += 1;
  message->sent_ns = at_ns;
  last_activity_ns = at_ns;
  send_message(connection, next_number - 1);
}

void traffic_begin(const struct traffic *next) {
  traffic = *next;
  memset(&deliveries, 0, sizeof deliveries);
  memset(&before, 0, sizeof before);
  memset(&after, 0, sizeof after);
  counters_before = counters;
  measured_deliveries = measured_bytes = 0;
  first_number = next_number;
  measured_from = measured_to = -1;
  measuring = false;
  is_on = true;
  next_sender = 0;
  begun_ns = next_due_ns = last_activity_ns = now_ns();
  measure_ns = begun_ns + (int64_t)(traffic.warmup_seconds * NS_PER_S);
  end_ns = traffic.messages > 0 ? INT64_MAX : measure_ns + (int64_t)(traffic.seconds * NS_PER_S);
  ended_sending_ns = 0;
}

static bool has_sent_all(void) {
  return traffic.messages > 0 && next_number - first_number >= traffic.messages;
}

static void measure(int64_t at_ns) {
  if (measured_from < 0 && at_ns >= measure_ns) {
    measured_from = next_number;
    measuring = true;
    read_usage(traffic.pid, &before);
  }
  if (measured_to < 0 && (at_ns >= end_ns || has_sent_all())) {
    measured_to = next_number;
    measuring = false;
    ended_sending_ns = at_ns;
    read_usage(traffic.pid, &after);
  }
}

static int64_t step_by_rate(int64_t at_ns) {
  while (measured_to < 0 && next_due_ns <= at_ns) {
    struct connection *connection = sender(at_ns);
    if (connection == NULL) return NS_PER_S / 1000;
    send_one(connection, next_due_ns, at_ns);
    next_due_ns += (int64_t)(NS_PER_S / traffic.rate * (traffic.poisson ? -log(random_share()) : 1));
    if (has_sent_all()) break;
  }
  return next_due_ns - at_ns;
}

static int64_t step_by_window(int64_t at_ns) {
  while (in_flight < traffic.window && !has_sent_all()) {
    struct connection *connection = sender(at_ns);
    if (connection == NULL) break;
    send_one(connection, at_ns, at_ns);
  }
  return NS_PER_S / 100;
}

static bool all_received(void) {
  for (int64_t number = first_number; number < next_number; number += 1)
    if (!messages[number].refused && messages[number].received < messages[number].expected) return false;
  return true;
}

int64_t traffic_step(void) {
  if (!is_on) return -1;
  int64_t at_ns = now_ns();
  measure(at_ns);
  if (measured_to < 0) {
    int64_t wait_ns = traffic.rate > 0 ? step_by_rate(at_ns) : step_by_window(at_ns);
    int64_t mark_ns = (measured_from < 0 ? measure_ns : end_ns) - at_ns;
    measure(now_ns());
    return wait_ns < 0 ? 0 : wait_ns < mark_ns ? wait_ns : mark_ns < 0 ? 0 : mark_ns;
  }
  bool is_over = at_ns - ended_sending_ns > DRAIN_LIMIT_NS || at_ns - last_activity_ns > QUIET_NS || (in_flight <= 0 && all_received());
  if (!is_over) return NS_PER_S / 50;
  is_on = false;
  return -1;
}

/* ── What came of it ─────────────────────────────────────────────────────────────────────────────────────────────── */

void traffic_report(void) {
  size_t most = (size_t)(measured_to - measured_from), everyone = 0, acks = 0, echoes = 0, lates = 0;
  int64_t *all = malloc((most + 1) * sizeof *all), *ack = malloc((most + 1) * sizeof *ack), *echo = malloc((most + 1) * sizeof *echo),
          *late = malloc((most + 1) * sizeof *late);
  int64_t lost = 0, unanswered = 0, refused = 0;
  if (all == NULL || ack == NULL || echo == NULL || late == NULL) die("There is no memory for the report.");
  for (int64_t number = first_number; number < next_number; number += 1) {
    const struct message *message = &messages[number];
    bool measured = number >= measured_from && number < measured_to;
    if (message->refused) {
      refused += 1;
      continue;
    }
    if (message->received < message->expected) lost += message->expected - message->received;
    else if (measured) all[everyone++] = message->last_ns - message->sent_ns;
    if (message->ack_ns == 0) unanswered += 1;
    else if (measured) ack[acks++] = message->ack_ns - message->sent_ns;
    if (message->echo_ns != 0 && measured) echo[echoes++] = message->echo_ns - message->sent_ns;
    if (measured) late[lates++] = message->sent_ns - message->due_ns;
  }
  double seconds = (double)(after.at_ns - before.at_ns) / NS_PER_S;
  double cpu = (double)(after.cpu_ns - before.cpu_ns) / NS_PER_S, thread = (double)(after.thread_ns - before.thread_ns) / NS_PER_S;
  double own = (double)(after.own_cpu_ns - before.own_cpu_ns) / NS_PER_S;
  double millions = (double)measured_deliveries / 1e6;
  printf("{\"sent\":%lld,\"refused\":%lld,\"unanswered\":%lld,\"lost\":%lld,\"duplicates\":%llu,\"reordered\":%llu,\"gaps\":%llu,"
         "\"phantoms\":%llu,\"strays\":%llu,\"caught\":%llu,\"closed\":%llu,\"lastRefusal\":\"%s\",",
         (long long)(next_number - first_number), (long long)refused, (long long)unanswered, (long long)lost,
         (unsigned long long)(counters.duplicates - counters_before.duplicates),
         (unsigned long long)(counters.reordered - counters_before.reordered),
         (unsigned long long)(counters.gaps - counters_before.gaps), (unsigned long long)(counters.phantoms - counters_before.phantoms),
         (unsigned long long)(counters.strays - counters_before.strays), (unsigned long long)(counters.caught - counters_before.caught),
         (unsigned long long)(counters.closed - counters_before.closed), counters.last_refusal);
  printf("\"seconds\":%.3f,\"messages\":%lld,\"messagesPerSecond\":%.1f,\"deliveries\":%llu,\"deliveriesPerSecond\":%.0f,"
         "\"bytesPerDelivery\":%.1f,",
         seconds, (long long)(measured_to - measured_from), (double)(measured_to - measured_from) / seconds,
         (unsigned long long)measured_deliveries, (double)measured_deliveries / seconds,
         measured_deliveries == 0 ? 0 : (double)measured_bytes / (double)measured_deliveries);
  printf("\"everyoneMs\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f},", quantile_ms(all, everyone, 0.5), quantile_ms(all, everyone, 0.99),
         quantile_ms(all, everyone, 1));
  printf("\"ackMs\":{\"p50\":%.3f,\"p99\":%.3f},\"echoMs\":{\"p50\":%.3f,\"p99\":%.3f},", quantile_ms(ack, acks, 0.5),
         quantile_ms(ack, acks, 0.99), quantile_ms(echo, echoes, 0.5), quantile_ms(echo, echoes, 0.99));
  printf("\"deliveryMs\":{\"p50\":%.3f,\"p99\":%.3f},", histogram_ms(&deliveries, 0.5), histogram_ms(&deliveries, 0.99));
  printf("\"serverCpuS\":%.3f,\"serverMainThreadCpuS\":%.3f,\"serverCpuSPerMillion\":%.4f,\"serverRssBytes\":%lld,", cpu, thread,
         millions > 0 ? cpu / millions : 0, (long long)after.rss_bytes);
  printf("\"generator\":{\"cpuShare\":%.3f,\"cpuSPerMillion\":%.4f,\"lateMs\":{\"p50\":%.3f,\"p99\":%.3f}}}\n", own / seconds,
         millions > 0 ? own / millions : 0, quantile_ms(late, lates, 0.5), quantile_ms(late, lates, 0.99));
  fflush(stdout);
  free(all);
  free(ack);
  free(echo);
  free(late);
}
