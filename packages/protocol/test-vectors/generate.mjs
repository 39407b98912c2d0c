/**
 * Writes `chain.json`: what an implementation of the hash chain has to compute, worked out by the plainest code that does it,
 * with nothing of this package. `--check` only compares.
 *
 *   node test-vectors/generate.mjs
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('chain.json', import.meta.url);

/** @param {(string | number | null)[]} fields each as a 4-byte big-endian length and its UTF-8 bytes; null is the length 0xFFFFFFFF */
function encode(fields) {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field === null ? '' : String(field), 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(field === null ? 0xffffffff : bytes.length);
      return [length, bytes];
    }),
  );
}

/** @param {Buffer | string} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
/** @param {(string | number | null)[]} fields the chain keeps the first 128 bits */
const chainHash = (fields) => sha256(encode(fields)).slice(0, 32);

/** @param {number} n a salt that is not secret: n, sixteen times */
const salt = (n) => n.toString(16).padStart(2, '0').repeat(16);

const AT = 1_800_000_000_000;
const LOGS = [
  {
    why: 'the log of everyone: the system, people, an anonymous asker, an erased message',
    identity: { tenant: 'school', room: 'algebra-1', log: 'all', participant: null, epoch: 'V1StGXR8_Z5jdHi6B-myT' },
    events: [
      { type: 'room.changed', by: null, body: { state: 'live', why: null, liveSince: AT } },
      { type: 'person.named', by: 'p-ina', body: { participant: 'p-ina', name: 'Ina Müller' } },
      { type: 'chat.posted', by: 'p-ina', body: { id: 'm-1', text: 'Grüße, 你好, שלום 👩🏽‍🏫' } },
      { type: 'chat.posted', by: 'p-sam', erased: true, body: { id: 'm-2', text: 'my number is 555-0100' } },
      {
        type: 'question.asked',
        by: null,
        body: { id: 'q-1', text: 'Why?', state: 'open', alias: 'x7Kq2a', askedAt: AT + 5 },
      },
      {
        type: 'chat.posted',
        by: 'p-sam',
        body: { id: 'm-3', text: 'a body that holds ,"body":{"text":"x"}} and \\ and \u0001' },
      },
    ],
  },
  {
    why: 'the log of one person, told apart by the participant',
    identity: { tenant: 'school', room: 'algebra-1', log: 'me', participant: 'p-sam', epoch: 'e-2' },
    events: [
      { type: 'attendance.opened', by: null, body: { participant: 'p-sam', seenAt: AT } },
      { type: 'vote.set', by: 'p-sam', body: { question: 'q-1', value: true } },
    ],
  },
  {
    why: 'the log of the staff, in a tenant and a room with names that are not ASCII',
    identity: { tenant: 'école', room: '数学', log: 'staff', participant: null, epoch: 'e-3' },
    events: [
      {
        type: 'question.author',
        by: null,
        body: { question: 'q-1', participant: 'p-sam', cmid: 'abcdefghijklmnopqrstuv' },
      },
      { type: 'audit', by: 'p-ina', erased: true, body: { action: 'chat.delete', about: 'm-2', text: '…' } },
    ],
  },
  {
    why: 'a log without events has the hash of its identity',
    identity: { tenant: 'school', room: 'empty', log: 'all', participant: null, epoch: 'e-4' },
    events: [],
  },
];

const canonical = [[], [''], [null], ['', null], ['a', 'bc'], ['ab', 'c'], [0, 12, 1_800_000_000_000], ['ü', '👩🏽‍🏫']].map(
  (fields) => ({
    fields,
    hex: encode(fields).toString('hex'),
    sha256: sha256(encode(fields)),
  }),
);

const logs = LOGS.map(({ why, identity: { tenant, room, log, participant, epoch }, events }) => {
  const genesis = chainHash(['lms-live.v1', tenant, room, log, participant, epoch]);
  let hash = genesis;
  return {
    why,
    identity: { tenant, room, log, participant, epoch },
    genesis,
    events: events.map(({ type, by, body, erased = false }, index) => {
      const [offset, id, at] = [index + 1, `e-${index + 1}`, AT + 10 * index];
      const text = JSON.stringify(body);
      const digest = sha256(salt(index + 1) + text);
      hash = chainHash([hash, offset, id, type, by, at, digest]);
      // Where it is erased, salt and body are gone from the log; the digest and the chain stay.
      const rest = erased ? { body: null } : { salt: salt(index + 1), body: text };
      return { offset, id, at, type, by, ...rest, digest, hash };
    }),
  };
});

const about =
  'canonical: fields as 4-byte big-endian length and UTF-8 bytes, null as length ffffffff. genesis = H(lms-live.v1, tenant, room, log, participant, epoch). hash = H(previous hash, offset, id, type, by, at, digest). digest = SHA-256 of salt and body, 64 hex characters. H = the first 32 hex characters of SHA-256 over canonical. body is the exact JSON text; null where it was erased.';
const vectors = JSON.stringify({ about, canonical, logs }, null, 2);

if (!process.argv.includes('--check')) writeFileSync(FILE, `${vectors}\n`);
// However the file is laid out.
else if (JSON.stringify(JSON.parse(readFileSync(FILE, 'utf8')), null, 2) !== vectors) {
  process.stderr.write('chain.json is stale: run node test-vectors/generate.mjs\n');
  process.exitCode = 1;
}
