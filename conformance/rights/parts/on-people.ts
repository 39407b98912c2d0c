import type { Loose } from '../../lib/frames.js';
import type { Stage } from '../../lib/stage.js';
import type { Part, Report } from '../cells.js';
import { told, type Entered } from '../people.js';
import { has, PEOPLE, type Grant, type Person } from '../roles.js';

interface Deed {
  readonly name: string;
  readonly type: string;
  readonly grant: Grant;
  readonly body: Loose;
}

const DEEDS: readonly Deed[] = [
  { name: 'person.role', type: 'person.role', grant: 'people.promote', body: { role: 'student' } },
  { name: 'person.media', type: 'person.media', grant: 'people.moderate', body: { audio: false } },
  {
    name: 'person.bar from the chat',
    type: 'person.bar',
    grant: 'people.moderate',
    body: { bar: 'chat', barred: true },
  },
  {
    name: 'person.bar from the room',
    type: 'person.bar',
    grant: 'people.moderate',
    body: { bar: 'room', barred: true },
  },
  { name: 'person.remove', type: 'person.remove', grant: 'people.moderate', body: {} },
];

/** Who may act on whom: staff on students, on staff only who may promote, nobody on themselves. */
export const ON_PEOPLE: Part = {
  name: 'on people',
  what: 'role × person.role, .media, .bar, .remove × role of the other, and oneself',
  scenes: PEOPLE.flatMap((role) =>
    DEEDS.map((deed) => ({
      name: `${role} does ${deed.name}`,
      play: (stage: Stage, report: Report) => play(stage, { role, deed }, report),
    })),
  ),
};

async function play(stage: Stage, { role, deed }: { role: Person; deed: Deed }, report: Report): Promise<void> {
  await stage.enter('teacher', { join: true });
  const actor = await stage.enter('actor', { join: true }, { role });
  const targets: (readonly [Person, Entered])[] = [];
  for (const target of PEOPLE)
    targets.push([target, await stage.enter(`the-${target}`, { join: true }, { role: target })]);
  const onto = (participant: string) => told(actor, deed.type, { participant, ...deed.body });
  for (const [target, { welcome }] of targets)
    report(`to ${target}`, expected(role, deed, target), await onto(welcome.frame.participant));
  const { grant } = deed;
  const self = has(role, grant) ? 'self_refused' : `forbidden ${grant}`;
  report('to oneself', self, await onto(actor.welcome.frame.participant));
  const unknown = has(role, grant) ? 'person_unknown' : `forbidden ${grant}`;
  report('to nobody', unknown, await onto('nobody-has-this-id-00'));
}

function expected(role: Person, { grant }: Deed, target: Person): string {
  if (!has(role, grant)) return `forbidden ${grant}`;
  const isStaff = target === 'instructor' || target === 'assistant';
  return isStaff && !has(role, 'people.promote') ? 'role_required' : 'ack';
}
