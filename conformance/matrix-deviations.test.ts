import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linesOf, lookAt } from './rights/cells.js';
import { MATRIX } from './rights/index.js';
import { startSubject } from './support.js';

const PROGRAM = fileURLToPath(new URL('rights/planted-server.mjs', import.meta.url));
const LONGEST_MS = 120_000;
/** Each has a server of its own. */
const AT_ONCE = 2;

const PROTOCOL = '/packages/protocol/dist/index.js';
const GATEWAY = '/server/dist/gateway';

interface Planted {
  /** What the server does wrong. */
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** The part that has to find it, the beginning of the scene's name, and the cell by which it does. */
  readonly part: string;
  readonly scene: string;
  readonly cell: RegExp;
}

/** A role has a right more, in the table that the server reads. */
const moreRight = (grant: string, role: string) => ({
  file: PROTOCOL,
  find: `('${grant.replace('.', String.raw`\.`)}': \\{\\s*means: '[^']*',\\s*roles: \\[)`,
  put: `$1'${role}', `,
});

const PLANTED: readonly Planted[] = [
  {
    what: 'a student may pin',
    ...moreRight('chat.moderate', 'student'),
    part: 'commands',
    scene: 'student, live',
    cell: /^student, live · chat\.pin: expected forbidden chat\.moderate, was ack/u,
  },
  {
    what: 'an assistant may end the class',
    ...moreRight('room.end', 'assistant'),
    part: 'commands',
    scene: 'assistant, live',
    cell: /^assistant, live · room\.end: expected forbidden room\.end, was ack/u,
  },
  {
    what: 'an observer may be heard',
    file: PROTOCOL,
    find: String.raw`grants\.has\('media\.audio'\)`,
    put: 'true',
    part: 'policy',
    scene: 'media.students video',
    cell: /observer: may audio: expected false, was true/u,
  },
  {
    what: 'a student may not vote',
    file: PROTOCOL,
    find: String.raw`(vote: \{ means: '[^']*', roles: \['instructor', 'assistant')[^\]]*\]`,
    put: '$1]',
    part: 'commands',
    scene: 'student, live',
    cell: /^student, live · vote\.set: expected ack, was forbidden vote/u,
  },
  {
    what: 'a command that asks for no right',
    file: PROTOCOL,
    find: String.raw`('room\.start': \{ grant: )'room\.start'`,
    put: '$1null',
    part: 'commands',
    scene: 'observer, live',
    cell: /^observer, live · room\.start: expected forbidden room\.start, was ack/u,
  },
  {
    what: 'who is no owner changes the record',
    file: `${GATEWAY}/admission.js`,
    find: String.raw`owners\.length === 0`,
    put: 'true',
    part: 'settings',
    scene: 'the record, by HTTP',
    cell: /instructor of another’s room: expected 403 forbidden, was 200/u,
  },
  {
    what: 'a right that the token takes away is there all the same',
    file: PROTOCOL,
    find: String.raw`changes\[grant\] === true`,
    put: '(changes[grant] === true || RIGHTS[grant].roles.includes(role))',
    part: 'grants',
    scene: 'instructor',
    cell: /^instructor with one grant changed · chat\.pin without chat\.moderate: expected forbidden/u,
  },
  {
    what: 'a role that was given in class counts after a reconnect alone',
    file: '/server/dist/rooms/live-room.js',
    find: String.raw`member\.refreshRights\(\);`,
    put: '',
    part: 'promoted',
    scene: 'student made assistant',
    cell: /on the same socket/u,
  },
  {
    what: 'a role that was given in class is forgotten',
    file: PROTOCOL,
    find: String.raw`person\?\.promoted \? person\.role : tokenRole`,
    put: 'tokenRole',
    part: 'promoted',
    scene: 'instructor made student',
    cell: /made student, after a reconnect/u,
  },
  {
    what: 'an assistant acts on a teacher',
    file: PROTOCOL,
    find: String.raw`refuse\('role_required'\)`,
    put: 'null',
    part: 'on people',
    scene: 'assistant does person.remove',
    cell: /^assistant does person\.remove · to instructor: expected role_required, was ack/u,
  },
  {
    what: 'who is muted unmutes themselves',
    file: PROTOCOL,
    find: String.raw`participant === actor\.participant\)\s*return refuse\('self_refused'\)`,
    put: 'false) return null',
    part: 'on people',
    scene: 'instructor does person.bar',
    cell: /to oneself: expected self_refused/u,
  },
  {
    what: 'a setting that the host has fixed is changed',
    file: PROTOCOL,
    find: String.raw`isFixed \? refuse`,
    put: 'false ? refuse',
    part: 'settings',
    scene: 'fixed by the host',
    cell: /^fixed by the host · chat\.mode: instructor: expected policy_fixed, was ack/u,
  },
  {
    what: 'signals take no right',
    file: `${GATEWAY}/frames/signal.js`,
    find: String.raw`!actor\.grants\.has\(grant\)`,
    put: 'false',
    part: 'signals',
    scene: 'student',
    cell: /^student · mute of one: expected forbidden people\.moderate, was heard/u,
  },
  {
    what: 'a chat that is frozen for nobody',
    file: PROTOCOL,
    find: String.raw`return refuse\('chat_frozen'\)`,
    put: 'return null',
    part: 'policy',
    scene: '{"chat.mode":"frozen"}',
    cell: /student: expected chat_frozen, was ack/u,
  },
  {
    what: 'anybody edits what another wrote',
    file: PROTOCOL,
    find: String.raw`message\.by === null \|\| message\.by !== actor\.participant`,
    put: 'false',
    part: 'commands',
    scene: 'student, live',
    cell: /chat\.edit of another’s: expected forbidden author, was ack/u,
  },
  {
    what: 'who is banned comes back',
    file: `${GATEWAY}/entrance.js`,
    find: String.raw`throw new AdmissionError\('person_banned'\)`,
    put: 'null',
    part: 'door',
    scene: 'banned',
    cell: /^banned/u,
  },
];

describe('the matrix', () => {
  const waiting: (() => void)[] = [];
  let running = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };

  it.concurrent.each(PLANTED)(
    'finds that $what',
    ({ file, find, put, part, scene, cell }) =>
      inTurn(async () => {
        const planted = { PLANTED: JSON.stringify({ file, find, put }) };
        const { server, subject } = await startSubject('uws', { program: PROGRAM, env: planted });
        try {
          const parts = MATRIX.filter(({ name }) => name === part).map((one) => ({
            ...one,
            scenes: one.scenes.filter(({ name }) => name.startsWith(scene)),
          }));
          const results = await lookAt(subject, parts);
          const lines = results.flatMap(({ deviations }) => linesOf(deviations));
          expect(lines.filter((line) => cell.test(line))).not.toEqual([]);
        } finally {
          await server.close();
        }
      }),
    LONGEST_MS,
  );
});
