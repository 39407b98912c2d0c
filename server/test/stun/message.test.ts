import { describe, expect, it } from 'vitest';
import { answerTo, MAX_REQUEST_BYTES, readBindingRequest } from '../../src/stun/message.js';
import { attribute, bindingRequest, readAnswer, withFingerprint } from './stun-client.js';

const read = (packet: Buffer) => {
  const request = readBindingRequest(packet);
  if (!request) throw new Error('not read as a Binding request');
  return request;
};

/** RFC 5769 §2.2 and §2.3: what the same transaction id must make of these addresses. */
const TRANSACTION = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');

describe('an answer', () => {
  it('names the address that the request came from, as the test vectors of RFC 5769 §2.2 have it for IPv4', () => {
    const answer = answerTo(read(bindingRequest({ transaction: TRANSACTION })), { address: '192.0.2.1', port: 32_853 });
    expect(answer.toString('hex')).toBe(`0101000c2112a442${TRANSACTION.toString('hex')}002000080001a147e112a643`);
  });

  it('names an IPv6 address, as those of RFC 5769 §2.3 have it', () => {
    const answer = answerTo(read(bindingRequest({ transaction: TRANSACTION })), {
      address: '2001:db8:1234:5678:11:2233:4455:6677',
      port: 32_853,
    });
    expect(answer.toString('hex')).toBe(
      `010100182112a442${TRANSACTION.toString('hex')}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
    );
  });

  it.each(['::', '::1', '2001:db8::', 'fe80::1:2', '1:2:3:4:5:6:7:8', '2001:db8:0:1::a'])(
    'writes %s in whatever form it came',
    (address) => {
      const answer = answerTo(read(bindingRequest()), { address, port: 5_000 });
      expect(readAnswer(answer)).toMatchObject({ type: 'success', address, port: 5_000 });
    },
  );

  it('is 12 bytes longer than the request for IPv4, 24 for IPv6, and never more', () => {
    for (const packet of [bindingRequest(), withFingerprint(bindingRequest())]) {
      expect(answerTo(read(packet), { address: '192.0.2.1', port: 1_234 })).toHaveLength(packet.length + 12);
      expect(answerTo(read(packet), { address: '2001:db8::1', port: 1_234 })).toHaveLength(packet.length + 24);
    }
    for (let count = 1; count <= 100; count += 1) {
      const packet = bindingRequest({
        attributes: Array.from({ length: count }, (_, index) => attribute(0x0100 + index)),
      });
      const { length } = answerTo(read(packet), { address: '2001:db8::1', port: 1_234 });
      expect(length).toBeLessThanOrEqual(packet.length + 12);
    }
  });

  it('carries a FINGERPRINT where the request had one, and only there', () => {
    const plain = answerTo(read(bindingRequest()), { address: '192.0.2.1', port: 1 });
    const marked = answerTo(read(withFingerprint(bindingRequest())), { address: '192.0.2.1', port: 1 });
    expect(readAnswer(plain)).toMatchObject({ attributes: [0x0020], fingerprint: null });
    expect(readAnswer(marked)).toMatchObject({ attributes: [0x0020, 0x8028], fingerprint: 'right' });
  });

  it('is 420 with their types for attributes that it would have to understand, whatever the request', () => {
    // CHANGE-REQUEST would have the answer sent from, RESPONSE-PORT to another port (RFC 5780); USE-CANDIDATE belongs between peers.
    const packet = bindingRequest({
      attributes: [attribute(0x0003, 4), attribute(0x0027, 4), attribute(0x0025), attribute(0x0003, 4)],
    });
    expect(readAnswer(answerTo(read(packet), { address: '192.0.2.1', port: 1 }))).toEqual({
      type: 'error',
      transaction: packet.subarray(8, 20).toString('hex'),
      attributes: [0x0009, 0x000a],
      code: 420,
      unknown: [0x0003, 0x0027, 0x0025],
      fingerprint: null,
    });
  });

  it('takes no notice of attributes that may be left aside, nor of credentials that nobody asked for', () => {
    const packet = bindingRequest({
      attributes: [attribute(0x8022, 10), attribute(0xc057, 4), attribute(0x0006, 9), attribute(0x0008, 20)],
    });
    expect(read(packet).unknown).toEqual([]);
  });
});

describe('what is no Binding request', () => {
  const request = bindingRequest();
  const changed = (at: number, value: number) => {
    const packet = Buffer.from(request);
    packet.writeUInt16BE(value, at);
    return packet;
  };

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a header cut short', request.subarray(0, 19)],
    ['another magic cookie (RFC 3489)', changed(4, 0x2113)],
    ['an indication', changed(0, 0x0011)],
    ['a success response', changed(0, 0x0101)],
    ['an error response', changed(0, 0x0111)],
    ['an Allocate request', changed(0, 0x0003)],
    ['first bits that STUN has as zero', changed(0, 0x8001)],
    ['a length beyond the packet', changed(2, 4)],
    ['more bytes than the length says', Buffer.concat([request, Buffer.alloc(4)])],
    ['a length that is no multiple of four', Buffer.concat([changed(2, 2), Buffer.alloc(2)])],
    [
      'an attribute longer than the packet',
      bindingRequest({ attributes: [Buffer.from([0x80, 0x22, 0, 9, 0, 0, 0, 0])] }),
    ],
    ['a wrong FINGERPRINT', bindingRequest({ attributes: [attribute(0x8028, 4)] })],
    ['a FINGERPRINT of another size', bindingRequest({ attributes: [attribute(0x8028, 8)] })],
    [
      'a FINGERPRINT that is not the last',
      bindingRequest({ attributes: [withFingerprint(request).subarray(20), attribute(0x8022)] }),
    ],
    [
      'more than a path of unknown size carries',
      bindingRequest({ attributes: [attribute(0x8022, MAX_REQUEST_BYTES)] }),
    ],
    ['a TLS record', Buffer.from('16030100200100001c0303aabbccddeeff00112233445566778899', 'hex')],
    ['a DNS query', Buffer.from('12340100000100000000000003777777076578616d706c6503636f6d0000010001', 'hex')],
  ])('is not read: %s', (_, packet) => {
    expect(readBindingRequest(packet)).toBeNull();
  });

  it('is never an exception, whatever the bytes', () => {
    const seeds = [
      request,
      withFingerprint(request),
      bindingRequest({ attributes: [attribute(0x0003, 4), attribute(0x8022, 7)] }),
    ];
    // A generator with a seed (Numerical Recipes), so that a failure can be repeated.
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 20_000; round += 1) {
      const packet = Buffer.from(seeds[random(seeds.length)] ?? request);
      for (let flips = random(6); flips >= 0; flips -= 1) packet.writeUInt8(random(256), random(packet.length));
      const cut = packet.subarray(0, random(packet.length + 1));
      for (const candidate of [packet, cut]) {
        const read = readBindingRequest(candidate);
        if (read)
          expect(answerTo(read, { address: '192.0.2.1', port: 9 }).length).toBeLessThanOrEqual(candidate.length + 12);
      }
    }
  });
});
