import { execFileSync } from 'node:child_process';
import { createHash, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  bodyDigest,
  bodyDigestInput,
  canonical,
  genesisHash,
  genesisInput,
  linkHash,
  linkInput,
  toChainHash,
  toHex,
  type ChainedEvent,
  type LogIdentity,
} from './chain.js';

interface Vectors {
  readonly canonical: readonly {
    readonly fields: (string | number | null)[];
    readonly hex: string;
    readonly sha256: string;
  }[];
  readonly logs: readonly {
    readonly why: string;
    readonly identity: LogIdentity;
    readonly genesis: string;
    readonly events: readonly (ChainedEvent & {
      readonly salt?: string;
      readonly body: string | null;
      readonly hash: string;
    })[];
  }[];
}

const file = (name: string): string => fileURLToPath(new URL(`../test-vectors/${name}`, import.meta.url));
const vectors = JSON.parse(readFileSync(file('chain.json'), 'utf8')) as Vectors;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

describe('the published test vectors', () => {
  it('are what the plain implementation beside them computes', () => {
    expect(() => execFileSync(process.execPath, [file('generate.mjs'), '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('hold all three logs, an erased event, a null author and text that is not ASCII', () => {
    const events = vectors.logs.flatMap((log) => log.events);
    expect(new Set(vectors.logs.map(({ identity }) => identity.log))).toEqual(new Set(['all', 'me', 'staff']));
    expect(events.filter(({ body }) => body === null).length).toBeGreaterThan(0);
    expect(events.filter(({ by }) => by === null).length).toBeGreaterThan(0);
    expect(events.some(({ body }) => /[^\0-\x7f]/u.test(body ?? ''))).toBe(true);
  });

  it.each(vectors.canonical)('encode $fields', ({ fields, hex, sha256: whole }) => {
    expect(toHex(canonical(fields))).toBe(hex);
    expect(toHex(sha256(canonical(fields)))).toBe(whole);
  });

  it.each(vectors.logs)('chain $why', ({ identity, genesis, events }) => {
    expect(genesisHash(sha256, identity)).toBe(genesis);
    let hash = genesis;
    for (const event of events) {
      hash = linkHash(sha256, hash, event);
      expect(hash, event.id).toBe(event.hash);
      if (event.body !== null) expect(bodyDigest(sha256, event.salt ?? '', event.body), event.id).toBe(event.digest);
    }
  });

  it.each(vectors.logs)('chain with the digest of a browser: $why', async ({ identity, genesis, events }) => {
    const subtle = async (bytes: Uint8Array): Promise<Uint8Array> =>
      new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
    expect(toChainHash(await subtle(genesisInput(identity)))).toBe(genesis);
    let previous = genesis;
    for (const event of events) {
      expect(toChainHash(await subtle(linkInput(previous, event)))).toBe(event.hash);
      if (event.body !== null)
        expect(toHex(await subtle(bodyDigestInput(event.salt ?? '', event.body)))).toBe(event.digest);
      previous = event.hash;
    }
  });
});

describe('the chain', () => {
  const identity: LogIdentity = { tenant: 't', room: 'r', log: 'all', participant: null, epoch: 'e' };
  const event: ChainedEvent = { offset: 1, id: 'e-1', type: 'chat.posted', by: 'p', at: 5, digest: 'd'.repeat(64) };

  it('starts elsewhere for each tenant, room, log, participant and epoch', () => {
    const others: LogIdentity[] = [
      identity,
      { ...identity, tenant: 'tr', room: '' },
      { ...identity, log: 'staff' },
      { ...identity, log: 'me', participant: 'p' },
      { ...identity, log: 'me', participant: '' },
      { ...identity, log: 'me' },
      { ...identity, epoch: 'f' },
    ];
    expect(new Set(others.map((one) => genesisHash(sha256, one))).size).toBe(others.length);
  });

  it('changes with every field of an event, null and empty apart', () => {
    const others: ChainedEvent[] = [
      event,
      { ...event, offset: 2 },
      { ...event, id: 'e-2' },
      { ...event, type: 'chat.edited' },
      { ...event, by: null },
      { ...event, by: '' },
      { ...event, at: 6 },
      { ...event, digest: 'e'.repeat(64) },
    ];
    const hashes = others.map((one) => linkHash(sha256, '0'.repeat(32), one));
    expect(new Set([...hashes, linkHash(sha256, '1'.repeat(32), event)]).size).toBe(others.length + 1);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes the exact bytes of a body: two spellings of one JSON have two digests', () => {
    const salt = 'a'.repeat(32);
    expect(bodyDigest(sha256, salt, '{"a":1}')).not.toBe(bodyDigest(sha256, salt, '{"a": 1}'));
    expect(bodyDigest(sha256, salt, '{"a":1}')).not.toBe(bodyDigest(sha256, 'b'.repeat(32), '{"a":1}'));
  });
});
