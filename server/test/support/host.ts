/** What a host does beside its tokens: makes rooms, gives lists and passwords. */
import { nanoid } from 'nanoid';
import { grantsOf, type CommandInput, type CommandType, type ServerFrameOf } from '@lms-live/protocol';
import { hashPassword } from '../../src/admission/password.js';
import type { LiveRoom } from '../../src/rooms/live-room.js';
import type { Answer } from '../../src/rooms/submission.js';
import { TENANT, token, type Claims, type Peer, type Rig } from './rig.js';

const BACK_END = {
  participant: null,
  role: 'service',
  grants: grantsOf('service'),
  name: '',
  picture: null,
} as const;

/** Makes a room as a back end does. */
export async function makeRoom(
  { server }: Rig,
  id: string,
  { owners = [], ...settings }: Partial<CommandInput<'room.create'>> & { readonly owners?: readonly string[] } = {},
): Promise<LiveRoom> {
  const { live, answer } = await server.directory.create({
    tenant: TENANT.id,
    id,
    actor: BACK_END,
    body: { kind: 'meeting', ...settings },
    owners,
  });
  if (!answer.ok) throw new Error(answer.code);
  return live;
}

/** Says a command as a back end does. */
export async function say<T extends CommandType>(live: LiveRoom, type: T, body: CommandInput<T>): Promise<Answer> {
  const command = { type, body, cmid: nanoid() } as Parameters<LiveRoom['room']['submit']>[0]['command'];
  return live.room.submit({ command, actor: BACK_END });
}

export async function setPassword({ room }: LiveRoom, text: string | null): Promise<void> {
  await room.changeRecord({ passwordHash: text === null ? null : await hashPassword(text) });
}

/** Says hello to a room and waits for the first answer. */
export async function come(
  rig: Rig,
  claims: Claims,
  hello: Parameters<Peer['hello']>[1] = {},
): Promise<{ readonly peer: Peer; readonly first: Awaited<ReturnType<Peer['hello']>> }> {
  const peer = await rig.open();
  const first = await peer.hello(await token(claims), { join: true, ...hello });
  return { peer, first };
}

/** Everything that somebody was told while they waited. */
export function waits(peer: Peer): ServerFrameOf<'waiting'>[] {
  return peer.frames.filter((frame): frame is ServerFrameOf<'waiting'> => frame.frame === 'waiting');
}

export function rosters(peer: Peer): ServerFrameOf<'roster'>[] {
  return peer.frames.filter((frame): frame is ServerFrameOf<'roster'> => frame.frame === 'roster');
}

export async function welcomed(peer: Peer): Promise<ServerFrameOf<'welcome'>> {
  return (await peer.until((frame) => frame.frame === 'welcome')) as ServerFrameOf<'welcome'>;
}
