import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLiveServer, type LiveServer } from '../../benchmarks/lib/live-server.mjs';
import { FaultProxy } from '../world/fault-proxy.js';
import { Page } from './page.js';

/** How far a report may be from the truth. */
const ERROR_MS = 5_000;
const ROOM = 'attendance';
const TEST_TIMEOUT_MS = 240_000;
const LOOK_MS = 200;

/** When somebody was in the class, as they know it: milliseconds since 1970. */
type Truth = [from: number, to: number][];

interface Report {
  readonly sessions: readonly { readonly startedAt: number; readonly endedAt: number | null }[];
  readonly people: readonly {
    readonly sub: string;
    readonly stays: readonly { readonly from: number; readonly to: number | null }[];
    readonly secondsPresent: number;
    readonly wasPresentAtEnd: boolean | null;
  }[];
}

let server: LiveServer;
let startedAtMs = 0;
const proxies: FaultProxy[] = [];
const pages: Page[] = [];
const truths = new Map<string, Truth>();

beforeAll(async () => {
  server = await startLiveServer({ env: { LMS_LIVE_DRAIN_S: '0' } });
});

afterAll(async () => {
  for (const page of pages) page.close();
  for (const proxy of proxies) await proxy.close();
  await server.close();
});

/** Waits for a second of the script. */
async function at(second: number): Promise<void> {
  await sleep(Math.max(0, startedAtMs + second * 1_000 - Date.now()));
}

/** Somebody with a way of their own to the server. */
async function person(sub: string, role = 'student'): Promise<{ truth: Truth; proxy: FaultProxy; page: () => Page }> {
  const proxy = await FaultProxy.open({ targetPort: server.port });
  proxies.push(proxy);
  const truth: Truth = [];
  truths.set(sub, truth);
  const token = server.token({ sub, role, room: ROOM });
  const page = (): Page => {
    const made = new Page({ port: proxy.port, token });
    pages.push(made);
    return made;
  };
  return { truth, proxy, page };
}

async function get(path: string): Promise<Response> {
  const token = server.token({ sub: 'lms', role: 'service', room: ROOM });
  return fetch(`http://127.0.0.1:${String(server.port)}/v1/rooms/${ROOM}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
}

/** Each of them plays their part beside the others. @returns when the class ended */
async function play(): Promise<number> {
  const grace = await person('grace', 'instructor');
  const teacher = grace.page();
  const gracesStart = await teacher.come();
  startedAtMs = Date.now();
  let endedAt = Infinity;
  const [firstKill, secondKill, lastSecond] = [48, 54, 76] as const;

  const parts: Promise<void>[] = [
    (async () => {
      const { truth, page } = await person('steady');
      const from = await page().come();
      await at(lastSecond + 1);
      truth.push([from, endedAt]);
    })(),
    (async () => {
      const { truth, page } = await person('early-leaver');
      await at(2);
      const tab = page();
      const from = await tab.come();
      await at(20.5);
      truth.push([from, tab.close()]);
    })(),
    (async () => {
      const { truth, page } = await person('two-tabs');
      const [one, two] = [page(), page()];
      await at(3);
      const from = await one.come();
      await at(15);
      await two.come();
      await at(25);
      one.close();
      await at(43);
      truth.push([from, two.close()]);
    })(),
    (async () => {
      const { truth, proxy, page } = await person('short-flap');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(22);
      tab.stayAway();
      proxy.cutAll({ resets: true });
      await at(27);
      await tab.come();
      await at(lastSecond + 1);
      truth.push([from, endedAt]);
    })(),
    (async () => {
      const { truth, proxy, page } = await person('long-flap');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(20);
      tab.stayAway();
      proxy.cutAll({ resets: true });
      truth.push([from, Date.now()]);
      await at(38);
      const back = await tab.come();
      await at(lastSecond + 1);
      truth.push([back, endedAt]);
    })(),
    (async () => {
      const { truth, proxy, page } = await person('short-silence');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(21);
      proxy.swallowOne(0);
      tab.freeze();
      await at(26);
      await tab.come();
      await at(lastSecond + 1);
      truth.push([from, endedAt]);
    })(),
    (async () => {
      // Comes back before the server has noticed anything.
      const { truth, proxy, page } = await person('long-silence');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(20);
      proxy.swallowOne(0);
      truth.push([from, tab.freeze()]);
      await at(38);
      const back = await tab.come();
      await at(lastSecond + 1);
      truth.push([back, endedAt]);
    })(),
    (async () => {
      const { truth, proxy, page } = await person('black-hole');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(24);
      proxy.swallowOne(0);
      truth.push([from, tab.freeze()]);
    })(),
    (async () => {
      // Reads nothing more, and answers no ping.
      const { truth, page } = await person('frozen');
      const tab = page();
      await at(4);
      const from = await tab.come();
      await at(26);
      truth.push([from, tab.freeze()]);
    })(),
    ...(
      [
        ['gone-with-the-first', firstKill],
        ['gone-with-the-second', secondKill],
      ] as const
    ).map(async ([sub, second]) => {
      const { truth, page } = await person(sub);
      const tab = page();
      await at(5);
      const from = await tab.come();
      await at(second - 0.5);
      tab.stayAway();
      await at(second);
      truth.push([from, Date.now()]);
    }),
    (async () => {
      const { truth, proxy, page } = await person('silent-at-the-end');
      const tab = page();
      await at(6);
      const from = await tab.come();
      await at(66);
      proxy.swallowOne(0);
      truth.push([from, tab.freeze()]);
    })(),
    (async () => {
      for (const second of [firstKill, secondKill]) {
        await at(second);
        await server.kill();
        await sleep(1_000);
        await server.start();
      }
      await at(lastSecond);
      await teacher.command('room.end');
      endedAt = Date.now();
      teacher.close();
      grace.truth.push([gracesStart, endedAt]);
      // Before it can have signed, perhaps: then it signs after the start.
      await server.kill();
      await server.start();
    })(),
  ];
  await Promise.all(parts);
  return endedAt;
}

const lengthOf = (truth: Truth): number => truth.reduce((sum, [from, to]) => sum + to - from, 0);

describe('attendance, over two kills, flaps, silences and tabs', () => {
  it(
    'is within five seconds of the truth for each of them, to the second of coming and going',
    async () => {
      const endedAt = await play();
      const report = (await (await get('/attendance')).json()) as Report;
      expect(report.sessions).toHaveLength(1);
      expect(Math.abs((report.sessions[0]?.endedAt ?? 0) - endedAt)).toBeLessThan(ERROR_MS);
      const rows = [...truths].map(([sub, truth]) => {
        const found = report.people.find((one) => one.sub === sub);
        const stays = found?.stays ?? [];
        const edges =
          stays.length === truth.length
            ? stays.flatMap(({ from, to }, index) => [
                from - (truth[index]?.[0] ?? 0),
                (to ?? 0) - (truth[index]?.[1] ?? 0),
              ])
            : [NaN];
        const seconds = found?.secondsPresent ?? NaN;
        return {
          sub,
          stays: `${String(stays.length)} of ${String(truth.length)}`,
          truthMs: lengthOf(truth),
          errorMs: Math.round(seconds * 1_000 - lengthOf(truth)),
          worstEdgeMs: Math.max(...edges.map(Math.abs)),
          wasPresentAtEnd: found?.wasPresentAtEnd,
        };
      });
      console.table(rows);
      for (const row of rows) {
        expect(Math.abs(row.errorMs), `the minutes of ${row.sub}`).toBeLessThanOrEqual(ERROR_MS);
        expect(row.worstEdgeMs, `a coming or going of ${row.sub}`).toBeLessThanOrEqual(ERROR_MS);
        const isThere = truths.get(row.sub)?.at(-1)?.[1] === endedAt;
        expect(row.wasPresentAtEnd, `the end of ${row.sub}`).toBe(isThere);
      }
    },
    TEST_TIMEOUT_MS,
  );

  it('is signed, although the process was killed right after the end', async () => {
    let response = await get('/statements/latest');
    for (const until = Date.now() + ERROR_MS; response.status === 404 && Date.now() < until;) {
      await sleep(LOOK_MS);
      response = await get('/statements/latest');
    }
    expect(response.status).toBe(200);
    const [, payload = ''] = (await response.text()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { attendance: unknown[] };
    expect(claims.attendance).toHaveLength(truths.size);
  });
});
