import type { LoopbackServer } from '@lms-live/client/loopback';
import type { MediaSession } from '@lms-live/protocol';
import { PEOPLE, type Person, type TestClass } from './class.js';

type Sent = Partial<Pick<MediaSession, 'live' | 'audio' | 'video' | 'share'>>;

/** Somebody in the call, as the server lists them. */
export function inCall(server: LoopbackServer, person: Person, sent: Sent): MediaSession {
  const { participant } = server.as(person);
  const may = { audio: true, video: true, share: true };
  const off = { live: true, audio: false, video: false, share: false };
  return { session: `session-${person}`, number: 1, participant, mode: 'video', may, ...off, ...sent };
}

/** The list of the media sessions, to everyone in the class. */
export function tellMedia(server: LoopbackServer, sessions: readonly MediaSession[]): void {
  server.broadcast(JSON.stringify({ frame: 'media', sessions, complete: true }));
}

/** Who waits at the door, since noon. */
export function tellLobby(server: LoopbackServer, waiting: readonly Person[]): void {
  const since = new Date().setHours(12, 0, 0, 0);
  const people = waiting.map((person) => ({
    participant: server.as(person).participant,
    name: PEOPLE[person].name,
    since,
  }));
  server.broadcast(JSON.stringify({ frame: 'lobby', count: people.length, people }));
}

/** Signals that a person sends from now on; for those of a page that is not connected yet. */
export function sentSignals({ environment }: TestClass, person: Person): { kind: string; body: unknown }[] {
  const signals: { kind: string; body: unknown }[] = [];
  const given = environment(person);
  const { openSocket } = given;
  if (!openSocket) throw new Error('the environment opens no sockets');
  given.openSocket = (url, protocol) => {
    const socket = openSocket(url, protocol);
    const send = socket.send.bind(socket);
    socket.send = (text) => {
      const { frame, kind, body } = JSON.parse(text) as { frame: string; kind: string; body: unknown };
      if (frame === 'signal') signals.push({ kind, body });
      send(text);
    };
    return socket;
  };
  return signals;
}
