import { LIMITS } from '@lms-live/protocol';
import { expect } from '@open-wc/testing';
import type { LmsElement } from '../internal/lms-element.js';
import { createClass, rendered, type TestClass } from '../internal/testing/class.js';
import { elementsIn } from './testing/look.js';

/** As much as a message may have; ten times what a name may. */
const MOST = LIMITS.maxMessageChars;
const WIDTH_PX = 360;
/** A line of a face that is drawn between two pixels. */
const SLACK_PX = 1;

/** Texts that want out of their box. */
const TEXTS: Readonly<Record<string, string>> = {
  'combining marks': `Z${'\u0335\u0348\u033c'.repeat(MOST / 3)}`,
  'one long line': 'W'.repeat(MOST),
  'one long address': `https://school.example/${'a'.repeat(MOST)}`,
  'a thousand lines': 'x\n'.repeat(MOST / 2),
  'emoji of many parts': '👩‍👩‍👧‍👦'.repeat(MOST / 11),
  'nothing that can be seen': `\u200b${'\u200b\u2060\ufeff\u00ad'.repeat(MOST / 4)}x`,
  'another direction': `\u202e\u2067${'abc אבג '.repeat(200)}`,
  'wide letters': '﷽'.repeat(200),
};

async function mount(given: TestClass, tag: string): Promise<LmsElement> {
  const element = await given.mount(tag, 'teacher');
  element.style.cssText = `display: block; inline-size: ${WIDTH_PX}px; block-size: 480px`;
  return element;
}

/** Nothing can be seen, or pressed, beside the element: what is in it stays in its box, or is cut off there. */
async function expectInside(element: LmsElement): Promise<void> {
  await rendered(element);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  expect(right - left).to.be.closeTo(WIDTH_PX, SLACK_PX);
  for (const [x, y] of [
    [right + 20, top + 40],
    [right + 200, top + 200],
    [left + 40, bottom + 20],
    [left + 40, bottom + 200],
    [left - 5, top + 40],
  ] as const)
    expect(document.elementsFromPoint(x, y)).not.to.include(element);
  // And what scrolls in it scrolls up and down alone.
  for (const part of elementsIn(element.renderRoot))
    if (part.matches('.scroller, .lines, [role=log]'))
      expect(part.scrollWidth, part.className).to.be.at.most(part.clientWidth + SLACK_PX);
}

describe('a text that wants out', () => {
  for (const [what, text] of Object.entries(TEXTS))
    it(`stays in the box of its element: ${what}`, async () => {
      const given = createClass();
      const { server } = given;
      const luis = server.as('luis');
      await luis.join();
      const elements = [
        await mount(given, 'lms-chat'),
        await mount(given, 'lms-qa-panel'),
        await mount(given, 'lms-people'),
      ];
      await server.seed(
        { type: 'person.named', body: { participant: luis.participant, name: text } },
        { type: 'chat.posted', by: luis.participant, body: { id: 'm1', text } },
        { type: 'chat.posted', by: luis.participant, body: { id: 'm2', text, replyTo: 'm1' } },
        { type: 'chat.pinned', body: { id: 'm1', pinned: true } },
        {
          type: 'question.asked',
          by: luis.participant,
          body: { id: 'q1', text, state: 'open', labels: [text], askedAt: 1 },
        },
        { type: 'question.answered', by: luis.participant, body: { id: 'q1', text } },
        { type: 'room.changed', body: { title: text, description: text } },
      );
      await server.settled();
      for (const element of elements) {
        element.connection.catchUp();
        await expectInside(element);
      }
    }).timeout(20_000);
});
