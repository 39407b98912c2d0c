import type { Random } from '../lib/random.js';
import { validFrame, type Frame } from './valid-frames.js';
import { brokenFrame, textBytes } from './websocket-bytes.js';

/** Frames that are wrong below the JSON. */
const BYTE_SHARE = 0.08;
/** Frames that are as they should be, only at the wrong moment. */
const UNCHANGED_SHARE = 0.04;
const BIG_SHARE = 0.002;
const MAX_FRAME_CHARS = 16_384;
const MAX_SIGNAL_BYTES = 65_536;

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'frame',
  'a'.repeat(200),
  '\u0000',
] as const;
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  -(2 ** 31),
  '',
  '__proto__',
  '\ud800',
  '\u202e\u0000\u007f',
  '👩🏽‍🏫'.repeat(50),
  'a'.repeat(5_000),
  [],
  {},
  [[[[[[[[[[]]]]]]]]]],
  { __proto__: null, then: 1 },
  Array.from({ length: 500 }, () => 0),
];

/** The bytes of one mutated frame. */
export function mutatedFrame(random: Random, token: string): Buffer {
  const frame = validFrame(random, token);
  if (random.chance(UNCHANGED_SHARE)) return textBytes(JSON.stringify(frame));
  if (random.chance(BYTE_SHARE)) return brokenFrame(random, JSON.stringify(frame));
  if (random.chance(BIG_SHARE)) return textBytes(bigFrame(random, frame));
  const rounds = random.integer(1, 3);
  for (let round = 0; round < rounds; round += 1) mutateIn(random, frame);
  return textBytes(mutateText(random, JSON.stringify(frame)));
}

/** Changes one place of an object, at any depth. */
function mutateIn(random: Random, object: Frame): void {
  const key = random.pick([...Object.keys(object), 'added']);
  const inner = object[key];
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && random.chance(0.7)) {
    mutateIn(random, inner as Frame);
    return;
  }
  const changes: readonly (() => void)[] = [
    () => Reflect.deleteProperty(object, key),
    () => (object[key] = structuredClone(random.pick(VALUES))),
    () => (object[key] = structuredClone(random.pick(VALUES))),
    () => (object[key] = [inner]),
    () => (object[key] = { [key]: inner }),
    () =>
      Object.defineProperty(object, random.pick(NAMES), {
        value: structuredClone(random.pick(VALUES)),
        enumerable: true,
        writable: true,
        configurable: true,
      }),
    () => (object[key] = typeof inner === 'string' ? mutateString(random, inner) : JSON.stringify(inner)),
    () =>
      (object['frame'] = random.pick([
        'hello',
        'command',
        'signal',
        'token',
        'media',
        'resume',
        'ping',
        'event',
        'welcome',
      ])),
  ];
  random.pick(changes)();
}

function mutateString(random: Random, text: string): string {
  const at = random.integer(0, text.length);
  return random.pick([
    text.slice(0, at),
    text + text,
    text.toUpperCase(),
    ` ${text} `,
    `${text.slice(0, at)}\u0000${text.slice(at)}`,
    text.replaceAll(/[a-z]/gu, 'ü'),
  ]);
}

/** Changes the text, mostly not at all: then the shape is what is wrong. */
function mutateText(random: Random, text: string): string {
  if (random.chance(0.75)) return text;
  const at = random.integer(0, text.length);
  const other = String.fromCharCode(random.integer(0, 0x2fff));
  return random.pick([
    text.slice(0, at),
    text.slice(0, at) + other + text.slice(at),
    text.slice(0, at) + text.slice(at + 1),
    `\ufeff${text}`,
    `[${text}]`,
    text + text,
    `${' '.repeat(200)}${text}\n`,
    text.replace('{', '{"frame":"ping",'),
    text.replace(/"[^"]*"/u, "'frame'"),
    text.replaceAll('"', '\\"'),
    '['.repeat(random.integer(9, 3_000)),
    '{"a":'.repeat(random.integer(9, 2_000)),
  ]);
}

function bigFrame(random: Random, frame: Frame): string {
  const chars = random.pick([MAX_FRAME_CHARS - 200, MAX_FRAME_CHARS + 1, MAX_SIGNAL_BYTES - 200, MAX_SIGNAL_BYTES + 1]);
  return JSON.stringify({ ...frame, filler: 'a'.repeat(chars) });
}
