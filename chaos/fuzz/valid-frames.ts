import type { Random } from '../lib/random.js';

/** A frame of a client as the protocol has it. */
export type Frame = Record<string, unknown>;

const SDP = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';

/** A valid frame of any kind, by somebody with this token; what it names mostly does not exist. */
export function validFrame(random: Random, token: string): Frame {
  const id = random.id();
  const position = { epoch: id, offset: random.integer(0, 50), hash: '0'.repeat(32) };
  const command = (type: string, body: Frame): Frame => ({
    frame: 'command',
    cmid: random.id(),
    seq: random.integer(1, 6),
    type,
    body,
  });
  const kinds: readonly (() => Frame)[] = [
    () => ({ frame: 'hello', token, join: true, positions: { all: position }, client: { id, name: 'fuzz/1.0' } }),
    () => ({ frame: 'ping', hidden: random.chance(0.5) }),
    () => ({ frame: 'resume', positions: { all: position, me: position, staff: position } }),
    () => ({ frame: 'token', token }),
    () => ({ frame: 'media', rev: random.integer(1, 9), open: true, live: true, audio: true, session: id, take: true }),
    () => ({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } }),
    () => ({ frame: 'signal', kind: 'typing', body: {} }),
    () => ({ frame: 'signal', kind: 'mute', body: { participant: id, source: 'audio' } }),
    () => ({
      frame: 'signal',
      kind: 'rtc',
      to: id,
      body: { epoch: 1, seq: 1, ack: 0, message: { type: 'offer', negotiation: 1, sdp: SDP } },
    }),
    () => command('chat.post', { text: 'fuzz', replyTo: id, to: 'staff' }),
    () => command('chat.edit', { id, text: 'fuzz' }),
    () => command('chat.pin', { id, pinned: true }),
    () => command('question.ask', { text: 'fuzz?', anonymous: true }),
    () => command('question.change', { id, state: 'open', labels: ['a', 'b'], handling: true }),
    () => command('vote.set', { question: id, value: true }),
    () => command('hand.raise', {}),
    () => command('person.join', {}),
    () => command('person.media', { participant: id, audio: false }),
    () => command('person.bar', { participant: id, bar: 'chat', barred: true, until: 1, note: 'fuzz' }),
    () => command('room.change', { policy: { 'chat.mode': 'open' }, startsAt: null, capacity: 500, ifOffset: 1 }),
    () => command('person.erase', { participant: id }),
  ];
  return random.pick(kinds)();
}
