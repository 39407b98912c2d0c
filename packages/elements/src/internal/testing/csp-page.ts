/** A page under a strict Content-Security-Policy with every element in it; tells its parent what was violated. */
import { choose, createClass, appears, reads, write, $ } from './class.js';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, lineNumber, sample }) =>
  violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`),
);

async function use(): Promise<void> {
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

use().then(
  () => parent.postMessage({ violations }, '*'),
  (error: unknown) => parent.postMessage({ violations, error: String(error) }, '*'),
);
