#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generator.h"

enum dialect dialect = PLAIN;

/* `#n` and ten digits at the beginning of each text say which message it is; there is no other `#` in a text. */
#define MARK "#n"
#define MARK_CHARS 13
#define DIGITS 10
/* The id of a message where the sender makes it: as long as those of our server. */
#define ID_CHARS 21
#define CMID_PREFIX "bench-command-"
#define HELLO_BYTES 12288
/* Of what servers say when they refuse; all of it is counted. */
#define MAX_TOLD 3

static bool starts_with(const char *text, size_t bytes, const char *prefix) {
  size_t length = strlen(prefix);
  return bytes >= length && memcmp(text, prefix, length) == 0;
}

/* What stands behind `key`, or NULL. */
static const char *after(const char *text, size_t bytes, const char *key) {
  const char *found = memmem(text, bytes, key, strlen(key));
  return found == NULL ? NULL : found + strlen(key);
}

/* Copies up to the next quotation mark. */
static void copy_string(char *to, size_t size, const char *from, const char *end) {
  size_t at = 0;
  while (from < end && *from != '"' && at + 1 < size) to[at++] = *from++;
  to[at] = 0;
}

static int64_t read_number(const char *text, const char *end) {
  int64_t number = 0;
  while (text < end && *text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
  return number;
}

/* `{"epoch":"…","offset":812,"hash":"…"}` behind `key`. */
static bool read_position(const char *text, size_t bytes, const char *key, struct position *position) {
  const char *end = text + bytes, *at = after(text, bytes, key);
  if (at == NULL) return false;
  const char *epoch = after(at, (size_t)(end - at), "\"epoch\":\"");
  const char *offset = after(at, (size_t)(end - at), "\"offset\":");
  const char *hash = after(at, (size_t)(end - at), "\"hash\":\"");
  if (epoch == NULL || offset == NULL || hash == NULL) die("A position cannot be read: %.*s", 200, at);
  copy_string(position->epoch, sizeof position->epoch, epoch, end);
  position->offset = read_number(offset, end);
  copy_string(position->hash, sizeof position->hash, hash, end);
  return true;
}

static int64_t number_of(const char *mark) {
  int64_t number = 0;
  for (int index = 2; index < 2 + DIGITS; index += 1) {
    if (mark[index] < '0' || mark[index] > '9') return -1;
    number = number * 10 + (mark[index] - '0');
  }
  return number;
}

/* Which message this is: first where its mark is expected, counted from the end of the frame; -1: none. */
static int64_t message_in(const char *text, size_t bytes, size_t behind) {
  if (bytes >= TEXT_CHARS + behind) {
    const char *mark = text + bytes - behind - TEXT_CHARS;
    if (mark[0] == '#' && mark[1] == 'n') return number_of(mark);
  }
  const char *mark = memmem(text, bytes, MARK, strlen(MARK));
  return mark == NULL || mark + MARK_CHARS > text + bytes ? -1 : number_of(mark);
}

static void welcomed(struct connection *connection, int64_t at_ns) {
  connection->state = WELCOMED;
  connection->welcomed_ns = at_ns;
}

static void complete(struct connection *connection, int64_t at_ns) {
  if (connection->state != WELCOMED) return;
  connection->state = COMPLETE;
  connection->completed_ns = at_ns;
  on_ready(connection, at_ns);
}

/* ── LMS Live ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void say_hello(struct connection *connection) {
  char text[HELLO_BYTES];
  size_t bytes = strlen(connection->hello);
  if (connection->all.offset < 0 || connection->me.offset < 0) {
    send_text(connection, connection->hello, bytes);
    return;
  }
  const struct position *all = &connection->all, *me = &connection->me;
  int length = snprintf(text, sizeof text,
                        "%.*s,\"positions\":{\"all\":{\"epoch\":\"%s\",\"offset\":%lld,\"hash\":\"%s\"},"
                        "\"me\":{\"epoch\":\"%s\",\"offset\":%lld,\"hash\":\"%s\"}}}",
                        (int)bytes - 1, connection->hello, all->epoch, (long long)all->offset, all->hash, me->epoch,
                        (long long)me->offset, me->hash);
  if (length >= (int)sizeof text) die("The hello of connection %d is too long.", connection->index);
  send_text(connection, text, (size_t)length);
}

/* A member stands at the heads of its welcome, in everyone's log and in its own. */
static void check_complete(struct connection *connection, int64_t at_ns) {
  if (connection->state != WELCOMED) return;
  if (connection->all.offset >= connection->head_all && connection->me.offset >= connection->head_me) complete(connection, at_ns);
}

static void on_event(struct connection *connection, const char *text, size_t bytes, int64_t at_ns) {
  static const char head[] = "{\"frame\":\"event\",\"log\":\"";
  const char *end = text + bytes, *log = text + sizeof head - 1;
  struct position *position = log[0] == 'a' ? &connection->all : log[0] == 'm' ? &connection->me : NULL;
  if (position == NULL) return;
  const char *offset = after(log, 32, "\"offset\":");
  if (offset == NULL) die("An event has no offset: %.*s", 100, text);
  int64_t now_at = read_number(offset, end);
  if (position->offset >= 0 && now_at != position->offset + 1) counters.gaps += 1;
  position->offset = now_at;
  const char *hash = after(offset, (size_t)(end - offset), "\"hash\":\"");
  if (hash != NULL) memcpy(position->hash, hash, HASH_CHARS);
  int64_t number = log[0] == 'a' ? message_in(text, bytes, strlen("\"}}")) : -1;
  if (number >= 0) on_delivery(connection, number, bytes, at_ns);
  check_complete(connection, at_ns);
}

static int64_t command_of(const char *text, size_t bytes) {
  const char *cmid = after(text, bytes, "\"cmid\":\"" CMID_PREFIX);
  return cmid == NULL ? -1 : read_number(cmid, text + bytes);
}

static void on_refusal(struct connection *connection, const char *text, size_t bytes) {
  static int told;
  const char *end = text + bytes, *code = after(text, bytes, "\"code\":\"");
  char name[sizeof counters.last_refusal] = "";
  if (code != NULL) copy_string(name, sizeof name, code, end);
  const char *wait = after(text, bytes, "\"retryAfterMs\":"), *expect = after(text, bytes, "\"expect\":");
  if (expect != NULL) connection->next_seq = read_number(expect, end);
  int64_t number = command_of(text, bytes);
  if (number < 0) {
    if (told++ < MAX_TOLD) fprintf(stderr, "Connection %d is told: %.*s\n", connection->index, (int)(bytes < 300 ? bytes : 300), text);
    counters.refused += 1;
    snprintf(counters.last_refusal, sizeof counters.last_refusal, "%s", name);
    return;
  }
  on_refused(connection, number, wait == NULL ? 0 : read_number(wait, end), name);
}

static void on_ours(struct connection *connection, const char *text, size_t bytes, int64_t at_ns) {
  if (starts_with(text, bytes, "{\"frame\":\"event\"")) {
    on_event(connection, text, bytes, at_ns);
    return;
  }
  counters.other_frames += 1;
  counters.other_bytes += bytes;
  if (starts_with(text, bytes, "{\"frame\":\"ack\"")) {
    on_ack(connection, command_of(text, bytes), at_ns);
  } else if (starts_with(text, bytes, "{\"frame\":\"refused\"")) {
    on_refusal(connection, text, bytes);
  } else if (starts_with(text, bytes, "{\"frame\":\"welcome\"")) {
    struct position heads = {0};
    const char *positions = after(text, bytes, "\"positions\":");
    if (positions == NULL) die("A welcome has no positions: %.*s", 300, text);
    size_t left = (size_t)(text + bytes - positions);
    connection->head_all = read_position(positions, left, "\"all\":", &heads) ? heads.offset : 0;
    connection->head_me = read_position(positions, left, "\"me\":", &heads) ? heads.offset : 0;
    welcomed(connection, at_ns);
    check_complete(connection, at_ns);
  } else if (starts_with(text, bytes, "{\"frame\":\"reset\"")) {
    const char *log = after(text, bytes < 64 ? bytes : 64, "\"log\":\"");
    struct position *position = log == NULL ? NULL : log[0] == 'a' ? &connection->all : log[0] == 'm' ? &connection->me : NULL;
    if (position != NULL) read_position(text, bytes < 400 ? bytes : 400, "\"position\":", position);
    check_complete(connection, at_ns);
  }
}

/* ── The peers ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void on_plain(struct connection *connection, const char *text, size_t bytes, int64_t at_ns) {
  if (connection->state == GREETING) {
    if (!starts_with(text, bytes, "{\"frame\":\"welcome\"")) die("The peer answers: %.*s", (int)(bytes < 200 ? bytes : 200), text);
    welcomed(connection, at_ns);
    complete(connection, at_ns);
    return;
  }
  int64_t number = message_in(text, bytes, strlen("\"}"));
  if (number >= 0) on_delivery(connection, number, bytes, at_ns);
}

/* Packets of engine.io 4 and socket.io 5: their first character is the kind, and of a message (`4`) the second one too. */
static void on_socketio(struct connection *connection, const char *text, size_t bytes, int64_t at_ns) {
  if (bytes == 0) return;
  if (text[0] == '2') {
    send_text(connection, "3", 1);
  } else if (text[0] == '0') {
    char hello[HELLO_BYTES];
    size_t length = strlen(connection->hello);
    int count = connection->session[0] == 0 || connection->last_id[0] == 0
                    ? snprintf(hello, sizeof hello, "40%s", connection->hello)
                    : snprintf(hello, sizeof hello, "40%.*s,\"pid\":\"%s\",\"offset\":\"%s\"}", (int)length - 1, connection->hello,
                               connection->session, connection->last_id);
    send_text(connection, hello, (size_t)count);
  } else if (starts_with(text, bytes, "40")) {
    const char *pid = after(text, bytes, "\"pid\":\"");
    if (pid != NULL) copy_string(connection->session, sizeof connection->session, pid, text + bytes);
    welcomed(connection, at_ns);
    complete(connection, at_ns);
  } else if (starts_with(text, bytes, "42")) {
    /* With recovery the id of the packet is its last argument: `…"},"<id>"]`. */
    size_t id = 0;
    if (bytes > 4 && text[bytes - 2] == '"') {
      const char *quote = memrchr(text, '"', bytes - 2);
      if (quote != NULL) {
        copy_string(connection->last_id, sizeof connection->last_id, quote + 1, text + bytes);
        id = (size_t)(text + bytes - 1 - quote) + 1;
      }
    }
    int64_t number = message_in(text, bytes, strlen("\"}]") + id);
    if (number >= 0) on_delivery(connection, number, bytes, at_ns);
  } else if (starts_with(text, bytes, "44")) {
    if (counters.refused++ < MAX_TOLD) fprintf(stderr, "Connection %d is told: %.*s\n", connection->index, (int)bytes, text);
  }
}

/* ── All ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void on_upgraded(struct connection *connection) {
  connection->next_seq = 1;
  if (dialect == OURS) say_hello(connection);
  if (dialect == PLAIN) send_text(connection, connection->hello, strlen(connection->hello));
}

void on_text(struct connection *connection, char *text, size_t bytes, int64_t at_ns) {
  if (dialect == OURS) on_ours(connection, text, bytes, at_ns);
  else if (dialect == PLAIN) on_plain(connection, text, bytes, at_ns);
  else on_socketio(connection, text, bytes, at_ns);
}

void send_message(struct connection *connection, int64_t number) {
  static char filler[TEXT_CHARS - MARK_CHARS + 1];
  char frame[1024];
  int bytes;
  if (filler[0] == 0)
    for (size_t index = 0; index < sizeof filler - 1; index += 1) filler[index] = (char)(index % 6 == 5 ? ' ' : 'a' + random_bits() % 26);
  filler[sizeof filler - 2] = '.';
  if (dialect == OURS)
    bytes = snprintf(frame, sizeof frame,
                     "{\"frame\":\"command\",\"cmid\":\"" CMID_PREFIX "%010lld\",\"seq\":%lld,\"type\":\"chat.post\","
                     "\"body\":{\"text\":\"" MARK "%010lld#%s\"}}",
                     (long long)number, (long long)connection->next_seq++, (long long)number, filler);
  else
    bytes = snprintf(frame, sizeof frame, "%s{\"id\":\"%0*lld\",\"text\":\"" MARK "%010lld#%s\"}%s",
                     dialect == SOCKETIO ? "42[\"m\"," : "", ID_CHARS, (long long)number, (long long)number, filler,
                     dialect == SOCKETIO ? "]" : "");
  send_text(connection, frame, (size_t)bytes);
}
