import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogFields } from '../../src/observe/index.js';
import type { StunOutcome } from '../../src/stun/answerer.js';
import { StunResponder, type StunOptions } from '../../src/stun/responder.js';
import { startStun } from '../../src/stun/start.js';
import { SILENT } from '../support/rig.js';
import { attribute, bindingRequest, readAnswer, withFingerprint, type Answer } from './stun-client.js';

const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of close.splice(0)) await end();
});

async function started(options: Partial<StunOptions> = {}): Promise<{ port: number; outcomes: StunOutcome[] }> {
  const outcomes: StunOutcome[] = [];
  const onRequest = (outcome: StunOutcome) => outcomes.push(outcome);
  const responder = await StunResponder.listen({ host: '::', port: 0, onRequest, ...options });
  close.push(() => responder.close());
  return { port: responder.port, outcomes };
}

async function client(host: '127.0.0.1' | '::1'): Promise<{ port: number; socket: Socket; packets: Buffer[] }> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  close.push(async () => {
    socket.close();
    await once(socket, 'close');
  });
  const packets: Buffer[] = [];
  socket.on('message', (packet) => packets.push(packet));
  return { port: socket.address().port, socket, packets };
}

async function ask(socket: Socket, host: string, port: number, packet: Buffer): Promise<Answer> {
  socket.send(packet, port, host);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  return readAnswer(answer);
}

describe('the STUN server', () => {
  it.each(['127.0.0.1', '::1'] as const)('tells a client on %s its address and port', async (host) => {
    const { port, outcomes } = await started();
    const { socket, port: own } = await client(host);
    const packet = bindingRequest();
    expect(await ask(socket, host, port, packet)).toEqual({
      type: 'success',
      transaction: packet.subarray(8, 20).toString('hex'),
      attributes: [0x0020],
      address: host,
      port: own,
      fingerprint: null,
    });
    expect(outcomes).toEqual(['answered']);
  });

  it('takes IPv4 alone where its address is one', async () => {
    const { port } = await started({ host: '127.0.0.1' });
    const { socket, port: own } = await client('127.0.0.1');
    expect(await ask(socket, '127.0.0.1', port, withFingerprint(bindingRequest()))).toMatchObject({
      address: '127.0.0.1',
      port: own,
      fingerprint: 'right',
    });
  });

  it('answers the right thing after any number of wrong ones, and nothing to those', async () => {
    const { port, outcomes } = await started();
    const { socket, packets } = await client('127.0.0.1');
    const wrong = [
      Buffer.from('GET / HTTP/1.1'),
      Buffer.alloc(0),
      Buffer.alloc(1_400, 1),
      bindingRequest().subarray(0, 12),
    ];
    for (const packet of wrong) socket.send(packet, port, '127.0.0.1');
    expect(await ask(socket, '127.0.0.1', port, bindingRequest({ attributes: [attribute(0x0003, 4)] }))).toMatchObject({
      code: 420,
    });
    expect(await ask(socket, '127.0.0.1', port, bindingRequest())).toMatchObject({ type: 'success' });
    expect(packets).toHaveLength(2);
    expect(outcomes).toEqual(['ignored', 'ignored', 'ignored', 'ignored', 'refused', 'answered']);
  });
});

describe('a port that is taken', () => {
  const occupied = async (): Promise<number> => (await started()).port;
  const start = (port: number, isRequired: boolean) => {
    const warnings: [string, LogFields | undefined][] = [];
    const log = { ...SILENT, warn: (sentence: string, fields?: LogFields) => void warnings.push([sentence, fields]) };
    return startStun({ config: { host: '::', port, isRequired }, log, onRequest: () => undefined }).then((stun) => ({
      stun,
      warnings,
    }));
  };

  it('refuses the start where calls rest on it, with what to do', async () => {
    const port = await occupied();
    await expect(start(port, true)).rejects.toThrow(
      `Cannot listen on UDP [::]:${String(port)} for STUN: the port is taken, needs more rights, or the address is not one of this machine. Set LMS_LIVE_STUN_PORT`,
    );
  });

  it('is a warning where nobody asked for it', async () => {
    const port = await occupied();
    const { stun, warnings } = await start(port, false);
    expect(stun).toBeNull();
    expect(warnings).toEqual([[expect.stringContaining('Set LMS_LIVE_STUN_PORT.'), { port }]]);
  });

  it('is not mistaken for an address that this machine does not have', async () => {
    await expect(
      startStun({ config: { host: '192.0.2.1', port: 0, isRequired: false }, log: SILENT, onRequest: () => undefined }),
    ).rejects.toThrow('Cannot listen on UDP 192.0.2.1:0 for STUN');
  });

  it('is none where it is off', async () => {
    expect(await startStun({ config: null, log: SILENT, onRequest: () => undefined })).toBeNull();
  });
});
