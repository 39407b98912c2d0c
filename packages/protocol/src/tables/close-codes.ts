/**
 * Why a socket was closed by the server, in the range that RFC 6455 §7.4.2 leaves to applications.
 * 4000–4099: come back · 4100–4199: refresh the token, then come back · 4500–4599: stay away.
 * The close reason is the error code (see `ERRORS`), at most 123 bytes.
 */
export const CLOSE_CODES = {
  4000: { name: 'restarting', means: 'The server is stopping or restarting.' },
  4001: { name: 'silent', means: 'Nothing was heard from this connection for too long.' },
  4002: { name: 'slow_reader', means: 'The connection did not read what was sent; resume from the last position.' },
  4003: { name: 'busy', means: 'The server or its store cannot serve right now.' },
  4004: { name: 'hello_timeout', means: 'No hello came in time.' },
  4005: { name: 'too_many_connections', means: 'This person has too many open connections to the room.' },
  4006: { name: 'replaced', means: 'The same tab has opened a newer connection.' },
  4100: { name: 'token_expired', means: 'The token expired and was not refreshed.' },
  4101: { name: 'token_refresh', means: 'The token was not accepted; a fresh one may be.' },
  4500: { name: 'protocol_error', means: 'The frames do not follow the protocol.' },
  4501: { name: 'refused', means: 'Admission was refused; the reason says why.' },
  4502: { name: 'removed', means: 'A member of staff removed this person from the room.' },
  4503: { name: 'banned', means: 'This person is banned from the room.' },
  4504: { name: 'ended', means: 'The class is over.' },
  4505: { name: 'left', means: 'This person left in this or another tab.' },
} as const;

/** A close code of this protocol. */
export type CloseCode = keyof typeof CLOSE_CODES;

/** What a client does after a close: come back, refresh the token and come back, or stay away. */
export type AfterClose = 'retry' | 'refresh' | 'stop';

/** What a client does after a close. Codes of the WebSocket protocol itself (1006 above all) mean: come back. */
export function afterClose(code: number): AfterClose {
  if (code >= 4500 && code <= 4599) return 'stop';
  if (code >= 4100 && code <= 4199) return 'refresh';
  return 'retry';
}
