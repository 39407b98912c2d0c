import assert from 'node:assert/strict';
import { Client, newCmid } from '../lib/client.js';
import { HandshakeRefused } from '../lib/connection.js';
import { under } from '../lib/requirement.js';
import type { Stage } from '../lib/stage.js';

const HELLO_TIMEOUT_MS = 5_000;
/** A server may be busy. */
const SLACK_MS = 3_000;

/** From the open socket to the answer to a hello. */
export const CONNECT = under('Connect', {
  'connect.subprotocol': [
    'The handshake is answered with the sub-protocol `lms-live.v1`.',
    [],
    async (stage) => {
      const connection = await stage.dial({ subprotocols: ['something-else', 'lms-live.v1'] });
      assert.equal(connection.subprotocol, 'lms-live.v1');
    },
  ],
  'connect.subprotocol_missing': [
    'A handshake without that sub-protocol is not upgraded.',
    [],
    async (stage) => {
      for (const subprotocols of [[], ['lms-live.v999']])
        await assert.rejects(
          stage.dial({ subprotocols }),
          (error) => error instanceof HandshakeRefused && error.status >= 400,
        );
    },
  ],
  'connect.compression': [
    'No compression is negotiated, also where it is offered.',
    [],
    async (stage) => {
      const connection = await stage.dial({ offersCompression: true });
      assert.equal(connection.extensions, '');
    },
  ],
  'connect.origin': [
    'A page of an origin that is no tenant’s is answered 403 at the upgrade.',
    [],
    async (stage) => {
      await assert.rejects(
        stage.dial({ origin: 'https://evil.example' }),
        (error) => error instanceof HandshakeRefused && error.status === 403,
      );
    },
  ],
  'connect.hello_first': [
    'Any other frame than `hello` as the first one is refused as `hello_expected`, and the socket is closed with 4500.',
    [],
    async (stage) => {
      for (const frame of [
        { frame: 'ping' },
        { frame: 'command', cmid: newCmid(), seq: 1, type: 'chat.post', body: { text: 'a' } },
        { frame: 'resume', positions: {} },
      ]) {
        const connection = await stage.dial();
        connection.send(frame);
        const { frame: refused } = await connection.frame('refused');
        assert.equal(refused.code, 'hello_expected');
        assert.equal((await connection.close()).code, 4500);
      }
    },
  ],
  'connect.hello_timeout': [
    'A socket on which no hello comes within five seconds is closed with 4004.',
    [],
    async (stage) => {
      const openedMs = performance.now();
      const connection = await stage.dial();
      const { code, atMs } = await connection.close(HELLO_TIMEOUT_MS + SLACK_MS);
      assert.equal(code, 4004);
      assert.ok(atMs - openedMs > HELLO_TIMEOUT_MS - SLACK_MS, 'it was closed too early');
    },
  ],
  'connect.first_frame_malformed': [
    'A first frame that is not JSON of the shape of a hello is refused as `frame_malformed`, and the socket is closed with 4500.',
    [],
    async (stage) => {
      for (const text of ['', '{', '[]', '"hello"', '{"frame":"hello","token":"a","client":{}}']) {
        const connection = await stage.dial();
        connection.sendText(text);
        assert.equal((await connection.frame('refused')).frame.code, 'frame_malformed', `for ${text}`);
        assert.equal((await connection.close()).code, 4500);
      }
    },
  ],
  'connect.no_token': [
    'A hello without a token, or with one that is none, is refused as `token_malformed`, and the socket is closed with 4501.',
    [],
    async (stage) => {
      for (const token of [undefined, '', 7, 'a.b', 'a'.repeat(9_000)]) {
        const connection = await stage.dial();
        connection.send({ frame: 'hello', token, client: { id: newCmid() } });
        assert.equal(
          (await connection.frame('refused')).frame.code,
          'token_malformed',
          `for ${String(token).slice(0, 20)}`,
        );
        assert.equal((await connection.close()).code, 4501);
      }
    },
  ],
  'connect.binary': [
    'A binary frame is refused, also when what is in it would be a hello.',
    ['teacher'],
    async (stage) => {
      const connection = await stage.dial();
      const hello = { frame: 'hello', token: stage.token('teacher'), client: { id: newCmid() } };
      connection.sendBinary(Buffer.from(JSON.stringify(hello)));
      assert.equal((await connection.frame('refused')).frame.code, 'frame_malformed');
      assert.equal((await connection.close()).code, 4500);
    },
  ],
  'connect.unknown_member': [
    'A member that the page does not name is refused in what a client says.',
    ['teacher'],
    async (stage) => {
      const connection = await stage.dial();
      connection.send({ frame: 'hello', token: stage.token('teacher'), client: { id: newCmid() }, colour: 'red' });
      const { frame } = await connection.frame('refused');
      assert.equal(frame.code, 'frame_malformed');
      assert.equal(frame.detail?.['path'], 'colour');
    },
  ],
  'connect.second_hello': [
    'A second hello is refused as `hello_expected`, and the socket is closed with 4500.',
    ['teacher'],
    async (stage) => {
      const client = await stage.enter('teacher');
      client.hello({ room: stage.room });
      assert.equal((await client.connection.frame('refused')).frame.code, 'hello_expected');
      assert.equal((await client.connection.close()).code, 4500);
    },
  ],
  'connect.welcome': [
    '`welcome` says who this is, in which room, with which rights and limits, the server’s clock, and when the token expires.',
    ['teacher'],
    async (stage) => {
      const { welcome, token } = await stage.enter('teacher');
      const { frame } = welcome;
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number };
      assert.equal(frame.room.id, stage.room);
      assert.equal(frame.room.kind, 'meeting');
      assert.equal(frame.role, 'instructor');
      assert.ok(frame.grants.includes('staff.read'), 'an instructor reads the staff log');
      assert.equal(frame.expiresAt, claims.exp * 1_000);
      assert.ok(frame.serverTime > 1_700_000_000_000, 'serverTime is in milliseconds');
      assert.ok((frame.limits['maxFrameBytes'] ?? 0) > 0, 'limits.maxFrameBytes');
      assert.equal(frame.limits['maxUnacked'], 8);
    },
  ],
  'connect.heads': [
    '`welcome.positions` has the logs that this person reads and no others: `staff` is for holders of `staff.read`.',
    ['teacher', 'student'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student');
      assert.deepEqual(Object.keys(teacher.welcome.frame.positions).sort(), ['all', 'me', 'staff']);
      assert.deepEqual(Object.keys(student.welcome.frame.positions).sort(), ['all', 'me']);
      assert.ok(!student.welcome.frame.grants.includes('staff.read'), 'a student does not hold staff.read');
    },
  ],
  'connect.participant': [
    'A person is the same participant on every connection, and that is not their `sub`.',
    ['teacher'],
    async (stage) => {
      const first = await stage.enter('teacher');
      const second = await stage.enter('teacher');
      assert.equal(first.welcome.frame.participant, second.welcome.frame.participant);
      const claims = JSON.parse(Buffer.from(first.token.split('.')[1]!, 'base64url').toString()) as { sub: string };
      assert.notEqual(first.welcome.frame.participant, claims.sub);
    },
  ],
  'connect.join': [
    'Without `join` a person is in and not present; with `join: true` they are present at once.',
    ['teacher', 'student'],
    async (stage) => {
      const teacher = await stage.enter('teacher', { join: true });
      const student = await stage.enter('student');
      const { participant } = student.welcome.frame;
      const isThere = (from = 0) =>
        teacher.connection
          .all('presence', from)
          .some(({ frame }) => frame.joined.some((one) => one.participant === participant));
      await teacher.done('chat.post', { text: 'before' });
      await teacher.connection.settled();
      if (stage.isAlone) assert.ok(!isThere(), 'nobody is present before they join');
      const from = teacher.connection.mark();
      await stage.enter('student', { join: true });
      await teacher.connection.frame('presence', {
        from: stage.isAlone ? from : 0,
        where: ({ joined }) => joined.some((one) => one.participant === participant),
        what: 'the presence of who has joined',
      });
    },
  ],
  'connect.kind': [
    '`hello.kind` is the kind of room that is made where it does not exist.',
    ['mint'],
    async (stage) => {
      const { welcome } = await stage.enter('teacher', { kind: 'livestream' });
      assert.equal(welcome.frame.room.kind, 'livestream');
    },
  ],
  'connect.same_tab': [
    'A newer connection of the same person with the same `client.id` replaces the older one, which is closed with 4006.',
    ['teacher'],
    async (stage) => {
      const clientId = newCmid();
      const older = await stage.enter('teacher', { clientId });
      const newer = await stage.enter('teacher', { clientId });
      assert.equal((await older.connection.close()).code, 4006);
      await newer.connection.settled();
    },
  ],
  'connect.foreign_tab': [
    'A connection with the `client.id` of somebody else replaces nobody.',
    ['teacher', 'student'],
    async (stage) => {
      const clientId = newCmid();
      const teacher = await stage.enter('teacher', { clientId, join: true });
      await stage.enter('student', { clientId });
      await teacher.connection.settled();
      assert.equal(teacher.connection.closed, null);
    },
  ],
  'connect.too_many': [
    'More than 12 connections of one person to a room are refused as `too_many_connections`, with 4005.',
    ['mint'],
    async (stage) => {
      const clients = await Promise.all(Array.from({ length: 12 }, () => stage.enter('teacher')));
      const last = await stage.knock('teacher');
      assert.equal((await last.connection.frame('refused')).frame.code, 'too_many_connections');
      assert.equal((await last.connection.close()).code, 4005);
      for (const { connection } of clients) assert.equal(connection.closed, null);
    },
  ],
});

/** Whoever is not let in is told a code, and the close code says what to do. */
export const REFUSED_AT_THE_DOOR = under('Close codes', {
  'refused.malformed_token': refusedHello('token_malformed', 4501, () => 'not a token'),
  'refused.signature': refusedHello('token_signature', 4501, (stage) => {
    const [head, body] = stage.token('teacher').split('.');
    return `${head}.${body}.${Buffer.alloc(32, 1).toString('base64url')}`;
  }),
  'refused.expired': refusedHello('token_expired', 4100, (stage) => stage.token('teacher', { iat: 1, exp: 60 })),
  'refused.not_yet': refusedHello('token_not_yet', 4101, (stage) =>
    stage.token('teacher', { nbf: Math.floor(Date.now() / 1_000) + 600 }),
  ),
  'refused.audience': refusedHello('token_audience', 4501, (stage) =>
    stage.token('teacher', { aud: 'https://elsewhere.example' }),
  ),
  'refused.issuer': refusedHello('token_issuer', 4501, (stage) =>
    stage.token('teacher', { iss: 'https://nobody.example' }),
  ),
  'refused.claims': refusedHello('token_claims', 4501, (stage) => stage.token('teacher', { sub: '' })),
  'refused.no_room': refusedHello('room_missing', 4501, (stage) => stage.token('teacher', { room: ['a', 'b'] })),
  'refused.other_room': refusedHello('room_not_covered', 4501, (stage) => stage.token('teacher'), {
    room: 'another-room',
  }),
  'refused.unknown_room': refusedHello(
    'room_unknown',
    4501,
    (stage) => stage.token('student', { room: `${stage.room}*` }),
    'own',
  ),
  'refused.service': refusedHello('forbidden', 4501, (stage) => stage.token('teacher', { role: 'service' })),
});

function refusedHello(
  code: string,
  close: number,
  tokenOf: (stage: Stage) => string,
  members: { readonly room: string } | 'own' | null = null,
): readonly [string, readonly ['mint'], (stage: Stage) => Promise<void>] {
  return [
    `What is \`${code}\` at the door is refused by that code and closed with ${close}, the code as the reason.`,
    ['mint'],
    async (stage) => {
      const client = new Client(await stage.dial(), tokenOf(stage));
      client.hello(members === 'own' ? { room: stage.room } : (members ?? {}));
      const { frame } = await client.connection.frame('refused');
      assert.equal(frame.code, code);
      const closed = await client.connection.close();
      assert.equal(closed.code, close);
      assert.equal(closed.reason, code);
      assert.equal(client.connection.all('welcome').length, 0);
    },
  ];
}
