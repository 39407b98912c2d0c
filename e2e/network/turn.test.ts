/** The TURN server as it is configured for production: whom it relays to, how much, and for how long. The real coturn, asked by a client of our own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeEverything } from '../support/cleanup.js';
import { Coturn } from '../support/coturn.js';
import { FarSocket } from '../support/far-socket.js';
import { type Home, type Host, Internet } from '../support/netns.js';
import { TCP, TurnClient, turnCredential } from '../support/turn-client.js';
import { until } from '../support/until.js';

const FORBIDDEN = 403;
const OTHER_FAMILY = 443;
const FAMILY_UNSUPPORTED = 440;
const BAD_REQUEST = 400;
const WRONG_TRANSPORT = 442;
const QUOTA_REACHED = 486;
const UNAUTHORIZED = 401;
const ANSWER_MS = 2_000;
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
/** Anything that the relay sent to a denied address would have left by then. */
const SETTLE_MS = 300;
/** So that a test sees several of them; 600 in the configuration. */
const SHORT_NONCE_S = 2;
/** The longest that an allocation lives without being refreshed, seconds: `max-allocate-lifetime`. */
const LIFETIME_S = 600;
const QUOTA = 4;

/** The first and the last address of each range that a relay must not reach, and what it is. */
const RANGES: readonly (readonly [what: string, first: string, last: string])[] = [
  ['this network', '0.0.0.1', '0.255.255.255'],
  ['private, 10/8', '10.0.0.0', '10.255.255.255'],
  ['shared by providers', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.1', '127.255.255.255'],
  ['link-local, with the metadata of clouds', '169.254.0.0', '169.254.169.254'],
  ['private, 172.16/12', '172.16.0.0', '172.31.255.255'],
  ['IETF protocols', '192.0.0.0', '192.0.0.255'],
  ['documentation 1', '192.0.2.0', '192.0.2.255'],
  ['6to4 relays', '192.88.99.0', '192.88.99.255'],
  ['private, 192.168/16', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['documentation 2', '198.51.100.0', '198.51.100.255'],
  ['documentation 3', '203.0.113.0', '203.0.113.255'],
  ['multicast', '224.0.0.1', '239.255.255.255'],
  ['reserved, and broadcast', '240.0.0.1', '255.255.255.255'],
];
const IPV6 = [
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '::10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  'fe80::1',
  'fc00::1',
  'ff02::1',
  '2001:db8::1',
  '2600::1',
];
/** Just outside of the ranges: the list denies no more than it should. */
const PUBLIC = [
  '1.0.0.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
];

/** Counts what leaves the relay for an address that it must not reach. */
const CATCHER = `
  table inet catcher {
    chain output {
      type filter hook output priority 0;
      udp sport != 3478 ip daddr { 0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3 } counter
      tcp flags & (syn | ack) == syn counter
      udp sport 49152-53247 meta nfproto ipv6 counter
    }
  }`;

let internet: Internet;
let relay: Host;
let home: Home;
let coturn: Coturn;

beforeAll(async () => {
  internet = Internet.open();
  relay = internet.addHost();
  home = internet.addHome();
  coturn = await Coturn.start(relay, { settings: [`user-quota=${String(QUOTA)}`] });
});
afterAll(closeEverything);

let people = 0;
const credential = ({
  user = `school.person${String((people += 1))}.1`,
  expiresAt = Date.now() + MINUTE_MS,
  secret = coturn.secret,
} = {}) => turnCredential({ secret, user, expiresAt });
const client = async (signed = credential(), host = home.host) =>
  new TurnClient(await FarSocket.open(host), coturn, signed);

describe('who may use it', () => {
  test('somebody with a credential of the live server gets an allocation, for ten minutes at most', async () => {
    const { code, relayed, lifetimeS } = await (await client()).allocate();
    expect({ code, lifetimeS, address: relayed?.address }).toEqual({
      code: 0,
      lifetimeS: LIFETIME_S,
      address: relay.address,
    });
  });

  test.each<[string, () => { username: string; credential: string }]>([
    ['a credential that has expired', () => credential({ expiresAt: Date.now() - MINUTE_MS })],
    ['one of another secret', () => credential({ secret: 'another secret that somebody has guessed' })],
    [
      'one whose end was put off',
      () => ({ ...credential(), username: `${String(Math.floor(Date.now() / 1_000) + 86_400)}:school.mallory` }),
    ],
    ['one of another person', () => ({ ...credential(), username: credential({ user: 'school.somebody' }).username })],
    ['one without an end', () => ({ ...credential(), username: 'school.mallory' })],
    [
      'one that ends in ten years, and was not signed so',
      () => ({
        ...credential(),
        username: `${String(Math.floor((Date.now() + 10 * YEAR_MS) / 1_000))}:school.mallory.1`,
      }),
    ],
    [
      'one with half of its name',
      () => {
        const made = credential();
        return { ...made, username: made.username.slice(0, -4) };
      },
    ],
    [
      'one with half of its password',
      () => {
        const made = credential();
        return { ...made, credential: made.credential.slice(0, 14) };
      },
    ],
    [
      'one of which the end is cut off',
      () => {
        const made = credential();
        return { ...made, username: made.username.replace(/^\d+/u, '') };
      },
    ],
    ['one that ended at the beginning of time', () => credential({ expiresAt: 0 })],
    ['no password', () => ({ ...credential(), credential: '' })],
  ])('%s gets nothing', async (_, made) => {
    expect((await (await client(made())).allocate()).code).toBe(UNAUTHORIZED);
  });

  test('one connection has so many allocations and no more, and others still get theirs', async () => {
    const user = 'school.greedy.1';
    // Another time in it is the same connection.
    const codes: number[] = [];
    for (let count = 0; count <= QUOTA; count += 1) {
      const signed = credential({ user, expiresAt: Date.now() + MINUTE_MS + count * 1_000 });
      codes.push((await (await client(signed)).allocate()).code);
    }
    expect(codes).toEqual([...Array<number>(QUOTA).fill(0), QUOTA_REACHED]);
    expect((await (await client(credential({ user: 'school.greedy.2' }))).allocate()).code).toBe(0);
    expect((await (await client()).allocate()).code).toBe(0);
  });

  test('the length of a life is the live server’s to keep: what it signed for ten years would be taken', async () => {
    expect((await (await client(credential({ expiresAt: Date.now() + 10 * YEAR_MS }))).allocate()).code).toBe(0);
  });

  test('nobody has it make TCP connections', async () => {
    expect((await (await client()).allocate(TCP)).code).toBe(WRONG_TRANSPORT);
    const turn = await client();
    expect((await turn.allocate()).code).toBe(0);
    for (const address of ['127.0.0.1', '11.22.1.200'])
      expect((await turn.connect(address)).code).toBeGreaterThanOrEqual(BAD_REQUEST);
  });

  test('nobody gets an address of IPv6', async () => {
    expect((await (await client()).allocateIpv6()).code).toBe(FAMILY_UNSUPPORTED);
  });
});

describe('where it relays to', () => {
  let turn: TurnClient;
  beforeAll(async () => {
    relay.run('nft', ['-f', '-'], CATCHER);
    turn = await client();
    expect((await turn.allocate()).code).toBe(0);
  });

  test.each(RANGES)('never to %s', async (_, first, last) => {
    for (const address of [first, last]) await expectDenied(address, [FORBIDDEN]);
  });

  test.each(IPV6)('never to %s', async (address) => {
    await expectDenied(address, [FORBIDDEN, OTHER_FAMILY]);
  });

  /** By a permission, by a channel, and by sending all the same. */
  async function expectDenied(address: string, codes: readonly number[]): Promise<void> {
    expect(codes, address).toContain((await turn.permit(address)).code);
    expect(codes, address).toContain((await turn.bind(address, 5_432)).code);
    turn.sendTo(address, 5_432, Buffer.from('into the network'));
  }

  test('and nothing has left for any of them', async () => {
    await sleep(SETTLE_MS);
    expect(caught(relay)).toBe(0);
    // It would have seen it.
    relay.run('sh', ['-c', `bash -c 'echo x >/dev/udp/127.0.0.1/9'`]);
    expect(caught(relay)).toBe(1);
  });

  test.each(PUBLIC)('to %s, which is nobody’s own network', async (address) => {
    expect((await turn.permit(address)).code).toBe(0);
  });

  test('a packet to a denied address does not arrive, and one to a public address does', async () => {
    const [inside, other] = [await FarSocket.open(relay), internet.addHost()];
    const outside = await FarSocket.open(other);
    expect((await turn.permit('127.0.0.1')).code).toBe(FORBIDDEN);
    turn.sendTo('127.0.0.1', inside.port, Buffer.from('into the server'));
    expect((await turn.permit(other.address)).code).toBe(0);
    turn.sendTo(other.address, outside.port, Buffer.from('across'));
    expect((await outside.receive(ANSWER_MS))?.data.toString()).toBe('across');
    expect(await inside.receive(0)).toBeNull();
  });

  test('two people who both need it meet at its own address', async () => {
    await meet(await client(), await client());
  });

  test('they do where the world sees it at another address than its own, as behind the NAT of a cloud', async () => {
    const machine = internet.addHost();
    const elsewhere = await Coturn.start(machine, { publicAddress: '11.22.99.1' });
    const there = async () =>
      new TurnClient(await FarSocket.open(home.host), elsewhere, credential({ secret: elsewhere.secret }));
    expect(await meet(await there(), await there())).toBe('11.22.99.1');
  });
});

describe('an allocation whose credential has expired', () => {
  test('lives on as long as it is refreshed, with other peers too, and is the last that the credential gets', async () => {
    const machine = internet.addHost();
    const short = await Coturn.start(machine, { settings: [`stale-nonce=${String(SHORT_NONCE_S)}`] });
    const expiresAt = Date.now() + 2_000;
    const signed = credential({ expiresAt, secret: short.secret });
    const there = async () => new TurnClient(await FarSocket.open(home.host), short, signed);
    const turn = await there();
    expect((await turn.allocate()).code).toBe(0);
    await until('the credential has expired', 5_000, () => Date.now() > expiresAt + 1_000);
    // Each time with another nonce, so that the server looks at the request anew.
    for (let nonces = 0; nonces < 3; nonces += 1) {
      await sleep((SHORT_NONCE_S + 1) * 1_000);
      expect(await turn.refresh(LIFETIME_S)).toMatchObject({ code: 0, lifetimeS: LIFETIME_S });
      expect((await turn.permit(`11.33.1.${String(nonces)}`)).code).toBe(0);
    }
    expect((await (await there()).allocate()).code).toBe(UNAUTHORIZED);
  });

  test('ends by itself within ten minutes at most where nobody refreshes it', async () => {
    const turn = await client();
    await turn.allocate();
    // As long as it may ask for, and no longer.
    expect(await turn.refresh(YEAR_MS / 1_000)).toMatchObject({ code: 0, lifetimeS: LIFETIME_S });
  });
});

/** Packets to addresses that a relay must not reach, so far. */
function caught(host: Host): number {
  const listing = host.run('nft', ['list', 'table', 'inet', 'catcher']);
  return [...listing.matchAll(/counter packets (\d+)/gu)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** Each gets an allocation, and one says something to the other through both. @returns the address that they met at */
async function meet(ada: TurnClient, bob: TurnClient): Promise<string> {
  const [atAda, atBob] = [(await ada.allocate()).relayed, (await bob.allocate()).relayed];
  if (!atAda || !atBob) throw new Error('There are no relayed addresses.');
  expect([(await ada.permit(atBob.address)).code, (await bob.permit(atAda.address)).code]).toEqual([0, 0]);
  ada.sendTo(atBob.address, atBob.port, Buffer.from('hello Bob'));
  expect((await bob.receiveData(ANSWER_MS))?.toString()).toBe('hello Bob');
  return atBob.address;
}
