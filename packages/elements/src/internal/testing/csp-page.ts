/** A page under a strict Content-Security-Policy with every element in it; tells its parent what was violated. */
import type { LmsClassroom } from '../../classroom/classroom.js';
import { choose, createClass, appears, press, reads, write, $ } from './class.js';
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
use().then(
  () => parent.postMessage({ violations }, '*'),
  (error: unknown) => parent.postMessage({ violations, error: String(error) }, '*'),
);
