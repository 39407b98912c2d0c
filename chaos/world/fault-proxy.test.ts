import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultProxy, type Faults } from './fault-proxy.js';
import { until } from './until.js';

let echo: Server;
let proxy: FaultProxy | null = null;
const sockets: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy?.close();
  echo.close();
  await once(echo, 'close');
});

interface Caller {
  readonly socket: Socket;
  heard: string;
  end: string | null;
}

async function call(faults: Faults): Promise<Caller> {
  const opened = await FaultProxy.open({ targetPort: (echo.address() as AddressInfo).port, draw: () => faults });
  proxy = opened;
  const socket = connect({ host: '127.0.0.1', port: opened.port });
  sockets.push(socket);
  const caller: Caller = { socket, heard: '', end: null };
  socket.on('data', (chunk) => (caller.heard += chunk.toString()));
  socket.on('end', () => (caller.end ??= 'end'));
  socket.on('error', (error: NodeJS.ErrnoException) => (caller.end ??= error.code ?? 'error'));
  socket.on('close', () => (caller.end ??= 'close'));
  await once(socket, 'connect');
  return caller;
}

test('passes on what comes, later by the delay of each way', async () => {
  const caller = await call({ delayMs: 40 });
  const startedAt = performance.now();
  caller.socket.write('hello');
  await until('the echo', () => caller.heard === 'hello');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
});

test('cuts after so many bytes, in the middle of what was sent', async () => {
  const caller = await call({ cutAfterBytes: 7 });
  caller.socket.write('hello, world');
  await until('the end', () => caller.end !== null);
  expect(caller.heard).toBe('hello, ');
});

test('cuts with a reset where it is told to', async () => {
  const caller = await call({});
  caller.socket.write('hello');
  await until('the echo', () => caller.heard === 'hello');
  proxy?.cutAll({ resets: true });
  await until('the end', () => caller.end !== null);
  expect(caller.end).toBe('ECONNRESET');
});

test('swallows everything without a word, as a path does that is gone', async () => {
  const caller = await call({});
  caller.socket.write('hello');
  await until('the echo', () => caller.heard === 'hello');
  proxy?.swallowOne(0);
  caller.socket.write('is anybody there?');
  await sleep(100);
  expect(caller).toMatchObject({ heard: 'hello', end: null });
});
