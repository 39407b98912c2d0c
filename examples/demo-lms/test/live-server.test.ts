import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LiveServer, createLiveServer } from '../src/live-server.js';
import * as site from './site.js';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly room: unknown;
  readonly body: unknown;
}

const CLASSES = site.COURSES.flatMap((course) => course.classes);

let host: Server;
let url: string;
let seen: Seen[];
let answers: number[];
let warnings: string[];
let liveServer: LiveServer;

beforeEach(async () => {
  seen = [];
  answers = [];
  warnings = [];
  host = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const token = request.headers.authorization?.replace('Bearer ', '');
      const claims = token === undefined ? {} : decodeJwt(token);
      seen.push({
        method: request.method ?? '',
        path: request.url ?? '',
        room: claims['room'],
        body: text === '' ? null : JSON.parse(text),
      });
      response.writeHead(answers.shift() ?? 200).end('{}');
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  liveServer = createLiveServer({
    url,
    signers: await site.makeSigners(),
    warn: (sentence) => void warnings.push(sentence),
  });
});

afterEach(async () => {
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

test('creates its classes as they are in the timetable, and starts the one that is on', async () => {
  await liveServer.publish(CLASSES, new AbortController().signal);
  const [on, later] = [site.LIVE_CLASS, site.LATER_CLASS];
  expect(seen.filter(({ path }) => path.includes(on))).toEqual([
    {
      method: 'PUT',
      path: `/v1/rooms/${on}?tenant=demo`,
      room: on,
      body: expect.objectContaining({ kind: 'meeting' }) as unknown,
    },
    { method: 'POST', path: `/v1/rooms/${on}/start?tenant=demo`, room: on, body: null },
  ]);
  expect(seen.filter(({ path }) => path.includes(later))).toEqual([
    {
      method: 'PUT',
      path: `/v1/rooms/${later}?tenant=demo`,
      room: later,
      body: expect.objectContaining({
        title: 'Problem session 5',
        startsAt: new Date(2026, 8, 2, 10).getTime(),
        endsAt: new Date(2026, 8, 2, 11).getTime(),
      }) as unknown,
    },
  ]);
});

test('gives the list of a class that is opened by stock tokens, with roles, in the name of its tenant', async () => {
  const stock = CLASSES.filter(({ id }) => id === site.STOCK_CLASS);
  await liveServer.publish(stock, new AbortController().signal);
  expect(seen.map(({ path }) => path)).toEqual([
    `/v1/rooms/${site.STOCK_CLASS}?tenant=northfield-api`,
    `/v1/rooms/${site.STOCK_CLASS}/start?tenant=northfield-api`,
  ]);
  const roster = (seen[0]?.body as { roster: unknown[] }).roster;
  expect(roster).toContainEqual({ sub: 'u-1001', name: 'Amara Okafor', role: 'instructor' });
  expect(roster).not.toContainEqual(expect.objectContaining({ sub: 'u-2003' }));
});

test('comes again until the live server is up', async () => {
  answers = [503, 200, 500, 200];
  await liveServer.publish(CLASSES.slice(0, 1), new AbortController().signal);
  expect(seen.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'POST', 'PUT', 'POST']);
  expect(warnings).toEqual([]);
});

test('says once what is refused for good', async () => {
  answers = [403];
  await liveServer.publish(CLASSES.slice(0, 1), new AbortController().signal);
  expect(seen).toHaveLength(1);
  expect(warnings).toEqual([`The live server refused the class ${site.LIVE_CLASS}: PUT 403: {}`]);
});

test('stops when it is told to', async () => {
  const stopping = new AbortController();
  answers = Array.from({ length: 50 }, () => 503);
  const publishing = liveServer.publish(CLASSES.slice(0, 1), stopping.signal);
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0));
  stopping.abort();
  await publishing;
});

test('tells a class that is unknown from a server that is not there', async () => {
  answers = [404];
  expect(await liveServer.status({ id: site.LIVE_CLASS })).toEqual({ status: 'unknown', viewers: 0 });
});

test('knows nothing of a class while the live server does not answer', async () => {
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
  expect(await liveServer.status({ id: site.LIVE_CLASS })).toBeNull();
  host = createServer().listen(0);
});
