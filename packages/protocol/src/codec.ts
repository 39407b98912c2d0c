import * as v from 'valibot';
import {
  clientFrame,
  serverFrame,
  type ClientFrame,
  type ClientFrameInput,
  type EventFrame,
  type ServerFrame,
} from './frames.js';
import { LIMITS } from './tables/limits.js';
import { COMMANDS, isCommandType, type Command } from './tables/commands.js';
import type { ErrorCode } from './tables/errors.js';
import { RESERVED_FAMILIES } from './tables/events.js';
import { isSignalKind, SIGNALS, type SignalBody, type SignalKind } from './tables/signals.js';

/** What was read, or the code of what is wrong with it and the path of the first wrong field (empty: the whole). */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ErrorCode; readonly path: string };

/** Reads a frame that a client sent: size, depth, JSON, shape, in this order; never throws. */
export function decodeClientFrame(text: string): Decoded<ClientFrame> {
  // One UTF-16 unit is at most 3 bytes; the transport has refused anything over the limit in bytes.
  if (text.length > LIMITS.maxSignalBytes) return { ok: false, code: 'frame_too_large', path: '' };
  if (depthOf(text) > LIMITS.maxJsonDepth) return { ok: false, code: 'frame_malformed', path: '' };
  const frame = decode(clientFrame, text);
  return frame.ok && frame.value.frame !== 'signal' && text.length > LIMITS.maxFrameBytes
    ? { ok: false, code: 'frame_too_large', path: '' }
    : frame;
}

/** Reads a frame that the server sent; frames of kinds that this version does not know are refused as malformed and may be ignored. */
export function decodeServerFrame(text: string): Decoded<ServerFrame> {
  return decode(serverFrame, text);
}

/** Checks the body of a command against its row; unknown and reserved names are refused by name. */
export function readCommand(type: string, body: unknown, cmid: string): Decoded<Command> {
  if (!isCommandType(type)) {
    const reserved = RESERVED_FAMILIES.some((family) => type.startsWith(`${family}.`));
    return { ok: false, code: reserved ? 'not_supported' : 'frame_malformed', path: 'type' };
  }
  // A list would pass for an object without keys.
  if (Array.isArray(body)) return { ok: false, code: 'frame_malformed', path: 'body' };
  const parsed = v.safeParse(COMMANDS[type].body, body);
  if (!parsed.success)
    return {
      ok: false,
      code: codeOf(parsed.issues[0]),
      path: ['body', v.getDotPath(parsed.issues[0])].filter(Boolean).join('.'),
    };
  return { ok: true, value: { type, body: parsed.output, cmid } as Command };
}

/** What a client said past the log, its body checked against its row. */
export type Signal = { readonly [K in SignalKind]: { readonly kind: K; readonly body: SignalBody<K> } }[SignalKind];

/** Checks the body of a signal against its row; unknown names are refused by name. */
export function readSignal(kind: string, body: unknown): Decoded<Signal> {
  if (!isSignalKind(kind)) return { ok: false, code: 'not_supported', path: 'kind' };
  const parsed = v.safeParse(SIGNALS[kind].body, body);
  if (!parsed.success || Array.isArray(body)) {
    const inside = parsed.success ? null : v.getDotPath(parsed.issues[0]);
    return { ok: false, code: 'frame_malformed', path: inside === null ? 'body' : `body.${inside}` };
  }
  return { ok: true, value: { kind, body: parsed.output } as Signal };
}

/** The text of a frame of the client. */
export function encodeClientFrame(frame: ClientFrameInput): string {
  return JSON.stringify(frame);
}

/** The text of a frame of the server; an `event` frame has a function of its own, because its body is text already. */
export function encodeServerFrame(frame: Exclude<ServerFrame, EventFrame>): string {
  return JSON.stringify(frame);
}

const BODY = ',"body":';

/** An `event` frame with the body last, as the exact JSON text that was stored (`null` where it was erased). */
export function encodeEventFrame({ body: _body, ...head }: EventFrame, bodyText: string): string {
  return `${JSON.stringify(head).slice(0, -1)}${BODY}${bodyText}}`;
}

/**
 * The exact text of the body in an `event` frame: what the digest covers. In the head before it quotes are escaped, so that
 * the first mark is the one that counts. Empty where there is none.
 */
export function bodyTextOf(frameText: string): string {
  const mark = frameText.indexOf(BODY);
  return mark < 0 ? '' : frameText.slice(mark + BODY.length, -1);
}

function decode<S extends v.GenericSchema>(schema: S, text: string): Decoded<v.InferOutput<S>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, code: 'frame_malformed', path: '' };
  }
  const parsed = v.safeParse(schema, json);
  return parsed.success
    ? { ok: true, value: parsed.output }
    : { ok: false, code: 'frame_malformed', path: v.getDotPath(parsed.issues[0]) ?? '' };
}

/** A text over its limit has a code of its own: people see it. */
function codeOf(issue: v.BaseIssue<unknown>): ErrorCode {
  return issue.kind === 'validation' && issue.type === 'max_length' && typeof issue.input === 'string'
    ? 'text_too_long'
    : 'frame_malformed';
}

/** The deepest nesting of brackets outside strings: counted before parsing, in one pass. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (quoted) {
      if (char === 0x5c) index += 1;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return deepest;
}
