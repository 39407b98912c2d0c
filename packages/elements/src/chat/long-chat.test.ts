import { MessageList, type Message } from '@lms-live/protocol';
import { expect } from '@open-wc/testing';
import { $, all, createClass, rendered, textOf } from '../internal/testing/class.js';
import type { LmsChat } from './chat.js';

const COUNT = 5_000;

function message(index: number): Message {
  const at = 1_770_000_000_000 + index * 20_000;
  const text =
    index % 7 === 0
      ? `Message ${index} with a text that takes more than a line of its own `.repeat(3)
      : `Message ${index}`;
  return {
    offset: index + 1,
    id: `m-${index}`,
    at,
    by: `p-${index % 30}`,
    text,
    replyTo: null,
    thread: null,
    editedAt: null,
  };
}

const HISTORY = MessageList.from(Array.from({ length: COUNT }, (_, index) => message(index)));

/** Puts messages in the place of those of the class, past the connection: what is measured is the list. */
async function show(chat: LmsChat, messages: MessageList<Message>): Promise<void> {
  const { connection } = chat;
  const { state } = connection;
  if (!state) throw new Error('not connected');
  connection.state = { ...state, views: { ...state.views, all: { ...state.views.all, messages } } };
  chat.requestUpdate();
  await rendered(chat);
}

async function longChat(): Promise<LmsChat> {
  const chat = await createClass().mount<LmsChat>('lms-chat', 'anna');
  await show(chat, HISTORY);
  return chat;
}

function numbers(chat: LmsChat): number[] {
  return all(chat, '.row .text').map((text) => Number(/\d+/u.exec(text.textContent)?.[0]));
}

/** The row that is read at the top, and where it stands. */
function reading(chat: LmsChat): { readonly key: string; readonly top: number } {
  const { top } = $(chat, '.scroller').getBoundingClientRect();
  const row = all(chat, '.row').find((other) => other.getBoundingClientRect().bottom > top);
  return { key: row?.dataset['key'] ?? '', top: row?.getBoundingClientRect().top ?? 0 };
}

function topOf(chat: LmsChat, key: string): number {
  return $(chat, `[data-key="${key}"]`).getBoundingClientRect().top;
}

describe('<lms-chat> with 5,000 messages', () => {
  it('opens with few rows, at the newest', async () => {
    const chat = await createClass().mount<LmsChat>('lms-chat', 'anna');
    await show(chat, HISTORY);
    const scroller = $(chat, '.scroller');
    expect(all(chat, '.row')).to.have.lengthOf(120);
    expect(numbers(chat).at(-1)).to.equal(COUNT - 1);
    expect(scroller.scrollTop + scroller.clientHeight).to.be.closeTo(scroller.scrollHeight, 2);
    expect(chat.renderRoot.querySelectorAll('*').length).to.be.below(3_000);
  });

  it('goes back through them and forth again without a jump, with at most 200 rows', async () => {
    const chat = await longChat();
    const scroller = $(chat, '.scroller');
    for (const step of [...Array<number>(15).fill(-1_500), ...Array<number>(15).fill(1_500)]) {
      scroller.scrollTop += step;
      const { key, top } = reading(chat);
      await rendered(chat);
      await rendered(chat);
      const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
      if (!isAtEnd) expect(Math.abs(topOf(chat, key) - top), `after ${step}`).to.be.below(2);
      expect(all(chat, '.row').length).to.be.at.most(200);
      const shown = numbers(chat);
      expect(shown).to.deep.equal(shown.map((_, index) => (shown[0] ?? 0) + index));
    }
  });

  it('lets go of the end for whoever scrolls up in the very frame in which a message comes', async () => {
    const chat = await longChat();
    const scroller = $(chat, '.scroller');
    scroller.scrollTop = 0;
    // Before the scroll event: it comes with the next frame.
    await show(chat, HISTORY.push(message(COUNT)));
    expect(scroller.scrollTop + scroller.clientHeight).to.be.below(scroller.scrollHeight - 100);
    expect(numbers(chat)[0]).to.be.below(COUNT - 120);
  });

  it('counts what comes in while one reads above, and stays where one reads', async () => {
    const chat = await longChat();
    const scroller = $(chat, '.scroller');
    scroller.scrollTop -= 2_000;
    await rendered(chat);
    expect(textOf(chat, '.jump')).to.equal('To the latest messages');
    const { key, top } = reading(chat);
    await show(chat, HISTORY.push(message(COUNT)).push(message(COUNT + 1)));
    expect(textOf(chat, '.jump')).to.equal('2 new messages');
    expect(Math.abs(topOf(chat, key) - top)).to.be.below(2);
    $(chat, '.jump').click();
    await rendered(chat);
    expect(numbers(chat).at(-1)).to.equal(COUNT + 1);
    expect(all(chat, '.jump')).to.have.lengthOf(0);
  });

  it('keeps the place when older ones are put before', async () => {
    const chat = await createClass().mount<LmsChat>('lms-chat', 'anna');
    await show(chat, MessageList.from(HISTORY.slice(4_000, COUNT)));
    const scroller = $(chat, '.scroller');
    scroller.scrollTop -= 2_000;
    await rendered(chat);
    const { key, top } = reading(chat);
    await show(chat, HISTORY);
    expect(Math.abs(topOf(chat, key) - top)).to.be.below(2);
  });

  it('keeps the place when a snapshot has only the last of them', async () => {
    const chat = await longChat();
    const scroller = $(chat, '.scroller');
    scroller.scrollTop -= 2_000;
    await rendered(chat);
    const { key, top } = reading(chat);
    await show(chat, MessageList.from([...HISTORY.slice(COUNT - 100, COUNT), message(COUNT)]));
    expect(Math.abs(topOf(chat, key) - top)).to.be.below(2);
    expect(textOf(chat, '.jump')).to.equal('1 new message');
  });

  it('takes in many messages at once without growing', async () => {
    const chat = await longChat();
    let messages = HISTORY;
    for (let index = 0; index < 20; index += 1) {
      for (let more = 0; more < 12; more += 1) messages = messages.push(message(messages.length));
      await show(chat, messages);
    }
    expect(numbers(chat).at(-1)).to.equal(messages.length - 1);
    expect(all(chat, '.row')).to.have.lengthOf(120);
  });
});
