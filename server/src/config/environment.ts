/** Every environment variable of the server: the reference is generated from this table. */
import { isIP } from 'node:net';
import { LIMITS } from '@lms-live/protocol';
import * as v from 'valibot';
import { rangeProblem } from '../transport/addresses.js';
import { readIceServers, readTurnUrls } from './ice-servers.js';
import type { Config } from './types.js';
import { httpAddress, listOf, option, textAs, wholeNumber } from './options.js';

const MAX_PORT = 65_535;
export const DEFAULT_DATA_DIR = './data';

const port = (text: string) => wholeNumber(text, 0, MAX_PORT);
/** A port; null: `off`. */
const portOrOff = v.pipe(
  v.string(),
  v.check((text) => text === 'off' || port(text) !== null),
  v.transform((text) => (text === 'off' ? null : port(text))),
);
const filePath = v.pipe(v.string(), v.minLength(1));

export const ENVIRONMENT = {
  LMS_LIVE_HOST: option({
    unit: 'address of this machine',
    fallback: '127.0.0.1',
    defaultText: '`127.0.0.1`',
    reason: 'A proxy with TLS stands in front. In a container, where the proxy is elsewhere, `0.0.0.0`.',
    write: 'an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them',
    schema: v.pipe(v.string(), v.regex(/^[\w.:-]+$/)),
  }),
  LMS_LIVE_PORT: option({
    unit: 'TCP port',
    fallback: 8_080,
    defaultText: '`8080`',
    reason: 'HTTP and WebSocket share it. 0 takes any free port, which is for tests.',
    write: 'a whole number from 0 to 65535',
    schema: textAs(port),
  }),
  LMS_LIVE_METRICS_HOST: option({
    unit: 'address of this machine',
    fallback: '127.0.0.1',
    defaultText: '`127.0.0.1`',
    reason: 'Metrics need no token, so only this machine may read them unless you say otherwise.',
    write: 'an address of this machine, such as 127.0.0.1',
    schema: v.pipe(v.string(), v.regex(/^[\w.:-]+$/)),
  }),
  LMS_LIVE_METRICS_PORT: option<number | null>({
    unit: 'TCP port, or `off`',
    fallback: 9_464,
    defaultText: '`9464`',
    reason: '`/metrics` for Prometheus has a port of its own, so that the proxy for browsers cannot expose it.',
    write: 'a whole number from 0 to 65535, or off',
    schema: portOrOff,
  }),
  LMS_LIVE_PUBLIC_URL: option({
    unit: 'URL',
    defaultText: '`http://localhost:` and the port; none in production',
    reason: 'The address that browsers use. It is also the `aud` that tokens must name.',
    write: 'the address that browsers use, such as https://live.school.example, without a user, query or fragment',
    schema: textAs((text) => httpAddress(text, true)?.href.replace(/\/$/, '') ?? null),
  }),
  LMS_LIVE_DATA_DIR: option({
    unit: 'folder',
    fallback: DEFAULT_DATA_DIR,
    defaultText: '`./data`',
    reason: 'The SQLite store and the signing key of reports. Back it up; only this server may write to it.',
    write: 'the path of a folder',
    schema: filePath,
  }),
  LMS_LIVE_TENANTS: option({
    unit: 'JSON',
    defaultText: 'none; one of the two is required in production',
    reason:
      'The LMSs that may use this server and their keys, see below. `LMS_LIVE_TENANTS_FILE` names a file with the same text, which is the better place for secrets.',
    write: 'JSON as {"tenants": [...]}',
    schema: v.string(),
    isSecret: true,
  }),
  LMS_LIVE_TRUSTED_PROXIES: option<readonly string[]>({
    unit: 'addresses or CIDR ranges, with commas',
    fallback: [],
    defaultText: 'none',
    reason:
      'Only these may name the client in `X-Forwarded-For`; anyone else could invent an address to get around limits. Behind a proxy set its address, else all clients share the limits of one.',
    write: 'addresses or CIDR ranges with commas between them, such as 10.0.0.0/8,::1',
    schema: textAs((text) => {
      const entries = listOf(text);
      return entries.every((entry) => rangeProblem(entry) === null) ? entries : null;
    }),
  }),
  LMS_LIVE_ICE_SERVERS: option({
    unit: 'STUN URLs with commas, or JSON',
    fallback: [],
    defaultText: 'none',
    reason:
      'STUN and TURN servers that browsers are told to use beside those below. No third party is asked by default. Credentials that are written here are the same for everyone and have no end: for a TURN server of yours use `LMS_LIVE_TURN_SECRET`.',
    write:
      'STUN addresses with commas, such as stun:stun.school.example:3478, or JSON such as [{"urls": "turn:turn.school.example", "username": "…", "credential": "…"}]',
    schema: textAs(readIceServers),
    isSecret: true,
  }),
  LMS_LIVE_STUN_PORT: option<number | null>({
    unit: 'UDP port, or `off`',
    fallback: 3_478,
    defaultText: '`3478`; off where `LMS_LIVE_PUBLIC_URL` is this machine',
    reason:
      'A small STUN server is built in: browsers learn from it the address that the world sees them at, which is what most calls between two homes need. It is announced as `stun:` with the host of `LMS_LIVE_PUBLIC_URL`, so the port must be reached there by UDP: no HTTP proxy passes it on. 0 takes any free port, which is for tests. Where the port is taken the start is refused; outside production, and where nothing is written here, the server starts without it. With a `LMS_LIVE_PUBLIC_URL` on this machine, such as localhost, nothing is announced, and nothing started unless it is written here.',
    write: 'a whole number from 0 to 65535, or off',
    schema: portOrOff,
  }),
  LMS_LIVE_STUN_HOST: option({
    unit: 'IP address of this machine',
    fallback: '::',
    defaultText: '`::`, all addresses of IPv6 and IPv4',
    reason:
      'Not `LMS_LIVE_HOST`, since no proxy stands in front. A machine with several addresses of one kind names the one that browsers ask, or answers may leave from another one and be dropped.',
    write: 'an IP address of this machine, or :: for all of them',
    schema: v.pipe(
      v.string(),
      v.check((text) => isIP(text) !== 0 && !text.includes('%')),
    ),
  }),
  LMS_LIVE_TURN_URLS: option<readonly string[] | null>({
    unit: 'TURN URLs with commas',
    fallback: null,
    defaultText: 'none',
    reason:
      'The TURN server that carries calls where networks let nothing else through, and all calls of classes with `relayOnly`. Name UDP and TCP; `turns:` on port 443 gets through the strictest networks.',
    write:
      'TURN addresses with commas, such as turn:turn.school.example:3478?transport=udp,turn:turn.school.example:3478?transport=tcp',
    schema: textAs(readTurnUrls),
  }),
  LMS_LIVE_TURN_SECRET: option({
    unit: 'text of 32 bytes or more',
    defaultText: 'none',
    reason:
      'What the TURN server has as `static-auth-secret`. From it each person who is let into a class gets credentials of their own, for an hour and no longer than their token. The secret itself goes to nobody.',
    write: '32 or more random bytes, as `openssl rand -base64 48` makes them',
    schema: v.string(),
    isSecret: true,
  }),
  LMS_LIVE_TLS_CERT_FILE: option({
    unit: 'PEM file',
    defaultText: 'none',
    reason: 'Serves TLS without a proxy, together with `LMS_LIVE_TLS_KEY_FILE`. The certificate is read at the start.',
    write: 'the path of a readable PEM file',
    schema: filePath,
  }),
  LMS_LIVE_TLS_KEY_FILE: option({
    unit: 'PEM file',
    defaultText: 'none',
    reason: 'The private key of the certificate.',
    write: 'the path of a readable PEM file',
    schema: filePath,
  }),
  LMS_LIVE_LOG_LEVEL: option<Config['logLevel']>({
    unit: '`debug`, `info`, `warn`, `error` or `silent`',
    fallback: 'info',
    defaultText: '`info`',
    reason: 'One line for each change of the server’s state. No level writes tokens, messages or session descriptions.',
    write: 'debug, info, warn, error or silent',
    schema: v.picklist(['debug', 'info', 'warn', 'error', 'silent']),
  }),
  LMS_LIVE_DRAIN_S: option<number | null>({
    unit: 'seconds from 0 to 20, or `auto`',
    fallback: null,
    defaultText: `\`auto\`: ${LIMITS.minDrainMs / 1_000} or more, ${LIMITS.drainPerSecond} connections in each, at most ${LIMITS.maxDrainMs / 1_000}`,
    reason:
      'At SIGTERM the server asks its connections to move to another one behind the same address, one after the other, and goes on serving those that have not. With a single server they have nowhere to go and come back when it has started again: 0 saves the wait.',
    write: 'a whole number of seconds from 0 to 20, or auto',
    schema: v.pipe(
      v.string(),
      v.check((text) => text === 'auto' || wholeNumber(text, 0, LIMITS.maxDrainMs / 1_000) !== null),
      v.transform((text) => (text === 'auto' ? null : wholeNumber(text, 0, LIMITS.maxDrainMs / 1_000))),
    ),
  }),
  LMS_LIVE_MAX_PENDING_PER_ADDRESS: option({
    unit: 'sockets',
    fallback: LIMITS.maxPendingHellosPerAddress,
    defaultText: String(LIMITS.maxPendingHellosPerAddress),
    reason:
      'How many connections of one address may be on their way in at the same moment; one more is answered 503 and comes back within a second. Raise it where very large schools share one address, or behind a proxy that hides addresses.',
    write: `a whole number from 1 to ${LIMITS.maxPendingHellos}`,
    schema: textAs((text) => wholeNumber(text, 1, LIMITS.maxPendingHellos)),
  }),
  LMS_LIVE_TRANSPORT: option<Config['transport']>({
    unit: '`auto`, `uws` or `ws`',
    fallback: 'auto',
    defaultText: '`auto`',
    reason: '`auto` takes uWebSockets.js, and the slower `ws` on platforms that it has no binary for.',
    write: 'auto, uws or ws',
    schema: v.picklist(['auto', 'uws', 'ws']),
  }),
} as const;

export type VariableName = keyof typeof ENVIRONMENT;

/** Names that the design has and this version does not: better a refusal than a setting without effect. */
export const NOT_YET: Readonly<Record<string, string>> = {
  LMS_LIVE_DATABASE_URL: 'remove it; the store is SQLite in LMS_LIVE_DATA_DIR',
  LMS_LIVE_REDIS_URL: 'remove it; this version runs as one process',
};
