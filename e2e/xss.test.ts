/** What people write and what they are called is text, in pages that have no policy to stop anything else. */
import type { RoomClient } from '@lms-live/client';
import { LIMITS, type CommandInput, type CommandType } from '@lms-live/protocol';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { Bench, elementHtml, type PanelTag, type PlainTab } from './support/elements.js';
import { packed, PAYLOADS, publicPayloads } from './support/payloads.js';
import { expectClean } from './support/person.js';
import { eventually } from './support/until.js';

const PANELS: readonly PanelTag[] = ['lms-chat', 'lms-qa-panel', 'lms-people'];
/** As many messages as the chat keeps in the document. */
const SHOWN_MESSAGES = 120;
const AUTHORS = 60;
const QUESTIONS = 60;
/** Members of staff who answer: one alone would be slowed down. */
const STAFF = 4;

let bench: Bench;
/** Looks on, as a teacher and as a student. */
let watchers: readonly PlainTab[];
/** Holds the connections of everybody else. */
let crowd: PlainTab;

beforeAll(async () => {
  bench = await Bench.open();
  const [teacher, student, others] = await Promise.all([bench.tab(), bench.tab(), bench.tab()]);
  watchers = [teacher, student];
  crowd = others;
});

afterEach(() => expectClean([...watchers, crowd]));

afterAll(closeEverything);

test('a corpus of our own renders as text, wherever it is written', () => survive(PAYLOADS, PAYLOADS));

const COLLECTED = publicPayloads();
if (COLLECTED.length > 0)
  test('public collections render as text, too', () =>
    survive(packed(COLLECTED, LIMITS.maxMessageChars), everyNth(COLLECTED, QUESTIONS)));

/**
 * Everyone of a crowd is called by a payload, writes payloads, quotes them, asks them and is answered with them.
 * @param texts for the chat @param short for names, questions and answers
 */
async function survive(texts: readonly string[], short: readonly string[]): Promise<void> {
  const room = `class-${texts.length}`;
  const { liveUrl: server } = bench.product;
  await bench.liveRoom(room);
  await watch(room);

  const names = everyNth(short, AUTHORS);
  const authors = names.map((name, index) =>
    elementHtml('lms-room', { server, token: bench.token({ room, sub: `author-${index}`, name }) }),
  );
  const staff = Array.from({ length: STAFF }, (_, index) =>
    elementHtml('lms-room', {
      server,
      token: bench.token({ room, sub: `staff-${index}`, role: 'assistant', name: names[index] ?? '' }),
    }),
  );
  await crowd.show([...authors, ...staff].join(''), { policy: null });
  const written = await crowd.tab.evaluate(writeAll, {
    authors: authors.length,
    texts: texts.slice(-SHOWN_MESSAGES),
    // One's own words, quoted, as far as there is room for them.
    quotes: Math.max(0, SHOWN_MESSAGES - texts.length),
    questions: everyNth(short, QUESTIONS),
  });
  expect(written.failures).toEqual([]);

  for (const watcher of watchers) {
    await eventually(() => watcher.tab.page.evaluate(progress)).toEqual({
      messages: Math.min(written.messages, SHOWN_MESSAGES),
      answers: written.questions,
      people: names.length + STAFF + watchers.length,
    });
    const seen = await watcher.tab.evaluate(inspect, PANELS);
    expect(seen.strange).toEqual([]);
    // Nothing is missing and nothing is added: what stands there is what the server keeps.
    expect(seen.messages).toEqual(seen.kept.messages);
    expect(seen.questions.sort()).toEqual(seen.kept.questions.sort());
    expect(seen.answers.sort()).toEqual(seen.kept.answers.sort());
    expect(new Set(seen.names)).toEqual(new Set(seen.kept.names));
    for (const text of texts.filter((each) => /^[\x20-\x7e]*$/u.test(each)).slice(-10))
      expect(seen.messages).toContain(text.trim());
  }
  await openMenus();
  // Pages of the school were asked for once each, and nothing else of it.
  expect(bench.school.requests.filter((path) => !/^\/page-\d+$/u.test(path))).toEqual([]);
}

/** A teacher and a student look on, each in a page with everything. */
async function watch(room: string): Promise<void> {
  const { liveUrl: server } = bench.product;
  for (const [index, watcher] of watchers.entries()) {
    const role = index === 0 ? 'instructor' : 'student';
    const token = bench.token({ room, sub: `watcher-${index}`, role, name: `Watcher ${index}` });
    const panels = PANELS.map((tag) => elementHtml(tag)).join('');
    await watcher.show(elementHtml('lms-room', { server, token }, panels), { policy: null });
    for (const tag of PANELS) await eventually(() => watcher.connection(tag)).toBe('online');
  }
}

/** Opens what stands over the page and has names or texts in it. */
async function openMenus(): Promise<void> {
  const [teacher] = watchers;
  if (!teacher) return;
  for (const { element, button, item } of [
    { element: 'lms-people', button: { css: '[part~="person"] button' }, item: 'Remove from the class' },
    { element: 'lms-chat', button: { css: '[part~="message-other"] [data-do="more"]' }, item: 'Reply' },
    { element: 'lms-qa-panel', button: { css: '[part~="question"] .more' }, item: 'Labels' },
  ] as const) {
    await teacher.tab.click({ element, ...button });
    await teacher.tab.click({ element, css: '.menu button', name: item });
    expect((await teacher.tab.evaluate(inspect, PANELS)).strange).toEqual([]);
    if (item !== 'Reply') await teacher.tab.click({ element, css: 'dialog button', name: 'Cancel' });
  }
}

function everyNth(lines: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, Math.floor(lines.length / count));
  return lines.filter((line, index) => index % step === 0 && line.trim() !== '').slice(0, count);
}

// ── These run in the page ───────────────────────────────────────────────────────────────────────────────────────────

interface Plan {
  readonly authors: number;
  readonly texts: readonly string[];
  readonly quotes: number;
  readonly questions: readonly string[];
}

type RoomElement = HTMLElement & { readonly client: RoomClient | null };

/** Has everybody in the page say their part, each in order and all at once. */
async function writeAll({ authors, texts, quotes, questions }: Plan) {
  const clients = [...document.querySelectorAll<RoomElement>('lms-room')].map(({ client }) => client);
  const there = (client: RoomClient | null): boolean => client?.getState().joined ?? false;
  while (!clients.every(there)) await new Promise((resolve) => setTimeout(resolve, 50));
  const failures: string[] = [];
  const done = { messages: 0, questions: 0 };
  /** @returns the id of what was made; null where nothing is left of the text */
  const say = async <T extends CommandType>(who: number, type: T, body: CommandInput<T>): Promise<string | null> => {
    try {
      const { id } = (await clients[who]?.send(type, body)) ?? {};
      return typeof id === 'string' ? id : null;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'text_empty') failures.push(`${type}: ${String(code ?? error)}`);
      return null;
    }
  };
  await Promise.all([
    ...texts.map(async (text, index) => {
      const id = await say(index % authors, 'chat.post', { text });
      if (id === null) return;
      done.messages += 1;
      if (index < quotes && (await say(index % authors, 'chat.post', { text, replyTo: id })) !== null)
        done.messages += 1;
    }),
    ...questions.map(async (text, index) => {
      const id = await say(index % authors, 'question.ask', { text });
      if (id === null) return;
      done.questions += 1;
      await say(authors + (index % (clients.length - authors)), 'question.answer', { id, text });
    }),
  ]);
  return { ...done, failures };
}

function progress(): { messages: number; answers: number; people: number } {
  const count = (tag: string, css: string): number =>
    document.querySelector(tag)?.shadowRoot?.querySelectorAll(css).length ?? 0;
  return {
    messages: count('lms-chat', '[part~="message"]'),
    answers: count('lms-qa-panel', '[part~="answer"]'),
    people: count('lms-people', '[part~="person"]'),
  };
}

/** Looks at every node that the elements have made. */
function inspect(tags: readonly string[]) {
  const OURS = new Set(
    `a b bdi button code dialog div form h2 h3 input label li ol option p section select slot span textarea time ul
    svg path circle line rect polyline polygon ellipse`.split(/\s+/u),
  );
  const roots = tags.map((tag) => document.querySelector(tag)?.shadowRoot);
  const strange: string[] = [];
  const suspect = (node: Element): boolean =>
    !OURS.has(node.localName) ||
    node.getAttributeNames().some((name) => name.startsWith('on') || name === 'src' || name === 'srcdoc') ||
    (node instanceof HTMLAnchorElement && !/^(?:https?|mailto):/u.test(node.href));
  for (const root of roots)
    for (const node of root?.querySelectorAll('*') ?? [])
      if (suspect(node)) strange.push(new XMLSerializer().serializeToString(node.cloneNode(false)));
  for (const node of document.querySelectorAll('body *'))
    if (!node.localName.startsWith('lms-')) strange.push(node.localName);

  const textsIn = (tag: string, css: string): string[] =>
    [...(document.querySelector(tag)?.shadowRoot?.querySelectorAll(css) ?? [])].map(({ textContent }) => textContent);
  const state = document.querySelector<RoomElement>('lms-room')?.client?.getState();
  const kept = {
    messages: [...(state?.views.all.messages ?? [])].map(({ text }) => text ?? '').slice(-120),
    questions: [...(state?.views.all.questions.values() ?? [])].map(({ text }) => text),
    answers: [...(state?.views.all.questions.values() ?? [])].map(({ answer }) => answer?.text ?? ''),
    names: [...(state?.presence.people.keys() ?? [])].map((id) => state?.views.all.people.get(id)?.name ?? ''),
  };
  return {
    strange,
    messages: textsIn('lms-chat', '[part~="message"] .text'),
    questions: textsIn('lms-qa-panel', '[part~="question-text"]'),
    answers: textsIn('lms-qa-panel', '[part~="answer"] .text'),
    names: textsIn('lms-people', '[part~="name"]'),
    kept,
  };
}
