import { describe, expect, it } from 'vitest';
import { Answerer, type AnswererOptions, type StunOutcome } from '../../src/stun/answerer.js';
import { bindingRequest, readAnswer } from './stun-client.js';

function answerer(limits: AnswererOptions['limits'] = {}) {
  const outcomes: StunOutcome[] = [];
  const onRequest = (outcome: StunOutcome) => outcomes.push(outcome);
  const made = new Answerer({ onRequest, limits });
  const ask = (address: string, port = 5_000) => made.answer(bindingRequest(), { address, port });
  return { ask, outcomes };
}

const ONE_EACH = { source: { burst: 1, perSecond: 0.001, maxCallers: 3 } };

describe('what a packet is answered with', () => {
  it('writes an IPv4 address that came to a dual socket as IPv4, and leaves out the zone of a link', () => {
    const { ask } = answerer();
    expect(readAnswer(ask('::ffff:192.0.2.7') ?? Buffer.alloc(0))).toMatchObject({ address: '192.0.2.7' });
    expect(readAnswer(ask('fe80::1%eth0') ?? Buffer.alloc(0))).toMatchObject({ address: 'fe80::1' });
  });

  it.each([0, 53, 123, 1_023])('sends nothing to port %i of the system, which a forger may have named', (port) => {
    const { ask, outcomes } = answerer();
    expect(ask('192.0.2.1', port)).toBeNull();
    expect(ask('192.0.2.1', 1_024)).not.toBeNull();
    expect(outcomes).toEqual(['ignored', 'answered']);
  });

  it('holds each source to its rate, and lets others through', () => {
    const { ask, outcomes } = answerer({ source: { burst: 2, perSecond: 0.001, maxCallers: 10 } });
    expect(['192.0.2.1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2'].map((address) => ask(address) !== null)).toEqual(
      [true, true, false, true],
    );
    expect(outcomes).toEqual(['answered', 'answered', 'limited', 'answered']);
  });

  it('counts a network of IPv6 as one source, since one household has all of its addresses', () => {
    const { ask } = answerer(ONE_EACH);
    expect(ask('2001:db8:0:1::1')).not.toBeNull();
    expect(ask('2001:db8:0:1:ffff::2')).toBeNull();
    expect(ask('2001:db8:0:2::1')).not.toBeNull();
    expect(ask('::1')).not.toBeNull();
  });

  it('gives no more than so many answers in all', () => {
    const { ask } = answerer({ total: { burst: 2, perSecond: 0.001 } });
    expect(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ask(address) !== null)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('remembers a bounded number of sources, and forgets the oldest', () => {
    const { ask } = answerer(ONE_EACH);
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']) expect(ask(address)).not.toBeNull();
    expect(ask('192.0.2.4')).toBeNull();
    expect(ask('192.0.2.1')).not.toBeNull();
  });
});
