import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withholdAddresses, type RtcBody, type RtcMessage } from '../index.js';
import { runs } from '../testing/runs.js';

const wrap = (message: RtcMessage): RtcBody => ({ epoch: 1, ack: 4, seq: 5, message });

function candidateAfter(candidate: string): string | null {
  const { message } = withholdAddresses(
    wrap({
      type: 'candidate',
      negotiation: 2,
      candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'Xy' },
    }),
  );
  if (message?.type === 'withheld') return null;
  expect(message).toMatchObject({
    negotiation: 2,
    candidate: { sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'Xy' },
  });
  return message?.type === 'candidate' ? (message.candidate?.candidate ?? null) : null;
}

function descriptionAfter(...lines: readonly string[]): string[] {
  const { message } = withholdAddresses(wrap({ type: 'offer', negotiation: 1, sdp: `${lines.join('\r\n')}\r\n` }));
  const sdp = message?.type === 'offer' ? message.sdp : '';
  expect(sdp === '' || sdp.endsWith('\r\n')).toBe(true);
  return sdp.split('\r\n').slice(0, -1);
}

const RELAY = 'candidate:2270 1 udp 41885439 203.0.113.5 50000 typ relay';

describe('a candidate', () => {
  it.each([
    [
      'of the host',
      'candidate:1 1 udp 2122260223 192.0.2.7 50001 typ host generation 0 ufrag Xy network-id 1 network-cost 10',
    ],
    ['of the host over IPv6', 'candidate:1 1 udp 2122262783 2001:db8::7 50001 typ host'],
    [
      'of the host behind a name (mDNS)',
      'candidate:1 1 udp 2113937151 147e4f95-632a-406b-8b8b-8436a0952077.local 48994 typ host',
    ],
    ['of the host over TCP', 'candidate:1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active generation 0'],
    ['that a STUN server saw', 'candidate:1 1 udp 1686052607 198.51.100.7 50001 typ srflx raddr 192.0.2.7 rport 50001'],
    ['that a peer saw', 'candidate:1 1 udp 1686052607 198.51.100.7 50001 typ prflx raddr 192.0.2.7 rport 50001'],
    ['of a type to come', 'candidate:1 1 udp 1 198.51.100.7 50001 typ relayed'],
    ['that names the relay beside its type', 'candidate:1 1 udp 1 198.51.100.7 50001 typ host typ relay'],
    ['with the type in its foundation', 'candidate:typ relay 1 udp 1 198.51.100.7 50001 typ host'],
    ['with the attribute before it', `a=${RELAY}`],
    ['with another behind a line break', `${RELAY} raddr 0.0.0.0\r\na=candidate:1 1 udp 1 192.0.2.7 5 typ host`],
    [
      'with another behind a line feed in an extension',
      `${RELAY} generation 0\ncandidate:1 1 udp 1 192.0.2.7 5 typ host x`,
    ],
    ['ended by a line break', `${RELAY}\r\n`],
    ['with half an extension', `${RELAY} raddr`],
    ['with a tab for a space', RELAY.replaceAll(' ', '\t')],
    ['with two spaces', RELAY.replace(' udp', '  udp')],
    ['without a port', 'candidate:2270 1 udp 41885439 203.0.113.5 typ relay'],
    ['of another word', RELAY.replace('candidate:', 'candidates:')],
  ])('%s is kept back, and its place in the stream is taken', (_what, candidate) => {
    const body = wrap({ type: 'candidate', negotiation: 2, candidate: { candidate } });
    expect(withholdAddresses(body)).toEqual({ epoch: 1, ack: 4, seq: 5, message: { type: 'withheld' } });
  });

  it.each([
    [RELAY, RELAY],
    [
      `${RELAY} raddr 198.51.100.7 rport 61665 generation 0 ufrag Xy network-id 1 network-cost 50`,
      `${RELAY} raddr 0.0.0.0 rport 9 generation 0 ufrag Xy network-id 1 network-cost 50`,
    ],
    [`${RELAY} raddr 2001:db8::7 rport 61665`, `${RELAY} raddr 0.0.0.0 rport 9`],
    [
      `${RELAY} raddr 198.51.100.7 rport 1 raddr 192.0.2.7 rport 2`,
      `${RELAY} raddr 0.0.0.0 rport 9 raddr 0.0.0.0 rport 9`,
    ],
    [`${RELAY} generation 0 raddr 198.51.100.7 rport 1`, `${RELAY} generation 0 raddr 0.0.0.0 rport 9`],
    [
      'candidate:2270 1 udp 41885439 2001:db8:1::5 50000 typ relay raddr 2001:db8::7 rport 61665',
      'candidate:2270 1 udp 41885439 2001:db8:1::5 50000 typ relay raddr :: rport 9',
    ],
    [
      'candidate:2270 1 TCP 41885439 203.0.113.5 50000 TYP RELAY RADDR 198.51.100.7 RPORT 1 TCPTYPE passive',
      'candidate:2270 1 TCP 41885439 203.0.113.5 50000 TYP RELAY raddr 0.0.0.0 rport 9 TCPTYPE passive',
    ],
  ])('of a relay goes on without what it is related to: %s', (candidate, after) => {
    expect(candidateAfter(candidate)).toBe(after);
  });

  it('that says that there are no more goes on', () => {
    for (const candidate of [null, { candidate: '', sdpMid: '0' }]) {
      const body = wrap({ type: 'candidate', negotiation: 1, candidate });
      expect(withholdAddresses(body)).toEqual(body);
    }
  });
});

describe('a description', () => {
  it('keeps everything but addresses, ports and candidates', () => {
    expect(
      descriptionAfter(
        'v=0',
        'o=- 46117 2 IN IP4 192.0.2.7',
        's=-',
        't=0 0',
        'a=group:BUNDLE 0 1',
        'm=audio 50001 UDP/TLS/RTP/SAVPF 111 63',
        'c=IN IP4 198.51.100.7',
        'a=rtcp:50002 IN IP4 198.51.100.7',
        'a=candidate:1 1 udp 2122260223 192.0.2.7 50001 typ host',
        `a=${RELAY} raddr 198.51.100.7 rport 61665 network-cost 999`,
        'a=end-of-candidates',
        'a=ice-ufrag:Xy',
        'a=ice-options:trickle',
        'a=fingerprint:sha-256 AB:CD',
        'a=rtcp-mux',
        'm=video 0 UDP/TLS/RTP/SAVPF 96',
        'c=IN IP6 2001:db8::7',
        'a=sendrecv',
        'a=remote-candidates:1 192.0.2.8 50003',
      ),
    ).toEqual([
      'v=0',
      'o=- 46117 2 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
      'c=IN IP4 0.0.0.0',
      'a=rtcp:9 IN IP4 0.0.0.0',
      `a=${RELAY} raddr 0.0.0.0 rport 9 network-cost 999`,
      'a=end-of-candidates',
      'a=ice-ufrag:Xy',
      'a=ice-options:trickle',
      'a=fingerprint:sha-256 AB:CD',
      'a=rtcp-mux',
      'm=video 0 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 0.0.0.0',
      'a=sendrecv',
    ]);
  });

  const HOST = '1 1 udp 2122260223 192.0.2.7 50001 typ host';
  it.each([
    ['in capitals', `A=CANDIDATE:${HOST}`],
    ['of which the name is in capitals', `a=CANDIDATE:${HOST}`],
    ['behind white space', ` a=candidate:${HOST}`],
    ['with white space before the equals sign', `a =candidate:${HOST}`],
    ['with white space behind it', `a= candidate:${HOST}`],
    ['with white space before the colon', `a=candidate :${HOST}`],
    ['behind a vertical tab', `\u000Ba=candidate:${HOST}`],
    ['behind a mark of byte order', `\uFEFFa=candidate:${HOST}`],
    ['behind a lone carriage return', `a=mid:0\ra=candidate:${HOST}`],
    ['behind a lone line feed', `a=mid:0\na=candidate:${HOST}`],
    ['in a line of another type', `x=candidate:${HOST}`],
    ['as information', `i=${HOST}`],
  ])('lets no candidate through that is written %s', (_what, line) => {
    expect(descriptionAfter('v=0', line, 's=-').join('\n')).not.toContain('192.0.2.7');
  });

  it('takes the address of its origin away however it is written', () => {
    for (const origin of [
      'o=- 1 2 IN IP4 192.0.2.7',
      'o=- 1 2 IN IP6 2001:db8::7 ',
      'o=- 1 2 IN IP4 192.0.2.7 192.0.2.8',
    ])
      expect(descriptionAfter(origin)).toEqual(['o=- 1 2 IN IP4 127.0.0.1']);
  });

  it('lets none of some addresses through, wherever they are put', () => {
    const secret = fc.constantFrom('192.0.2.7', '2001:db8::7', 'secret.local');
    const start = fc.constantFrom(
      'a=candidate:',
      'c=IN IP4 ',
      'o=- 1 2 IN IP4 ',
      'a=rtcp:5 IN IP4 ',
      'a=remote-candidates:1 ',
      'A=candidate:',
      'a=candidate:1 1 udp 1 ',
      `a=${RELAY} raddr `,
      `a=${RELAY} rport 1 raddr `,
    );
    const end = fc.constantFrom('', ' 5', ' 5 typ host', ' 5 typ srflx raddr 0.0.0.0 rport 0', ' rport 5');
    const broken = fc.constantFrom('', '\r', '\n', '\r\n', ' ', '\t', '\u2028');
    fc.assert(
      fc.property(fc.array(fc.tuple(broken, start, secret, end), { minLength: 1, maxLength: 6 }), (parts) => {
        const after = descriptionAfter(...parts.map((part) => part.join(''))).join('\n');
        for (const address of ['192.0.2.7', '2001:db8::7', 'secret.local']) expect(after).not.toContain(address);
      }),
      runs(300),
    );
  });

  it('of another kind of message is left as it is', () => {
    for (const type of ['restart', 'rebuild', 'withheld'] as const)
      expect(withholdAddresses(wrap({ type }))).toEqual(wrap({ type }));
    expect(withholdAddresses({ epoch: 1, ack: 3 })).toEqual({ epoch: 1, ack: 3 });
  });
});

describe('a client that was changed', () => {
  /** Addresses that say where somebody is. */
  const SECRETS = [
    '192.0.2.7',
    '198.51.100.77',
    '2001:db8::7',
    '2001:DB8:0:0:0:0:0:7',
    '::ffff:192.0.2.7',
    'fe80::7%eth0',
    '147e4f95-632a.local',
  ];
  const secret = fc.constantFrom(...SECRETS);
  const letters = (text: string) =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((up) => text.replace(/./gu, (letter, at: number) => (up[at] === true ? letter.toUpperCase() : letter)));
  /** White space of every kind, signs of width zero and of direction, line breaks of every kind, and NUL. */
  const junk = fc.constantFrom(
    ...Array<string>(20).fill(''),
    '',
    ' ',
    '  ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    '\r\n ',
    '\r\n\t',
    '\u0000',
    '\u000B',
    '\u000C',
    '\u0085',
    '\u00A0',
    '\u200B',
    '\u202E',
    '\u2028',
    '\u2029',
    '\uFEFF',
    '%20',
    '\\r\\n',
    '&#10;',
  );
  const word = fc.constantFrom('typ', 'tyр', 'type', 'raddr', 'rport', 'generation', 'tcptype', 'network-id', 'x');
  const kind = fc.constantFrom('host', 'srflx', 'prflx', 'relay', 'RELAY', 'relаy', 'relayed', 'ｒｅｌａｙ', '');
  const attribute = fc
    .constantFrom(
      'candidate',
      'remote-candidates',
      'rtcp',
      'source-filter',
      'candidаte',
      'ｃandidate',
      'x-candidate',
      'connection',
      'end-of-candidates',
    )
    .chain(letters);
  /** One that is of no relay, by the first type that a reader may find in it. */
  const hostCandidate = fc
    .tuple(
      fc.constantFrom('candidate:', 'Candidate:', 'candidate :', 'a=candidate:', 'candidate'),
      secret,
      kind,
      junk,
      word,
      kind,
      secret,
    )
    .map(
      ([start, address, first, between, more, second, related]) =>
        `${start}1 1 udp 1 ${address} 5${between} typ ${first === 'relay' || first === 'RELAY' ? 'host' : first}${between} ${more} ${second} raddr ${related} rport 5`,
    );
  const shows = (text: string) => SECRETS.filter((address) => text.toLowerCase().includes(address.toLowerCase()));

  it.each([
    'a=x-candidate:1 1 udp 1 192.0.2.7 5 typ host',
    'a=ssrc:1 cname:192.0.2.7',
    'a=connection:2001:db8::7',
    'a=mid:2001:db8:0:0:0:0:0:7',
    'a=x:::ffff:192.0.2.7',
    'a=x-host:147e4f95-632a.local',
    'a=candidate:192.0.2.7 1 udp 1 203.0.113.5 5 typ relay',
    'a=candidate:1 1 udp 1 203.0.113.5 5 typ relay x 192.0.2.7',
    's=192.0.2.7',
    'b=AS:192.0.2.7',
    't=0 192.0.2.7',
    'm=audio 9 192.0.2.7',
    'o=192.0.2.7 1 2 IN IP4 0.0.0.0',
  ])('cannot hide an address where none belongs: %s', (line) => {
    expect(descriptionAfter('v=0', line)).toEqual(['v=0']);
  });

  it('gives no address to anybody by a candidate that is of no relay', () => {
    fc.assert(
      fc.property(hostCandidate, (candidate) => {
        const { message } = withholdAddresses(wrap({ type: 'candidate', negotiation: 1, candidate: { candidate } }));
        expect(shows(JSON.stringify(message))).toEqual([]);
      }),
      runs(2_000),
    );
  });

  it('gives none by the relation of a relay, whatever its case and its place', () => {
    const extension = fc.oneof(
      fc.tuple(letters('raddr'), secret).map(([name, address]) => `${name} ${address} rport 5`),
      fc.constantFrom('generation 0', 'ufrag Xy', 'network-cost 10', 'tcptype active'),
    );
    fc.assert(
      fc.property(
        fc.tuple(letters('typ'), letters('relay')),
        fc.array(extension, { maxLength: 5 }),
        ([typ, relay], extensions) => {
          const candidate = ['candidate:1 1 udp 1 203.0.113.5 5', typ, relay, ...extensions].join(' ');
          const { message } = withholdAddresses(wrap({ type: 'candidate', negotiation: 1, candidate: { candidate } }));
          expect(message?.type).toBe('candidate');
          expect(shows(JSON.stringify(message))).toEqual([]);
          // The same within a description.
          expect(shows(descriptionAfter(`a=${candidate}`).join('\n'))).toEqual([]);
        },
      ),
      runs(1_000),
    );
  });

  it('gives none by a line of a description, however it is bent', () => {
    const line = fc.oneof(
      fc
        .tuple(
          junk,
          fc.constantFrom('a', 'A', 'а', 'ａ'),
          junk,
          fc.constantFrom('=', ' =', '= ', '＝'),
          attribute,
          fc.constantFrom(':', ' :', ': ', '：'),
          hostCandidate,
        )
        .map((parts) => parts.join('')),
      fc
        .tuple(
          junk,
          fc.constantFrom('c', 'C', 'с'),
          fc.constantFrom('=IN IP4 ', '=IN IP6 ', '= IN IP4 ', '=in ip4 ', '=', '=IN\tIP4\t'),
          secret,
          fc.constantFrom('', '/127', ' x'),
        )
        .map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom('o=- 1 2 IN IP4 ', 'O=- 1 2 IN IP6 ', 'o=- 1 2 in ip4 ', 'o= - 1 2 IN IP4 '),
          secret,
          junk,
          secret,
        )
        .map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom(
            'a=rtcp:9 IN IP4 ',
            'a=RTCP:9 IN IP6 ',
            'a=remote-candidates:1 ',
            'a=Source-Filter: incl IN IP4 * ',
            'u=',
            'e=',
            'p=',
            'i=',
            'k=clear:',
            'r=',
            'z=',
            'y=',
            'l=',
          ),
          secret,
          junk,
        )
        .map((parts) => parts.join('')),
      // Folded over two lines, as in a mail.
      fc
        .tuple(
          fc.constantFrom('a=candidate:1 1 udp 1', 'c=IN IP4', 'a=mid:0'),
          fc.constantFrom('\r\n ', '\r\n\t', '\n ', '\r '),
          hostCandidate,
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const after = descriptionAfter('v=0', ...lines, 's=-').join('\n');
        expect(shows(after)).toEqual([]);
      }),
      runs(3_000),
    );
  });
});
