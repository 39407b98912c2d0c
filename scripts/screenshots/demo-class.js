/* global document, location, window */
/**
 * The page of the screenshots: one element, one person, one class that is always the same. Runs in the browser.
 * `?element=lms-chat&as=student&theme=dark&locale=ar&scene=live`
 */
import { createLoopbackServer } from '@lms-live/client/loopback';
import '@lms-live/elements/define';

const START = new Date(2026, 2, 3, 10, 0).getTime();
const MINUTE = 60_000;

const PEOPLE = {
  teacher: { sub: 't1', name: 'Dr. Miriam Okafor', role: 'instructor' },
  assistant: { sub: 'a1', name: 'Jonas Lindqvist', role: 'assistant' },
  anna: { sub: 's1', name: 'Anna Kovács', role: 'student' },
  luis: { sub: 's2', name: 'Luis Fernández', role: 'student' },
  mei: { sub: 's3', name: 'Mei Tanaka', role: 'student' },
  omar: { sub: 's4', name: 'Omar Haddad', role: 'student' },
  priya: { sub: 's5', name: 'Priya Raman', role: 'student' },
  tom: { sub: 's6', name: 'Tom Becker', role: 'student' },
  zoe: { sub: 's7', name: 'Zoé Laurent', role: 'student' },
  ivan: { sub: 's8', name: 'Ivan Petrov', role: 'student' },
  grace: { sub: 's9', name: 'Grace Mwangi', role: 'student' },
};

const ARABIC_PEOPLE = {
  ...PEOPLE,
  teacher: { sub: 't1', name: 'د. مريم الخطيب', role: 'instructor' },
  assistant: { sub: 'a1', name: 'يوسف نصّار', role: 'assistant' },
  anna: { sub: 's1', name: 'سلمى حدّاد', role: 'student' },
  luis: { sub: 's2', name: 'كريم عبد الله', role: 'student' },
};

/** Which person is looked over the shoulder of, by scene. */
const parameters = new URLSearchParams(location.search);
const read = (name, otherwise) => parameters.get(name) ?? otherwise;
const tag = read('element', 'lms-chat');
const as = read('as', 'anna');
const scene = read('scene', 'live');
const locale = read('locale', 'en');

let now = START;
let lastId = 0;
const at = (minute) => (now = START + minute * MINUTE);
const people = locale === 'ar' ? ARABIC_PEOPLE : PEOPLE;
const server = createLoopbackServer({
  people,
  now: () => now,
  newId: () => `demo-${String((lastId += 1)).padStart(20, '0')}`,
  room: {
    id: 'algebra-1-week-5',
    title: 'Algebra 1, week 5',
    ...(scene === 'waiting' ? { state: 'scheduled', startsAt: START + 20 * MINUTE } : {}),
  },
});

async function say(minute, person, text, more = {}) {
  at(minute);
  const { id } = await server.as(person).send('chat.post', { text, ...more });
  return id;
}

async function ask(minute, person, text, more = {}) {
  at(minute);
  const { id } = await server.as(person).send('question.ask', { text, ...more });
  return id;
}

async function vote(question, ...voters) {
  for (const voter of voters) await server.as(voter).send('vote.set', { question, value: true });
}

async function talk() {
  await say(0, 'teacher', 'Good morning everyone! We start with last week’s exercises on quadratic functions.');
  const pin = await say(1, 'teacher', 'Slides and the worksheet: https://school.example/algebra-1/week-5');
  await server.as('teacher').send('chat.pin', { id: pin, pinned: true });
  await say(2, 'anna', 'Good morning!');
  await say(2, 'luis', 'Morning 👋');
  const vertex = await say(
    5,
    'luis',
    'For 3b, do we always have to complete the square, or may we use the formula for the vertex?',
  );
  await say(6, 'mei', 'I used the formula and got (2, −5).');
  await say(7, 'assistant', 'Both are fine. Show each step, then you get full marks.', { replyTo: vertex });
  await say(8, 'anna', 'I got (2, −5) as well, completing the square.');
  await say(8.5, 'anna', 'It took me a page though 😅');
  await say(10, 'teacher', 'Well done, Anna and Mei. I will show a shorter way in a minute.');
  const late = await say(12, 'anna', 'I have to leave ten minutes early today for the dentist, is that all right?', {
    to: 'staff',
  });
  await say(13, 'teacher', 'Of course. The recording is there from tonight.', {
    to: server.as('anna').participant,
    replyTo: late,
  });
  await say(15, 'omar', 'Could you make the text on the board a bit larger please?');
  await say(16, 'teacher', 'Better now?');
  await say(16.5, 'omar', 'Perfect, thank you!');
}

async function talkArabic() {
  await say(0, 'teacher', 'صباح الخير جميعًا! نبدأ بتمارين الأسبوع الماضي عن الدوال التربيعية.');
  const pin = await say(1, 'teacher', 'العرض وورقة العمل: https://school.example/algebra-1/week-5');
  await server.as('teacher').send('chat.pin', { id: pin, pinned: true });
  await say(2, 'anna', 'صباح النور!');
  const vertex = await say(5, 'luis', 'في التمرين 3b هل يجب إكمال المربع دائمًا أم يجوز استعمال قانون الرأس؟');
  await say(7, 'assistant', 'كلاهما صحيح. اكتبوا كل خطوة لتنالوا الدرجة كاملة.', { replyTo: vertex });
  await say(8, 'anna', 'حصلت على (2, −5) بإكمال المربع.');
  await say(10, 'teacher', 'أحسنتِ يا سلمى. سأعرض طريقة أقصر بعد قليل.');
  await say(12, 'anna', 'عليّ أن أغادر قبل النهاية بعشر دقائق، هل يناسب ذلك؟', { to: 'staff' });
}

async function question() {
  const square = await ask(4, 'luis', 'Do we always have to complete the square, or may we use the vertex formula?');
  const exam = await ask(6, 'mei', 'Will the exam have questions like 3b?');
  const zero = await ask(7, 'tom', 'Why can’t a be zero?', { anonymous: true });
  const parabola = await ask(9, 'anna', 'How do I see from the graph whether a is negative?');
  const calculator = await ask(11, 'priya', 'Are calculators allowed in the exam?');
  const old = await ask(12, 'omar', 'Where do I find last week’s worksheet?');
  at(13);
  await vote(square, 'mei', 'omar', 'priya', 'tom', 'zoe', 'anna', 'ivan', 'grace');
  await vote(exam, 'luis', 'anna', 'omar', 'priya', 'tom', 'zoe');
  await vote(zero, 'grace', 'ivan', 'anna');
  await vote(parabola, 'mei');
  await vote(calculator, 'luis', 'mei', 'zoe', 'tom');
  await vote(old, 'zoe');
  at(14);
  await server.as('teacher').send('question.change', { id: square, state: 'answering' });
  await server.as('teacher').send('question.change', { id: exam, labels: ['exam'] });
  await server.as('teacher').send('question.change', { id: calculator, labels: ['exam'] });
  at(15);
  await server.as('assistant').send('question.answer', {
    id: calculator,
    text: 'Yes, the simple ones without a display for graphs. See also https://school.example/exam-rules',
  });
  await server
    .as('assistant')
    .send('question.answer', { id: old, text: 'Under “Week 4” in the course, at the bottom.' });
  await server.as('assistant').send('question.change', { id: parabola, handling: true });
  at(16);
  await server.as('teacher').send('room.change', { policy: { 'questions.moderated': true } });
  await ask(17, 'zoe', 'Can we go through 4c again?');
  await ask(17, 'anna', 'Does the formula also work when b is zero?');
}

async function fill() {
  if (scene === 'waiting' || scene === 'refused' || scene === 'setup') return;
  for (const person of Object.keys(people)) if (person !== as) await server.as(person).join();
  if (scene !== 'empty') {
    await (locale === 'ar' ? talkArabic() : talk());
    await question();
    await server.as('mei').send('hand.raise', {});
    await server.as('omar').send('hand.raise', {});
    await server.as('teacher').send('person.bar', {
      participant: server.as('ivan').participant,
      bar: 'chat',
      barred: true,
    });
  }
  at(18);
  if (scene === 'slow') {
    await server.as('teacher').send('room.change', { policy: { 'chat.mode': 'slow' } });
    await say(18, 'anna', 'Thank you!');
  }
  if (scene === 'frozen') await server.as('teacher').send('room.change', { policy: { 'chat.mode': 'frozen' } });
  if (scene === 'ended') await server.as('teacher').send('room.end', {});
}

const element = document.createElement(tag);
element.environment = { ...server.environment(as), nowMs: () => now };
element.server = scene === 'setup' ? '' : server.url;
element.token = server.tokenFor(as);
if (scene === 'refused') element.room = 'somebody-else';
element.locale = locale;
element.theme = read('theme', 'light');
if (parameters.has('height')) element.style.setProperty('height', `${read('height')}px`);
document.documentElement.style.setProperty('color-scheme', read('theme', 'light'));

await fill();
document.querySelector('main').append(element);
await server.settled();
if (scene === 'typing') server.as('luis').signal('typing', {});
if (scene === 'reconnecting') {
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.stop();
}
window.demo = { server, element, at };
document.documentElement.dataset.ready = 'true';
