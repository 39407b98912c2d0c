/** A page under a strict Content-Security-Policy with every element in it; tells its parent what was violated. */
import type { LmsClassroom } from '../../classroom/classroom.js';
import type { LmsMeetingRoom } from '../../meeting-room/meeting-room.js';
import { choose, createClass, appears, gone, press, reads, write, $ } from './class.js';
import { FakeCall } from './fake-call.js';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, lineNumber, sample }) =>
  violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`),
);

async function useParts(): Promise<void> {
  const { server, mount } = createClass();
  await server.as('luis').send('chat.post', { text: 'See https://school.example <img src=x>' });
  await server.as('luis').send('question.ask', { text: 'Why?' });
  await server.as('luis').join();
  await server.as('luis').send('hand.raise', {});
  const chat = await mount('lms-chat', 'teacher', { locale: 'de' });
  await reads(chat, 'school.example', '.lines');
  write($<HTMLTextAreaElement>(chat, 'textarea'), 'Hello '.repeat(60));
  $(chat, '[data-do=more]').click();
  await appears(chat, '.menu');
  chat.locale = 'en';
  $(chat, '.menu').hidePopover();
  await reads(chat, 'Send', '.root').catch(() => undefined);
  await choose(chat, $(chat, '[data-do=more]'), 'Delete').catch(() => undefined);
  const panel = await mount('lms-qa-panel', 'teacher');
  await reads(panel, 'Why?');
  const people = await mount('lms-people', 'teacher');
  await reads(people, 'Luis');
  await mount('lms-people', 'anna', { server: '' });
  await meet(mount);
}

async function useClassroom(): Promise<void> {
  const { mount } = createClass();
  const classroom = await mount<LmsClassroom>('lms-classroom', 'anna', { makeCall: (room) => new FakeCall(room) });
  await classroom.join();
  for (const name of ['chat', 'questions', 'people']) {
    (await appears(classroom, `#tab-${name}`)).click();
    await appears(classroom, `#panel-${name}[aria-busy=false]`);
  }
  press($(classroom, '[role=separator]'), 'ArrowUp');
  press(document.body, '?', { shiftKey: true });
  (await appears<HTMLDialogElement>(classroom, 'dialog.keys')).close();
}

const use = new URL(import.meta.url).search === '?classroom' ? useClassroom : useParts;
/** A call of two, with what opens in it. */
async function meet(mount: ReturnType<typeof createClass>['mount']): Promise<void> {
  const rooms = [
    await mount<LmsMeetingRoom>('lms-meeting-room', 'teacher'),
    await mount<LmsMeetingRoom>('lms-meeting-room', 'luis'),
  ];
  for (const room of rooms) {
    await appears(room, '.enter');
    await room.join();
  }
  const [room] = rooms as [LmsMeetingRoom];
  await appears(room, '.tile:not(.own)');
  room.layout = 'grid';
  for (const opener of ['settings', 'layout', 'react', 'leave']) {
    $(room, `[data-control=${opener}]`).click();
    const open = await appears(room, 'dialog, .menu, .reactions');
    if (open instanceof HTMLDialogElement) open.close();
    else open.hidePopover();
    // What closes is taken out when it says so, in a task of its own; a click before that would be one on an open menu.
    await gone(room, 'dialog, .menu, .reactions');
  }
  $(room, '[data-control=react]').click();
  (await appears(room, '.reactions button')).click();
  await appears(room, '.floating');
}

use().then(
  () => parent.postMessage({ violations }, '*'),
  (error: unknown) => parent.postMessage({ violations, error: String(error) }, '*'),
);
