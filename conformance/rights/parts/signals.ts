import type { Loose } from '../../lib/frames.js';
import type { Stage } from '../../lib/stage.js';
import type { Part, Report } from '../cells.js';
import { told, type Entered } from '../people.js';
import { grantsOf, PEOPLE, type Grant, type Person } from '../roles.js';

interface Signal {
  readonly name: string;
  readonly kind: string;
  readonly grant: Grant | null;
  /** Told by a refusal where the grant is missing; else nobody hears it, and nothing is said. */
  readonly isAnswered: boolean;
  readonly body: (to: Listener) => Loose;
}

interface Listener {
  readonly participant: string;
  readonly session: string;
}

const SDP = 'v=0\r\no=- 1 2 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n';

const SIGNALS: readonly Signal[] = [
  { name: 'typing', kind: 'typing', grant: 'chat.post', isAnswered: false, body: () => ({}) },
  { name: 'reaction', kind: 'reaction', grant: 'react', isAnswered: false, body: () => ({ emoji: '👏' }) },
  {
    name: 'mute of one',
    kind: 'mute',
    grant: 'people.moderate',
    isAnswered: true,
    body: ({ participant }) => ({ participant, source: 'audio' }),
  },
  { name: 'mute of all', kind: 'mute', grant: 'people.moderate', isAnswered: true, body: () => ({ source: 'audio' }) },
  {
    name: 'ask',
    kind: 'ask',
    grant: 'people.moderate',
    isAnswered: true,
    body: ({ participant }) => ({ participant, source: 'audio' }),
  },
  {
    name: 'rtc',
    kind: 'rtc',
    // Whoever only receives says this too: there is no connection without an answer.
    grant: null,
    isAnswered: false,
    body: () => ({ epoch: 1, seq: 1, ack: 0, message: { type: 'offer', negotiation: 1, sdp: SDP } }),
  },
];

/** Every kind that some row is about; `lobby.message` has a row of its own below. */
export const SIGNALLED: ReadonlySet<string> = new Set([...SIGNALS.map(({ kind }) => kind), 'lobby.message']);

/** What goes past the logs, by everyone, with and without the right to it. */
export const SIGNAL_PART: Part = {
  name: 'signals',
  what: 'role × signal, with the grant and without, before and after joining, after a role was given',
  scenes: [
    ...PEOPLE.map((role) => ({ name: role, play: (stage: Stage, report: Report) => play(stage, role, report) })),
    { name: 'a word to those who wait', play: playLobby },
  ],
};

async function play(stage: Stage, role: Person, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  const listener = await stage.enter('listener', { join: true }, { role: 'student' });
  const to = { participant: listener.welcome.frame.participant, session: await sessionOf(listener) };
  for (const [index, signal] of SIGNALS.entries()) {
    const { name, grant } = signal;
    const enter = (who: string, changes: Partial<Record<Grant, boolean>> = {}, join = true) =>
      stage.enter(`${who}-${index}`, { join }, { role, grants: changes });
    const may = grant === null || grantsOf(role).has(grant);
    report(name, expected(signal, may), await hear(await enter('plain'), listener, signal, to));
    if (signal.kind !== 'rtc')
      report(`${name} before joining`, 'silence', await hear(await enter('outside', {}, false), listener, signal, to));
    if (grant === null) continue;
    const changed = await enter('changed', { [grant]: !may });
    const words = `${name} ${may ? 'without' : 'with'} ${grant}`;
    report(words, expected(signal, !may), await hear(changed, listener, signal, to));
    // The role of a moment ago counts for nothing.
    const risen = await enter('risen');
    for (const given of ['assistant', 'observer'] as const) {
      if (given === role) continue;
      await teacher.done('person.role', { participant: risen.welcome.frame.participant, role: given });
      await risen.connection.frame('rights', { where: (frame) => frame.role === given });
      const mayNow = grantsOf(given).has(grant);
      report(`${name}, made ${given}`, expected(signal, mayNow), await hear(risen, listener, signal, to));
    }
  }
}

async function playLobby(stage: Stage, report: Report): Promise<void> {
  const teacher = await stage.enter('teacher', { join: true });
  const senders = await Promise.all(PEOPLE.map((role) => stage.enter(`sender-${role}`, { join: true }, { role })));
  await teacher.done('room.change', { policy: { 'join.lobby': true } });
  const waiter = await stage.knock('waiter', {}, { role: 'student' });
  await waiter.connection.frame('waiting', { where: ({ why }) => why === 'lobby' });
  for (const [index, role] of PEOPLE.entries()) {
    const sender = senders[index]!;
    const text = `From ${role}`;
    const from = waiter.connection.mark();
    sender.connection.send({ frame: 'signal', kind: 'lobby.message', body: { text } });
    const refusal = await refusalOf(sender);
    await waiter.connection.settled();
    const isHeard = waiter.connection.received.slice(from).some((one) => one.text.includes(text));
    const may = grantsOf(role).has('people.moderate');
    report(role, may ? 'heard' : 'forbidden people.moderate', isHeard ? 'heard' : (refusal ?? 'silence'));
  }
}

function expected({ isAnswered, grant }: Signal, may: boolean): string {
  if (may) return 'heard';
  return isAnswered ? `forbidden ${String(grant)}` : 'silence';
}

async function hear(sender: Entered, listener: Entered, signal: Signal, to: Listener): Promise<string> {
  const { kind } = signal;
  const { participant } = sender.welcome.frame;
  if (kind === 'rtc') await sessionOf(sender);
  // Whoever is silent cannot be muted.
  if (kind === 'mute') await sessionOf(listener, true);
  const from = listener.connection.mark();
  sender.connection.send({
    frame: 'signal',
    kind,
    ...(kind === 'rtc' ? { to: to.session } : {}),
    body: signal.body(to),
  });
  const refusal = await refusalOf(sender);
  await listenTo(listener);
  const isHeard = listener.connection
    .all('signal', from)
    .some(({ frame }) => frame.kind === kind && frame.from === participant);
  if (isHeard) return refusal === null ? 'heard' : `${refusal}, and yet heard`;
  return refusal ?? 'silence';
}

/** What the sender is told of something that is no command. */
async function refusalOf({ connection }: Entered): Promise<string | null> {
  const from = connection.mark();
  await connection.settled();
  const refused = connection.all('refused', Math.max(0, from - 1)).find(({ frame }) => frame.cmid === undefined);
  if (refused === undefined) return null;
  const grant = refused.frame.detail?.['grant'];
  return typeof grant === 'string' ? `${refused.frame.code} ${grant}` : refused.frame.code;
}

/** A command of nobody’s business, since pings are counted. */
async function listenTo(listener: Entered): Promise<void> {
  await told(listener, 'hand.lower', {});
}

/** The wishes of everybody here, counted up as a whole: `rev` has to rise for each of them. */
let wishes = 0;

async function sessionOf({ connection }: Entered, audio = false): Promise<string> {
  const from = connection.mark();
  wishes += 1;
  connection.send({ frame: 'media', rev: wishes, open: true, live: true, audio });
  const rev = wishes;
  const { frame } = await connection.frame('session', { from, where: (one) => one.rev >= rev });
  return frame.session?.session ?? '';
}
