import type { LmsErrorDetail } from '@lms-live/client';
import { aTimeout, expect, waitUntil } from '@open-wc/testing';
import '../define/classroom.js';
import type { LmsEventName } from '../events.js';
import type { LmsElement } from '../internal/lms-element.js';
import {
  $,
  all,
  appears,
  createClass,
  gone,
  press,
  reads,
  rendered,
  textOf,
  type Person,
  type TestClass,
} from '../internal/testing/class.js';
import { countListeners } from '../internal/testing/contract.js';
import { FakeCall } from '../internal/testing/fake-call.js';
import type { LmsClassroom } from './classroom.js';

/** Waits, on a slow machine too. */
const until = (isSo: () => boolean | undefined, message?: string): Promise<void> =>
  waitUntil(() => isSo() === true, message, { timeout: 4_000 });

/** Devices and links are let go, and sockets are kept for somebody who moves: a little longer than both take. */
const RELEASED_MS = 1_500;

const SIZES = { desktop: [1280, 720], tablet: [820, 900], phone: [360, 640], lying: [740, 340] } as const;

interface Wanted extends Partial<LmsClassroom> {
  size?: keyof typeof SIZES;
}

/** A classroom before *Join*. */
async function arrive(
  given: TestClass,
  person: Person,
  { size = 'desktop', ...properties }: Wanted = {},
): Promise<LmsClassroom> {
  const element = document.createElement('lms-classroom');
  const { server } = given;
  element.makeCall = (room) => new FakeCall(room);
  Object.assign(element, {
    server: server.url,
    token: server.tokenFor(person),
    locale: 'en',
    environment: given.environment(person),
    ...properties,
  });
  const [width, height] = SIZES[size];
  element.style.setProperty('width', `${width}px`);
  element.style.setProperty('height', `${height}px`);
  element.style.setProperty('max-width', 'none');
  const place = document.createElement('div');
  place.className = 'test-place';
  place.append(element);
  document.body.append(place);
  await until(() => {
    const { state, problem } = element.connection;
    const { state: now, synced } = state?.connection ?? {};
    return (
      problem !== null || (now === 'online' ? synced : now !== undefined && now !== 'idle' && now !== 'connecting')
    );
  });
  await rendered(element);
  return element;
}

/** A classroom in class. */
async function enter(given: TestClass, person: Person, wanted: Wanted = {}): Promise<LmsClassroom> {
  const element = await arrive(given, person, wanted);
  await element.join();
  await appears(element, '.rail');
  return element;
}

const tab = (element: LmsElement, name: string): HTMLElement => $(element, `#tab-${name}`);
const isShown = (element: LmsElement, selector: string): boolean =>
  (element.renderRoot.querySelector<HTMLElement>(selector)?.getClientRects().length ?? 0) > 0;
const part = (element: LmsElement, tag: string): LmsElement => $<LmsElement>(element, tag);

describe('<lms-classroom>', () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
  });

  for (const theme of ['light', 'dark'] as const)
    for (const [person, size] of [
      ['teacher', 'desktop'],
      ['anna', 'phone'],
      ['anna', 'tablet'],
    ] as const)
      it(`is accessible to ${person} on a ${size} in ${theme}`, async () => {
        const given = createClass();
        await given.server.as('luis').join();
        await given.server.as('luis').send('chat.post', { text: 'Good morning' });
        await given.server.as('luis').send('hand.raise', {});
        const element = await arrive(given, person, { theme, size });
        await expect(element).to.be.accessible();
        await element.join();
        element.panel = 'chat';
        await appears(element, 'lms-chat');
        await until(() => part(element, 'lms-chat').shadowRoot?.textContent.includes('Good morning') === true);
        await Promise.all(
          $(element, '.panel')
            .getAnimations()
            .map(({ finished }) => finished),
        );
        await expect(element).to.be.accessible();
      });

  it('leaves nothing behind when it goes', async () => {
    const given = createClass();
    const calls: FakeCall[] = [];
    const listeners = countListeners();
    const element = await enter(given, 'teacher', {
      makeCall: (room) => {
        const call = new FakeCall(room);
        calls.push(call);
        return call;
      },
    });
    for (const name of ['chat', 'questions', 'people']) {
      tab(element, name).click();
      await appears(element, `#panel-${name}[aria-busy=false]`);
    }
    expect(given.server.openSockets).to.equal(1);
    element.remove();
    await waitUntil(() => given.server.openSockets === 0, 'the socket closes', { timeout: RELEASED_MS });
    await waitUntil(() => given.held.timers === 0, 'no timer runs', { timeout: RELEASED_MS });
    await waitUntil(() => listeners.open.length === 0, 'nobody listens', { timeout: RELEASED_MS });
    expect(calls.map(({ isClosed }) => isClosed)).to.deep.equal([true]);
    listeners.stop();
  });

  it('shows the stage alone until one is in the class', async () => {
    const given = createClass();
    const element = await arrive(given, 'anna');
    expect(all(element, '.rail')).to.have.lengthOf(0);
    expect(isShown(element, '.panel')).to.equal(false);
    expect(element.connection.state?.joined).to.equal(false);
    await element.join();
    await appears(element, '.rail');
    expect(element.connection.state?.joined).to.equal(true);
    await element.leave();
    await gone(element, '.rail');
  });

  it('opens the chat beside a wide stage, and nothing over a narrow one', async () => {
    const given = createClass();
    const wide = await enter(given, 'anna');
    await appears(wide, 'lms-chat');
    expect(wide.getAttribute('panel')).to.equal('chat');
    expect(all(wide, 'lms-people')).to.have.lengthOf(0);
    wide.remove();
    const narrow = await enter(createClass(), 'anna', { size: 'phone' });
    expect(narrow.getAttribute('panel')).to.equal('none');
    expect(isShown(narrow, '.panel')).to.equal(false);
  });

  it('goes from tab to tab by the arrow keys, and keeps what is half written', async () => {
    const given = createClass();
    const element = await enter(given, 'anna');
    await appears(element, 'lms-chat');
    const chat = part(element, 'lms-chat');
    await appears(chat, 'textarea');
    const field = $<HTMLTextAreaElement>(chat, 'textarea');
    field.value = 'Half a sent';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    tab(element, 'chat').focus();
    press(tab(element, 'chat'), 'ArrowDown');
    await appears(element, 'lms-qa-panel');
    expect(tab(element, 'questions').matches(':focus')).to.equal(true);
    expect(tab(element, 'questions').getAttribute('aria-selected')).to.equal('true');
    press(tab(element, 'questions'), 'End');
    await appears(element, 'lms-people');
    expect(element.panel).to.equal('people');
    press(tab(element, 'people'), 'ArrowDown');
    await rendered(element);
    expect(element.panel).to.equal('chat');
    expect($<HTMLTextAreaElement>(chat, 'textarea').value).to.equal('Half a sent');
    expect(all(element, '[role=tab][tabindex="0"]').map(({ id }) => id)).to.deep.equal(['tab-chat']);
  });

  it('keeps the choice for the next visit', async () => {
    const given = createClass();
    const element = await enter(given, 'anna');
    tab(element, 'people').click();
    await until(() => element.panel === 'people');
    element.remove();
    const again = await enter(given, 'anna');
    expect(again.panel).to.equal('people');
    tab(again, 'people').click();
    await until(() => again.panel === 'none');
    again.remove();
    expect((await enter(given, 'anna')).panel).to.equal('none');
  });

  it('takes its panel from the attribute, and any value without throwing', async () => {
    const given = createClass();
    const element = await enter(given, 'anna', { panel: 'questions' });
    await appears(element, 'lms-qa-panel');
    element.setAttribute('panel', '"><script>');
    await rendered(element);
    expect(isShown(element, '.panel')).to.equal(false);
    element.setAttribute('panel', 'people');
    await appears(element, 'lms-people');
  });

  it('counts what is new since it was looked at, by whoever else', async () => {
    const given = createClass();
    const { server } = given;
    const luis = server.as('luis');
    await luis.join();
    await luis.send('chat.post', { text: 'Before' });
    const element = await enter(given, 'anna', { panel: 'none' });
    expect(textOf(element, '#tab-chat')).to.equal('Chat');
    await luis.send('chat.post', { text: 'One' });
    await luis.send('chat.post', { text: 'Two' });
    await server.as('anna').send('chat.post', { text: 'From another tab' });
    await luis.send('question.ask', { text: 'Why?' });
    await reads(element, 'Chat2 2 new', '#tab-chat');
    await reads(element, 'Questions1 1 new', '#tab-questions');
    tab(element, 'chat').click();
    await until(() => textOf(element, '#tab-chat') === 'Chat');
    await luis.send('chat.post', { text: 'Three' });
    await until(() => part(element, 'lms-chat').shadowRoot?.textContent.includes('Three') === true);
    expect(textOf(element, '#tab-chat')).to.equal('Chat');
    tab(element, 'questions').click();
    await until(() => textOf(element, '#tab-questions') === 'Questions');
    await luis.send('chat.post', { text: 'Four' });
    await reads(element, '1 new', '#tab-chat');
  });

  it('counts what came while the connection was lost, and goes on after a reload', async () => {
    const given = createClass();
    const { server } = given;
    await server.as('luis').join();
    const element = await enter(given, 'anna', { panel: 'none' });
    server.stop();
    await until(() => element.matches(':state(reconnecting)'));
    await server.as('luis').send('chat.post', { text: 'While you were away' });
    server.start();
    await waitUntil(() => textOf(element, '#tab-chat').includes('1 new'), 'it is counted', { timeout: 8_000 });
    element.remove();
    await aTimeout(500);
    await server.as('luis').send('chat.post', { text: 'And after' });
    const again = await enter(given, 'anna', { panel: 'none' });
    await reads(again, '2 new', '#tab-chat');
  });

  it('tells the staff how many hands are up and how many wait at the door', async () => {
    const given = createClass({ room: { policy: { 'join.lobby': true } } });
    const { server } = given;
    const teacher = await enter(given, 'teacher', { panel: 'none' });
    await server.as('luis').knock();
    await reads(teacher, '1 person wants something', '#tab-people');
    await server.as('teacher').send('person.admit', { participant: server.as('luis').participant, admitted: true });
    await until(() => textOf(teacher, '#tab-people') === 'People');
    await server.as('luis').join();
    await server.as('luis').send('hand.raise', {});
    await server.as('anna').knock();
    await reads(teacher, 'People2 2 people want something', '#tab-people');
    const helper = await enter(given, 'helper', { panel: 'none' });
    await reads(helper, 'People2 2 people want something', '#tab-people');
  });

  it('has no tab for what is switched off, and goes on to the next', async () => {
    const given = createClass();
    const { server } = given;
    const element = await enter(given, 'anna');
    await appears(element, 'lms-chat');
    await server.as('teacher').send('room.change', { policy: { 'chat.enabled': false } });
    await gone(element, '#tab-chat');
    await appears(element, 'lms-qa-panel');
    await server.as('teacher').send('room.change', { policy: { 'questions.enabled': false } });
    await gone(element, '#tab-questions');
    await appears(element, 'lms-people');
    const teacher = await enter(given, 'teacher');
    expect(all(teacher, '[role=tab]').map(({ id }) => id)).to.deep.equal(['tab-questions', 'tab-people']);
    await server.as('teacher').send('room.change', { policy: { 'chat.enabled': true } });
    await appears(element, '#tab-chat');
    await until(() => isShown(element, 'lms-chat'));
  });

  it('keeps what was written to be read after the class', async () => {
    const given = createClass();
    const { server } = given;
    await server.as('luis').send('chat.post', { text: 'Good morning' });
    const element = await enter(given, 'anna');
    await appears(element, 'lms-chat');
    await server.as('teacher').send('room.end', {});
    await until(() => element.matches(':state(ended)'));
    await rendered(element);
    expect(isShown(element, 'lms-chat')).to.equal(true);
    expect(part(element, 'lms-chat').shadowRoot?.textContent).to.include('Good morning');
  });

  it('tells the page each thing once, whatever is open', async () => {
    const given = createClass();
    const { server } = given;
    const heard: string[] = [];
    const names: LmsEventName[] = [
      ...(['lms-joined', 'lms-person-joined', 'lms-person-left', 'lms-message-posted'] as const),
      ...(['lms-question-asked', 'lms-question-answered', 'lms-hand-raised', 'lms-room-ended'] as const),
      ...(['lms-connection-changed', 'lms-error'] as const),
    ];
    const stop = new AbortController();
    for (const name of names)
      document.addEventListener(
        name,
        (event) => {
          const { detail, target } = event as CustomEvent<unknown>;
          expect((target as Element).localName).to.equal('lms-classroom');
          const { state, code } = detail as { state?: string; code?: string };
          heard.push([name.slice(4), state ?? code].filter(Boolean).join(' '));
        },
        { signal: stop.signal },
      );
    try {
      const element = await enter(given, 'anna');
      const luis = server.as('luis');
      await luis.join();
      await luis.send('chat.post', { text: 'Before the panel is opened' });
      for (const name of ['questions', 'people', 'chat']) {
        tab(element, name).click();
        await appears(element, `#panel-${name}[aria-busy=false]`);
      }
      await luis.send('chat.post', { text: 'One' });
      const asked = await luis.send('question.ask', { text: 'Why?' });
      await server.as('teacher').send('question.answer', { id: String(asked['id']), text: 'Because.' });
      await luis.send('hand.raise', {});
      await luis.leave();
      await until(() => heard.includes('person-left'));
      server.stop();
      await until(() => heard.includes('connection-changed reconnecting'));
      server.start();
      await waitUntil(() => element.matches(':state(online)'), 'it comes back', { timeout: 8_000 });
      server.closeSockets({ code: 4501, reason: 'person_banned' });
      await until(() => element.matches(':state(failed)'));
      await rendered(element);
      const withoutErrors = heard.filter((one) => !one.startsWith('error'));
      expect(withoutErrors).to.deep.equal([
        'connection-changed connecting',
        'connection-changed online',
        'joined',
        'person-joined',
        'message-posted',
        'message-posted',
        'question-asked',
        'question-answered',
        'hand-raised',
        'person-left',
        'connection-changed reconnecting',
        'connection-changed online',
        'connection-changed failed',
      ]);
      const errors = heard.filter((one) => one.startsWith('error'));
      expect(errors).to.deep.equal([...new Set(errors)]);
      expect(errors.length).to.be.greaterThan(0);
    } finally {
      stop.abort();
    }
  });

  it('names an attribute that is missing once', async () => {
    const element = document.createElement('lms-classroom');
    element.locale = 'en';
    const problems: LmsErrorDetail[] = [];
    element.addEventListener('lms-error', ({ detail }) => problems.push(detail));
    const place = document.createElement('div');
    place.className = 'test-place';
    place.append(element);
    document.body.append(place);
    await rendered(element);
    await until(() => part(element, 'lms-meeting-room').shadowRoot?.textContent.includes('“server” is missing'));
    await aTimeout(50);
    expect(problems.map(({ detail }) => detail?.['attribute'])).to.deep.equal(['server']);
    await expect(element).to.be.accessible();
  });

  it('keeps its connection and its call when it is moved', async () => {
    const given = createClass();
    const calls: FakeCall[] = [];
    const element = await enter(given, 'anna', {
      makeCall: (room) => {
        const call = new FakeCall(room);
        calls.push(call);
        return call;
      },
    });
    await appears(element, 'lms-chat');
    const states: string[] = [];
    element.addEventListener('lms-connection-changed', ({ detail }) => states.push(detail.state));
    const elsewhere = document.createElement('section');
    elsewhere.className = 'test-place';
    document.body.append(elsewhere);
    elsewhere.append(element);
    await rendered(element);
    await aTimeout(600);
    expect(given.held.opened).to.equal(1);
    expect(states).to.deep.equal([]);
    expect(calls.map(({ isClosed }) => isClosed)).to.deep.equal([false]);
    expect(element.connection.state?.joined).to.equal(true);
    expect(isShown(element, 'lms-chat')).to.equal(true);
  });

  it('takes connection, language and theme from the lms-room around it, and hands them on', async () => {
    const given = createClass();
    const { server } = given;
    const room = document.createElement('lms-room');
    const element = document.createElement('lms-classroom');
    element.makeCall = (client) => new FakeCall(client);
    element.panel = 'people';
    room.append(element);
    const place = document.createElement('div');
    place.className = 'test-place';
    place.append(room);
    Object.assign(room, {
      server: server.url,
      token: server.tokenFor('anna'),
      environment: given.environment('anna'),
      locale: 'de',
      theme: 'dark',
    });
    document.body.append(place);
    await until(() => element.connection.state?.connection.synced === true);
    expect(element.connection.state?.joined).to.equal(false);
    await element.join();
    const people = await appears<LmsElement>(element, 'lms-people');
    await until(() => people.shadowRoot?.querySelector('h2')?.textContent === 'Personen');
    expect(people.shadowRoot?.querySelector('.root')?.getAttribute('data-theme')).to.equal('dark');
    room.locale = 'ar';
    await until(() => people.shadowRoot?.querySelector('.root')?.getAttribute('dir') === 'rtl');
    expect($(element, '.root').dir).to.equal('rtl');
    expect(people.client).to.equal(room.client);
    expect(given.held.opened).to.equal(1);
  });

  it('resizes the panel by keys, within limits, and keeps the width', async () => {
    const given = createClass();
    const element = await enter(given, 'anna');
    await appears(element, 'lms-chat');
    await rendered(element);
    const width = (): number => Math.round($(element, '.panel').getBoundingClientRect().width);
    const handle = $(element, '[role=separator]');
    expect(width()).to.equal(360);
    press(handle, 'ArrowLeft');
    await rendered(element);
    expect(width()).to.equal(384);
    press(handle, 'Home');
    await rendered(element);
    expect(width()).to.equal(280);
    press(handle, 'End');
    await rendered(element);
    expect(width()).to.be.within(630, 640);
    expect(handle.getAttribute('aria-valuenow')).to.equal('50');
    element.remove();
    const again = await enter(given, 'anna');
    await appears(again, 'lms-chat');
    await rendered(again);
    expect(Math.round($(again, '.panel').getBoundingClientRect().width)).to.be.within(630, 640);
  });

  it('stands as a sheet below the stage on a phone, which stays in sight', async () => {
    const element = await enter(createClass(), 'anna', { size: 'phone' });
    tab(element, 'chat').click();
    await appears(element, 'lms-chat');
    await rendered(element);
    const stage = $(element, '.stage').getBoundingClientRect();
    const panel = $(element, '.panel').getBoundingClientRect();
    expect(stage.height).to.be.greaterThan(150);
    expect(panel.top).to.be.at.least(stage.bottom - 1);
    expect(panel.width).to.equal(stage.width);
    const before = panel.height;
    press($(element, '[role=separator]'), 'ArrowDown');
    await rendered(element);
    expect($(element, '.panel').getBoundingClientRect().height).to.be.lessThan(before);
    press($(element, '.panel'), 'Escape');
    await rendered(element);
    expect(isShown(element, '.panel')).to.equal(false);
    expect(tab(element, 'chat').matches(':focus')).to.equal(true);
  });

  it('stands beside the stage on a phone that lies on its side, and over it on a tablet', async () => {
    const lying = await enter(createClass(), 'anna', { size: 'lying', panel: 'chat' });
    await rendered(lying);
    const stage = $(lying, '.stage').getBoundingClientRect();
    expect(stage.width).to.be.greaterThan(350);
    expect($(lying, '.panel').getBoundingClientRect().left).to.be.at.least(stage.right - 1);
    lying.remove();
    const tablet = await enter(createClass(), 'anna', { size: 'tablet', panel: 'chat' });
    await rendered(tablet);
    expect($(tablet, '.panel').getBoundingClientRect().left).to.be.lessThan(
      $(tablet, '.stage').getBoundingClientRect().right,
    );
  });

  it('has a tab for what the page puts in', async () => {
    const element = await arrive(createClass(), 'anna', { extraLabel: 'Worksheet' });
    const sheet = document.createElement('p');
    sheet.slot = 'extra';
    sheet.textContent = 'Solve for x.';
    element.append(sheet);
    await element.join();
    await appears(element, '#tab-extra');
    tab(element, 'extra').click();
    await until(() => sheet.getClientRects().length > 0);
    expect(textOf(element, '#tab-extra')).to.equal('Worksheet');
  });

  it('shows the latest of a chat that went on while another tab was open', async () => {
    const given = createClass();
    const { server } = given;
    const luis = server.as('luis');
    for (let index = 0; index < 30; index += 1) await luis.send('chat.post', { text: `Message ${index}` });
    const element = await enter(given, 'anna');
    const chat = await appears<LmsElement>(element, 'lms-chat');
    await reads(chat, 'Message 29');
    const scroller = $(chat, '.scroller');
    const below = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    await until(() => below() < 2);
    tab(element, 'people').click();
    await appears(element, 'lms-people');
    await until(() => !isShown(element, 'lms-chat'));
    for (let index = 30; index < 40; index += 1) await luis.send('chat.post', { text: `Message ${index}` });
    await reads(element, '10 new', '#tab-chat');
    tab(element, 'chat').click();
    await reads(chat, 'Message 39');
    await until(() => below() < 2, 'it stands at the end');
  });

  it('shows the words of the school to somebody who has no place in the class', async () => {
    const words = document.createElement('p');
    words.slot = 'not-enrolled';
    words.textContent = 'Ask the office.';
    const element = await arrive(createClass(), 'anna', { room: 'another' });
    const stage = part(element, 'lms-meeting-room');
    await until(() => stage.shadowRoot?.textContent.includes('room_not_covered') === true);
    element.append(words);
    await until(() => words.getClientRects().length > 0);
    const slot = $<HTMLSlotElement>(stage, 'slot[name=not-enrolled]');
    expect(slot.assignedElements({ flatten: true })).to.deep.equal([words]);
  });

  it('opens the panel that was open last, and hides it', async () => {
    const element = await enter(createClass(), 'anna', { panel: 'people' });
    const toggle = $(element, '.toggle');
    expect(toggle.getAttribute('aria-expanded')).to.equal('true');
    toggle.click();
    await until(() => !isShown(element, '.panel'));
    expect(toggle.getAttribute('aria-label')).to.equal('Show the panel');
    toggle.click();
    await until(() => isShown(element, 'lms-people'));
  });

  it('lets the page style the parts of its parts', async () => {
    const element = await enter(createClass(), 'anna');
    const chat = await appears<LmsElement>(element, 'lms-chat');
    const input = await appears(chat, '[part~=input]');
    const style = document.createElement('style');
    style.textContent = 'lms-classroom::part(chat__input) { letter-spacing: 3px }';
    element.parentElement?.append(style);
    expect(getComputedStyle(input).letterSpacing).to.equal('3px');
  });

  for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[])
    it(`gives the stage all the room on a ${size} while the panel is hidden`, async () => {
      const element = await enter(createClass(), 'anna', { size, panel: 'none' });
      await rendered(element);
      const main = $(element, '.main').getBoundingClientRect();
      const stage = $(element, '.stage').getBoundingClientRect();
      const rail = $(element, '.rail').getBoundingClientRect();
      expect([rail.right, rail.bottom]).to.deep.equal([main.right, main.bottom]);
      if (size === 'phone') expect(stage.height + rail.height).to.be.closeTo(main.height, 1);
      else expect(stage.width + rail.width).to.be.closeTo(main.width, 1);
    });

  it('says once that the connection is lost', async () => {
    const given = createClass();
    const element = await enter(given, 'anna');
    const chat = await appears<LmsElement>(element, 'lms-chat');
    given.server.stop();
    const bar = await appears(part(element, 'lms-meeting-room'), '.bar');
    expect(bar.getClientRects()).to.have.lengthOf(1);
    expect((await appears(chat, '.bar')).getClientRects()).to.have.lengthOf(0);
  });

  /** Draws the handle of the panel by so much. */
  async function drag(element: LmsElement, { x = 0, y = 0 }: { x?: number; y?: number }): Promise<void> {
    const handle = $(element, '[role=separator]');
    // A made-up pointer cannot be captured.
    handle.setPointerCapture = () => undefined;
    const at = { pointerId: 1, button: 0, bubbles: true, composed: true };
    handle.dispatchEvent(new PointerEvent('pointerdown', { ...at, clientX: 500, clientY: 400 }));
    handle.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: 500 + x, clientY: 400 + y }));
    handle.dispatchEvent(new PointerEvent('lostpointercapture', at));
    await rendered(element);
  }

  for (const locale of ['en', 'ar'])
    it(`resizes the panel by pointer in ${locale}`, async () => {
      const element = await enter(createClass(), 'anna', { locale, panel: 'chat' });
      await rendered(element);
      await drag(element, { x: locale === 'ar' ? 100 : -100 });
      expect(Math.round($(element, '.panel').getBoundingClientRect().width)).to.equal(460);
      await drag(element, {});
      expect(Math.round($(element, '.panel').getBoundingClientRect().width)).to.equal(460);
    });

  it('draws the sheet up, and down until it closes', async () => {
    const element = await enter(createClass(), 'anna', { size: 'phone', panel: 'chat' });
    await rendered(element);
    const height = (): number => Math.round($(element, '.panel').getBoundingClientRect().height);
    const before = height();
    await drag(element, { y: -100 });
    expect(height()).to.be.within(before + 99, before + 101);
    await drag(element, { y: 500 });
    expect(isShown(element, '.panel')).to.equal(false);
    expect(element.panel).to.equal('none');
    tab(element, 'chat').click();
    await rendered(element);
    expect(height()).to.be.within(before + 99, before + 101);
  });

  for (const locale of ['en', 'de', 'ar'])
    it(`fits into 280 px in ${locale}`, async () => {
      const element = await enter(createClass(), 'teacher', { size: 'phone', panel: 'people', locale });
      element.style.setProperty('width', '280px');
      await appears(element, 'lms-people');
      await rendered(element);
      const root = $(element, '.root');
      expect(root.scrollWidth).to.be.at.most(root.clientWidth);
      for (const name of all(element, '.tab .name')) expect(name.scrollWidth).to.be.at.most(name.clientWidth);
    });
});
