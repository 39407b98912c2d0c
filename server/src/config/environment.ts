/** Every environment variable of the server: the reference is generated from this table. */
import * as v from 'valibot';
import { rangeProblem } from '../transport/addresses.js';
import { readIceServers } from './ice-servers.js';
import type { Config } from './types.js';
import { httpAddress, listOf, option, textAs, wholeNumber } from './options.js';

const MAX_PORT = 65_535;

const port = (text: string) => wholeNumber(text, 0, MAX_PORT);
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
    schema: v.pipe(
      v.string(),
      v.check((text) => text === 'off' || port(text) !== null),
      v.transform((text) => (text === 'off' ? null : port(text))),
    ),
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
    fallback: './data',
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
      'STUN and TURN servers that browsers are told to use for calls. Without one, calls connect only where browsers reach each other directly; no third party is asked by default.',
    write:
      'STUN addresses with commas, such as stun:stun.school.example:3478, or JSON such as [{"urls": "turn:turn.school.example", "username": "…", "credential": "…"}]',
    schema: textAs(readIceServers),
    isSecret: true,
  }),
  LMS_LIVE_TURN_SECRET: option({
    unit: 'text of 32 bytes or more',
    defaultText: 'none',
    reason: 'Reserved for time-limited TURN credentials; it is checked, and not used in this version.',
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
  LMS_LIVE_STUN_PORT: 'remove it, and name a STUN server in LMS_LIVE_ICE_SERVERS',
};
