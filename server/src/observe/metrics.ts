/** What an operator counts. The only module that imports prom-client. */
import { CLOSE_CODES, type ErrorCode, isCommandType } from '@lms-live/protocol';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { StunOutcome } from '../stun/answerer.js';

/** `accepted`: committed · `repeated`: known `cmid`, answered as before · `refused`: with a code. */
export type CommandOutcome = 'accepted' | 'repeated' | 'refused';

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, e.g. `/v1/rooms/{id}`, never the path; `none` where no route matched. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Every label has few values that we choose: no ids of rooms, people or tenants. */
export interface Metrics {
  readonly contentType: string;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  started(process: { readonly version: string; readonly transport: string }): void;
  socketsOpen(count: number): void;
  socketClosed(code: number): void;
  roomsInMemory(count: number): void;
  mediaSessions(count: number): void;
  /** Connections that wait at a door. */
  waitingAtDoor(count: number): void;
  /** One message between two media sessions: `relayed`, or why it was dropped. */
  rtcSignal(outcome: string): void;
  /** A signal to a room was dropped, over this limit. */
  signalDropped(limit: string): void;
  /** An upgrade was answered 503. */
  turnedAway(): void;
  /** A type that is none is counted as `unknown`. */
  command(type: string, outcome: CommandOutcome): void;
  committed(batch: { readonly commands: number; readonly durationMs: number }): void;
  refused(code: ErrorCode): void;
  answered(request: AnsweredRequest): void;
  storeFailed(operation: string): void;
  /** A packet came to the STUN server. */
  stunRequest(outcome: StunOutcome): void;
}

const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const REQUEST_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH_COMMANDS = [1, 2, 4, 8, 16, 32, 64];
const STANDARD_CLOSES = new Set([1000, 1001, 1002, 1005, 1006, 1007, 1009, 1011]);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const info = new Gauge({
    name: 'lms_live_info',
    help: 'Always 1; the version and the transport that serve.',
    labelNames: ['version', 'transport'],
    registers,
  });
  const sockets = new Gauge({ name: 'lms_live_sockets', help: 'Open WebSockets.', registers });
  const closes = new Counter({
    name: 'lms_live_socket_closes_total',
    help: 'Closed WebSockets by close code.',
    labelNames: ['code'],
    registers,
  });
  const rooms = new Gauge({ name: 'lms_live_rooms', help: 'Rooms in memory.', registers });
  const sessions = new Gauge({
    name: 'lms_live_media_sessions',
    help: 'Media sessions of calls in rooms in memory.',
    registers,
  });
  const waiting = new Gauge({
    name: 'lms_live_waiting',
    help: 'Connections that wait at the door of a room.',
    registers,
  });
  const rtcSignals = new Counter({
    name: 'lms_live_rtc_signals_total',
    help: 'Messages between media sessions: relayed, or why they were dropped.',
    labelNames: ['outcome'],
    registers,
  });
  const droppedSignals = new Counter({
    name: 'lms_live_signals_dropped_total',
    help: 'Signals to a room (typing, reactions) that were over a rate, by the name of the limit.',
    labelNames: ['limit'],
    registers,
  });
  const upgradesRefused = new Counter({
    name: 'lms_live_upgrades_turned_away_total',
    help: 'WebSocket upgrades answered 503: too many on their way in, or the server stops.',
    registers,
  });
  const commands = new Counter({
    name: 'lms_live_commands_total',
    help: 'Commands by type and outcome.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'lms_live_commit_duration_seconds',
    help: 'Time until a group of commands was durable.',
    buckets: COMMIT_SECONDS,
    registers,
  });
  const commitCommands = new Histogram({
    name: 'lms_live_commit_commands',
    help: 'Commands in one group commit.',
    buckets: BATCH_COMMANDS,
    registers,
  });
  const refusals = new Counter({
    name: 'lms_live_refusals_total',
    help: 'Refusals by error code, on the socket and over HTTP.',
    labelNames: ['code'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'lms_live_http_request_duration_seconds',
    help: 'HTTP requests by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const storeErrors = new Counter({
    name: 'lms_live_store_errors_total',
    help: 'Failed operations of the store.',
    labelNames: ['operation'],
    registers,
  });
  const stunRequests = new Counter({
    name: 'lms_live_stun_requests_total',
    help: 'Packets to the STUN server: answered, refused (420), ignored (no Binding request), limited (over a rate).',
    labelNames: ['outcome'],
    registers,
  });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    started: ({ version, transport }) => info.set({ version, transport }, 1),
    socketsOpen: (count) => sockets.set(count),
    socketClosed: (code) => closes.inc({ code: closeLabel(code) }),
    roomsInMemory: (count) => rooms.set(count),
    mediaSessions: (count) => sessions.set(count),
    waitingAtDoor: (count) => waiting.set(count),
    rtcSignal: (outcome) => rtcSignals.inc({ outcome }),
    signalDropped: (limit) => droppedSignals.inc({ limit }),
    turnedAway: () => upgradesRefused.inc(),
    command: (type, outcome) => commands.inc({ type: isCommandType(type) ? type : 'unknown', outcome }),
    committed(batch) {
      commitSeconds.observe(batch.durationMs / 1_000);
      commitCommands.observe(batch.commands);
    },
    refused: (code) => refusals.inc({ code }),
    answered: ({ method, route, status, durationMs }) =>
      requestSeconds.observe({ method: METHODS.has(method) ? method : 'other', route, status }, durationMs / 1_000),
    storeFailed: (operation) => storeErrors.inc({ operation }),
    stunRequest: (outcome) => stunRequests.inc({ outcome }),
  };
}

/** A peer may send any code. */
function closeLabel(code: number): string {
  return STANDARD_CLOSES.has(code) || Object.hasOwn(CLOSE_CODES, code) ? String(code) : 'other';
}
