import assert from 'node:assert/strict';
import { BINARY, bytesOf, CLOSE, closing, CONTINUATION, inPieces, PING, PONG, TEXT } from '../lib/bytes.js';
import { exchange, type RawFrame } from '../lib/raw-socket.js';
import { under } from '../lib/requirement.js';
import type { Stage } from '../lib/stage.js';

/** A right message is answered: as the first one it is refused as no hello. */
const MESSAGE = '{"frame":"ping"}';
const WITHIN_MS = 4_000;
/** Five seconds for a hello, and then some. */
const HELLO_MS = 9_000;
const WIDTH = 8;
const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
/** Of the registry that §7.4 begins, and of applications. */
const GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
/** Not UTF-8: alone, too short, too long, surrogates, beyond the last one (RFC 3629). */
const BAD_UTF8 = [
  [0x80],
  [0xbf],
  [0xc0],
  [0xc1, 0x80],
  [0xc0, 0xaf],
  [0xc3],
  [0xc3, 0x28],
  [0xe0, 0x80, 0xaf],
  [0xe2, 0x82],
  [0xe2, 0x28, 0xa1],
  [0xe0, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xad, 0xbf],
  [0xed, 0xae, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf0, 0x80, 0x80, 0xaf],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf0, 0x9f, 0x92],
  [0xf0, 0x28, 0x8c, 0xbc],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  [0xfe],
  [0xff],
  [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
];
const GOOD_UTF8 = [
  'é',
  'ß',
  'κόσμε',
  '€',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\uffff',
  '\u{10000}',
  '\u{1f469}\u{1f3fd}',
  '\u{10ffff}',
];

type Case = readonly [what: string, bytes: readonly Buffer[]];

/** What is below the JSON: RFC 6455 as every server of it has to read it. */
export const FRAMING = under('Connect', {
  'framing.whole': answered(
    'A message is read whatever its length and however its length is written (RFC 6455 §5.2).',
    wholes(),
  ),
  'framing.pieces': answered('A message in pieces is read, with control frames between them (§5.4).', fragments()),
  'framing.utf8': answered(
    'Text in UTF-8 is read whole, also where a piece ends within a character (§8.1).',
    goodTexts(),
  ),
  'framing.ping': [
    'A ping is answered by a pong with the same bytes (§5.5.3).',
    [],
    async (stage) => {
      await each(
        [0, 1, 2, 5, 8, 16, 32, 64, 100, 124, 125].map((size): Case => [
          `${size} bytes`,
          [bytesOf(PING, Buffer.alloc(size, 0xfe))],
        ]),
        async (bytes) => {
          const isPong = ({ opcode, payload }: RawFrame) => opcode === PONG && payload.every((byte) => byte === 0xfe);
          const { frames } = await exchange(stage.url, bytes, {
            isEnough: (all) => all.some(isPong),
            withinMs: WITHIN_MS,
          });
          return frames.some(isPong);
        },
      );
    },
  ],
  'framing.close': [
    'A close is answered by a close, and the connection ends (§5.5.1).',
    [],
    async (stage) => {
      await each(
        [
          ['no code', [bytesOf(CLOSE)]] as Case,
          ...GOOD_CODES.map((code): Case => [String(code), [bytesOf(CLOSE, closing(code, 'bye'))]]),
        ],
        async (bytes) => {
          const { frames, isClosed } = await exchange(stage.url, bytes, { isEnough: () => false, withinMs: WITHIN_MS });
          return isClosed && frames.some(({ opcode }) => opcode === CLOSE);
        },
      );
    },
  ],
  'framing.reserved': ended('Reserved bits and opcodes end the connection (§5.2).', [
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((reserved) =>
      [TEXT, BINARY, PING, PONG, CLOSE].map((opcode): Case => [
        `RSV ${reserved} of ${opcode}`,
        [bytesOf(opcode, opcode === CLOSE ? '' : MESSAGE, { reserved })],
      ]),
    ),
    ...RESERVED_OPCODES.flatMap((opcode): Case[] => [
      [`opcode ${opcode}`, [bytesOf(opcode)]],
      [`opcode ${opcode} with a payload`, [bytesOf(opcode, MESSAGE)]],
      [`opcode ${opcode} within a message`, [bytesOf(TEXT, '{"frame"', { fin: false }), bytesOf(opcode, 'a')]],
    ]),
  ]),
  'framing.control': ended('A control frame of more than 125 bytes, or in pieces, ends the connection (§5.5).', [
    ...[PING, PONG, CLOSE].flatMap((opcode): Case[] => [
      ...[126, 127, 200, 1_000].map((size): Case => [
        `${opcode} of ${size} bytes`,
        [bytesOf(opcode, Buffer.alloc(size, 0x61))],
      ]),
      [`${opcode} without FIN`, [bytesOf(opcode, '', { fin: false }), bytesOf(CONTINUATION, MESSAGE)]],
    ]),
  ]),
  'framing.sequence': ended('A continuation of nothing, or a text within a message, ends the connection (§5.4).', [
    ...[true, false].flatMap((fin): Case[] => [
      [`a continuation, FIN ${fin}`, [bytesOf(CONTINUATION, MESSAGE, { fin })]],
      [`an empty continuation, FIN ${fin}`, [bytesOf(CONTINUATION, '', { fin })]],
    ]),
    ...[TEXT, BINARY].map((first): Case => [`in ${first}`, within(first, TEXT)]),
  ]),
  'framing.binary_within': ended(
    'A binary frame within a message ends the connection (§5.4), or is refused like any binary frame and ends it so.',
    [TEXT, BINARY].map((first): Case => [`in ${first}`, within(first, BINARY)]),
    { mayBeRefused: true },
  ),
  'framing.unmasked': ended(
    'A frame of a client that is not masked is never read as a message, and the connection ends (§5.1), with the time for a hello at the latest.',
    [TEXT, BINARY, PING, PONG].map((opcode): Case => [String(opcode), [bytesOf(opcode, MESSAGE, { masked: false })]]),
    { withinMs: HELLO_MS },
  ),
  'framing.bad_utf8': ended('Text that is not UTF-8 ends the connection (§8.1).', [
    ...BAD_UTF8.flatMap((bad): Case[] => {
      const [start, spoiled] = [Buffer.from('{"frame":"ping","a":"'), Buffer.from(bad)];
      const whole = Buffer.concat([start, spoiled, Buffer.from('"}')]);
      const name = spoiled.toString('hex');
      return [
        [name, [bytesOf(TEXT, whole)]],
        [`${name} in pieces`, [inPieces(TEXT, [start, spoiled, '"}'])]],
        [
          `${name} byte by byte`,
          [
            inPieces(
              TEXT,
              [...whole].map((byte) => Buffer.of(byte)),
            ),
          ],
        ],
      ];
    }),
  ]),
  'framing.bad_close': ended(
    'A close with a code that may not be sent, with half a code, or with a reason that is not UTF-8, ends the connection (§7.4).',
    [
      ...BAD_CODES.map((code): Case => [String(code), [bytesOf(CLOSE, closing(code))]]),
      ['one byte', [bytesOf(CLOSE, Buffer.of(3))]],
      ...BAD_UTF8.slice(0, 6).map((bad): Case => [
        `reason ${Buffer.from(bad).toString('hex')}`,
        [bytesOf(CLOSE, closing(1_000, Buffer.from(bad)))],
      ]),
    ],
  ),
});

function wholes(): readonly Case[] {
  const padded = (size: number) => MESSAGE.padEnd(size, ' ');
  return [
    ...[16, 100, 124, 125, 126, 127, 128, 1_000, 16_000, 16_384].map((size): Case => [
      `${size} bytes`,
      [bytesOf(TEXT, padded(size))],
    ]),
    ...([2, 8] as const).map((lengthBytes): Case => [
      `the length in ${lengthBytes} bytes`,
      [bytesOf(TEXT, padded(300), { lengthBytes })],
    ]),
    // However the network cuts it.
    ...[1, 2, 3, 5, 6, 7, 10].map((at): Case => {
      const bytes = bytesOf(TEXT, padded(300));
      return [`cut at ${at}`, [bytes.subarray(0, at), bytes.subarray(at)]];
    }),
    ['byte by byte', [...bytesOf(TEXT, MESSAGE)].map((byte) => Buffer.of(byte))],
    ['behind an unasked pong', [bytesOf(PONG, 'a'), bytesOf(TEXT, MESSAGE)]],
  ];
}

function fragments(): readonly Case[] {
  const cuts = Array.from({ length: MESSAGE.length - 1 }, (_, index) => index + 1);
  return [
    ...cuts.map((at): Case => [`cut at ${at}`, [inPieces(TEXT, [MESSAGE.slice(0, at), MESSAGE.slice(at)])]]),
    ...cuts.map((at): Case => [
      `cut at ${at} with a ping between`,
      [
        bytesOf(TEXT, MESSAGE.slice(0, at), { fin: false }),
        bytesOf(PING, 'x'),
        bytesOf(CONTINUATION, MESSAGE.slice(at)),
      ],
    ]),
    ['byte by byte', [inPieces(TEXT, MESSAGE.split(''))]],
    ['with empty pieces', [inPieces(TEXT, ['', MESSAGE, '', ''])]],
    ['an empty end', [inPieces(TEXT, [MESSAGE, ''])]],
    ['all of it in the end', [inPieces(TEXT, ['', '', MESSAGE])]],
  ];
}

function goodTexts(): readonly Case[] {
  return GOOD_UTF8.flatMap((text): Case[] => {
    const whole = Buffer.from(`{"frame":"ping","a":"${text}"}`);
    const within = whole.indexOf(Buffer.from(text)) + 1;
    return [
      [text, [bytesOf(TEXT, whole)]],
      [`${text} cut`, [inPieces(TEXT, [whole.subarray(0, within), whole.subarray(within)])]],
    ];
  });
}

type Row = readonly [string, readonly [], (stage: Stage) => Promise<void>];

/** Each of these is read, and answered. */
function answered(must: string, cases: readonly Case[]): Row {
  return [
    `${must} ${cases.length} cases.`,
    [],
    (stage) =>
      each(cases, async (bytes) => {
        const { frames } = await exchange(stage.url, bytes, {
          isEnough: (all) => all.some(isText),
          withinMs: WITHIN_MS,
        });
        return frames.some(isText);
      }),
  ];
}

/** None of these is answered, and each ends the connection. */
function ended(
  must: string,
  cases: readonly Case[],
  { mayBeRefused = false, withinMs = WITHIN_MS }: { readonly mayBeRefused?: boolean; readonly withinMs?: number } = {},
): Row {
  const isAllowed = ({ payload }: RawFrame) => mayBeRefused && payload.includes('"frame":"refused"');
  return [
    `${must} ${cases.length} cases.`,
    [],
    (stage) =>
      each(cases, async (bytes) => {
        const { frames, isClosed } = await exchange(stage.url, bytes, { isEnough: () => false, withinMs });
        return isClosed && frames.filter(isText).every(isAllowed);
      }),
  ];
}

function within(first: number, second: number): readonly Buffer[] {
  return [bytesOf(first, '{"frame":', { fin: false }), bytesOf(second, MESSAGE)];
}

function isText({ opcode }: RawFrame): boolean {
  return opcode === TEXT;
}

/** Tries all of them, some at a time. @throws with the names of those that do not hold */
async function each(cases: readonly Case[], holds: (bytes: readonly Buffer[]) => Promise<boolean>): Promise<void> {
  const queue = [...cases];
  const wrong: string[] = [];
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        if (!(await holds(next[1]))) wrong.push(next[0]);
    }),
  );
  assert.equal(wrong.length, 0, `not so for: ${wrong.join(' · ')}`);
}
