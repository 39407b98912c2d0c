import type { LmsErrorDetail } from '@lms-live/client';
import { aTimeout, expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { LmsRoom } from '../../room/room.js';
import type { LoopbackOptions } from '@lms-live/client/loopback';
import type { LmsElement } from '../lms-element.js';
import {
  $,
  create as createBare,
  createClass as createBareClass,
  reads,
  rendered,
  settled,
  textOf,
  type Person,
  type TestClass,
} from './class.js';

/** A lobby, a lock or a full class let nobody go unheard: a little longer than the client takes. */
const RELEASED_MS = 1_000;

interface Contract {
  readonly tag: string;
  /** What the heading says. */
  readonly heading: string;
  /** Puts something into the class, so that there is content to judge. */
  readonly fill: (given: TestClass) => Promise<void>;
  /** Something of the content. */
  readonly content: string;
  /** Given to every element, beside the connection. */
  readonly properties?: () => object;
  /** Becomes present in the class, where the element does not by itself. */
  readonly enter?: (element: LmsElement) => Promise<void>;
  /** What was read can be read after the class. Default true. */
  readonly keepsContent?: boolean;
}

/** What holds for every element with looks. The first test is the accessibility audit, the second that nothing is left behind. */
export function describePanel(contract: Contract): void {
  const { tag, heading, fill, content, properties = () => ({}), enter, keepsContent = true } = contract;
  const create = (name: string): LmsElement => Object.assign(createBare(name), properties());
  const createClass = (options?: LoopbackOptions): TestClass => {
    const given = createBareClass(options);
    return {
      ...given,
      mount: (name, person, more = {}) => given.mount(name, person, { ...properties(), ...more }),
    };
  };
  describe(`<${tag}> as every element`, () => {
    for (const theme of ['light', 'dark'] as const)
      for (const person of ['teacher', 'anna'] as const satisfies readonly Person[])
        it(`is accessible to ${person} in ${theme}`, async () => {
          const given = createClass();
          await fill(given);
          const element = await given.mount(tag, person, { theme });
          await reads(element, content);
          await expect(element).to.be.accessible();
        });

    it('leaves nothing behind when it goes', async () => {
      const given = createClass();
      await fill(given);
      const listeners = countListeners();
      const element = await given.mount(tag, 'teacher');
      await reads(element, content);
      expect(given.server.openSockets).to.equal(1);
      element.remove();
      await waitUntil(() => given.server.openSockets === 0, 'the socket closes', { timeout: RELEASED_MS });
      await waitUntil(() => given.held.timers === 0, 'no timer runs', { timeout: RELEASED_MS });
      expect(listeners.stop()).to.deep.equal([]);
    });

    it('is accessible while waiting, refused, over, and not set up', async () => {
      const waiting = await createClass({ room: { state: 'scheduled' } }).mount(tag, 'anna');
      await expect(waiting).to.be.accessible();
      const refused = await createClass().mount(tag, 'anna', { room: 'another' });
      await expect(refused).to.be.accessible();
      const over = await createClass({ room: { state: 'ended' } }).mount(tag, 'teacher');
      await expect(over).to.be.accessible();
      const bare = create(tag);
      document.body.append(bare);
      await rendered(bare);
      await expect(bare).to.be.accessible();
      bare.remove();
    });

    it('keeps its connection when it is moved', async () => {
      const given = createClass();
      const element = await given.mount(tag, 'anna');
      const states: string[] = [];
      element.addEventListener('lms-connection-changed', ({ detail }) => states.push(detail.state));
      const elsewhere = document.createElement('section');
      elsewhere.className = 'test-place';
      document.body.append(elsewhere);
      elsewhere.append(element);
      await settled(element);
      await aTimeout(600);
      expect(given.held.opened).to.equal(1);
      expect(given.server.openSockets).to.equal(1);
      expect(states).to.deep.equal([]);
    });

    it('shares one socket with another of the same person, and tells of the connection once itself', async () => {
      const given = createClass();
      const one = await given.mount(tag, 'anna');
      const states: string[] = [];
      const other = create(tag);
      other.addEventListener('lms-connection-changed', ({ detail }) => states.push(detail.state));
      const { server, token, environment } = one;
      Object.assign(other, { server, token, environment });
      one.parentElement?.append(other);
      await settled(other);
      expect(given.held.opened).to.equal(1);
      expect(states).to.deep.equal(['online']);
      one.remove();
      await aTimeout(500);
      expect(given.server.openSockets).to.equal(1);
    });

    it('takes connection, language and theme from the lms-room around it', async () => {
      const given = createClass();
      await fill(given);
      const room = document.createElement('lms-room');
      const element = create(tag);
      room.append(document.createElement('div'));
      room.firstElementChild?.append(element);
      document.body.append(room);
      await rendered(element);
      expect(element.connection.problem?.detail?.['attribute']).to.equal('server');
      Object.assign(room, {
        server: given.server.url,
        token: given.server.tokenFor('anna'),
        environment: given.environment('anna'),
        locale: 'de',
        theme: 'dark',
      });
      await waitUntil(() => element.connection.state?.connection.synced === true);
      await waitUntil(() => element.renderRoot.querySelector('.root')?.getAttribute('lang') === 'de');
      await waitUntil(() => element.renderRoot.querySelector('.root')?.getAttribute('data-theme') === 'dark');
      expect(element.client).to.equal(room.client);
      expect(given.held.opened).to.equal(1);
      room.remove();
      await waitUntil(() => given.server.openSockets === 0, 'the socket closes', { timeout: RELEASED_MS });
    });

    it('names the attribute that is missing or malformed, and tells it once', async () => {
      const element = create(tag);
      element.locale = 'en';
      const problems: string[] = [];
      element.addEventListener('lms-error', ({ detail }) => problems.push(`${detail.code} ${detail.help}`));
      document.body.append(element);
      await rendered(element);
      expect(textOf(element)).to.include('the attribute “server” is missing');
      element.server = 'ftp://live.school.example';
      await rendered(element);
      expect(textOf(element)).to.include('the attribute “server” is not valid');
      element.server = 'https://live.school.example';
      await rendered(element);
      expect(textOf(element)).to.include('the attribute “token” is missing');
      expect(problems).to.have.lengthOf(3);
      expect(problems[0]).to.match(/^attribute_invalid .*server/u);
      element.remove();
    });

    it('names a kind of class that does not exist, instead of connecting', async () => {
      const given = createClass();
      const element = create(tag);
      const environment = given.environment('anna');
      Object.assign(element, { server: given.server.url, token: given.server.tokenFor('anna'), environment });
      element.locale = 'en';
      element.setAttribute('kind', 'seminar');
      const problems: LmsErrorDetail[] = [];
      element.addEventListener('lms-error', ({ detail }) => problems.push(detail));
      document.body.append(element);
      await rendered(element);
      expect(textOf(element)).to.include('the attribute “kind” is not valid');
      expect(problems.map(({ code, detail }) => [code, detail?.['attribute']])).to.deep.equal([
        ['attribute_invalid', 'kind'],
      ]);
      expect(given.held.opened).to.equal(0);
      element.setAttribute('kind', 'livestream');
      await settled(element);
      expect(element.matches(':state(online)')).to.equal(true);
      element.remove();
    });

    it('shows why one waits, and opens by itself', async () => {
      const given = createClass({ room: { state: 'scheduled' } });
      const element = await given.mount(tag, 'anna');
      expect(textOf(element)).to.include(heading);
      expect(textOf(element)).to.include('The class has not started');
      expect(element.matches(':state(waiting)')).to.equal(true);
      await given.server.as('teacher').send('room.start', {});
      await waitUntil(() => element.matches(':state(online)'), 'it comes in', { timeout: 4_000 });
      expect(textOf(element)).not.to.include('has not started');
    });

    for (const [why, sentence] of [
      ['lobby', 'The teacher will let you in'],
      ['locked', 'The teacher has locked the class'],
    ] as const)
      it(`explains ${why}`, async () => {
        const given = createClass(why === 'lobby' ? { room: { policy: { 'join.lobby': true } } } : {});
        if (why === 'locked') await given.server.as('teacher').send('room.change', { locked: true });
        const element = await given.mount(tag, 'anna');
        expect(textOf(element)).to.include(sentence);
      });

    it('keeps its content while the connection is mended', async () => {
      const given = createClass();
      await fill(given);
      const element = await given.mount(tag, 'anna');
      await reads(element, content);
      given.server.stop();
      await reads(element, 'Reconnecting');
      expect(textOf(element)).to.include(content);
      given.server.start();
      await waitUntil(() => element.matches(':state(online)'), 'it comes back', { timeout: 8_000 });
      await rendered(element);
      expect(textOf(element)).not.to.include('Reconnecting');
    });

    it('says that the class is over and keeps what was said', async () => {
      const given = createClass();
      await fill(given);
      const element = await given.mount(tag, 'anna');
      await reads(element, content);
      await given.server.as('teacher').send('room.end', {});
      await reads(element, 'The class is over');
      await waitUntil(() => element.matches(':state(ended)'));
      if (keepsContent) expect(textOf(element)).to.include(content);
      expect(element.renderRoot.querySelector('textarea')).to.equal(null);
    });

    it('says who has no place here, with room for words of the school', async () => {
      const given = createClass();
      const element = await given.mount(tag, 'anna', { room: 'another' });
      expect(textOf(element)).to.include('You are not on the list');
      expect(textOf(element)).to.include('room_not_covered');
      const slot = $<HTMLSlotElement>(element, 'slot[name=not-enrolled]');
      expect(slot.hidden).to.equal(false);
      const words = document.createElement('p');
      words.slot = 'not-enrolled';
      element.append(words);
      expect(slot.assignedElements()).to.deep.equal([words]);
    });

    it('speaks Arabic from right to left, and follows a change of locale', async () => {
      const given = createClass();
      const element = await given.mount(tag, 'anna', { locale: 'ar' });
      await waitUntil(() => element.renderRoot.querySelector('.root')?.getAttribute('dir') === 'rtl');
      expect(textOf(element, 'h2')).not.to.equal(heading);
      element.locale = 'en-GB';
      await reads(element, heading, 'h2');
      expect($(element, '.root').dir).to.equal('ltr');
    });

    for (const locale of ['en', 'de', 'ar'])
      it(`fits into 280 px in ${locale}`, async () => {
        const given = createClass();
        await fill(given);
        const element = await given.mount(tag, 'teacher', { locale });
        element.style.setProperty('width', '280px');
        await rendered(element);
        const root = $(element, '.root');
        expect(root.scrollWidth).to.be.at.most(root.clientWidth);
        for (const scroller of element.renderRoot.querySelectorAll('.scroller'))
          expect(scroller.scrollWidth).to.be.at.most(scroller.clientWidth);
      });

    it('takes any value of any attribute without throwing', async () => {
      const element = create(tag);
      for (const name of ['server', 'token', 'token-url', 'tenant', 'room', 'kind', 'locale', 'theme'])
        element.setAttribute(name, '"><script>\u0000 %%% ../..');
      document.body.append(element);
      await rendered(element);
      expect(textOf(element)).to.include('attribute');
      element.remove();
    });

    it('tells joined, left and the end of the class where it stands alone, and leaves them to an lms-room', async () => {
      const given = createClass();
      const element = create(tag);
      const room: LmsRoom = document.createElement('lms-room');
      room.append(element);
      const { server } = given;
      Object.assign(room, {
        server: server.url,
        token: server.tokenFor('anna'),
        environment: given.environment('anna'),
      });
      const told: (EventTarget | null)[] = [];
      room.addEventListener('lms-joined', ({ target }) => told.push(target));
      setTimeout(() => document.body.append(room));
      const joined = oneEvent(room, 'lms-joined');
      await waitUntil(() => element.connection.state?.connection.synced === true);
      await enter?.(element);
      await joined;
      await settled(element);
      expect(told).to.deep.equal([room]);
      room.remove();
    });
  });
}

/** Listeners on what outlives an element. */
export function countListeners(): { readonly open: readonly string[]; stop: () => string[] } {
  const targets = [window, document, document.documentElement, document.body];
  const open: string[] = [];
  const restores = targets.map((target) => {
    const { addEventListener, removeEventListener } = target;
    target.addEventListener = function (
      this: EventTarget,
      ...[type, listener, options]: Parameters<EventTarget['addEventListener']>
    ) {
      open.push(type);
      const { signal } = typeof options === 'object' ? options : {};
      signal?.addEventListener('abort', () => open.splice(open.indexOf(type), 1));
      addEventListener.call(target, type, listener as EventListener, options);
    } as typeof addEventListener;
    target.removeEventListener = function (
      this: EventTarget,
      ...[type, listener, options]: Parameters<EventTarget['removeEventListener']>
    ) {
      const at = open.indexOf(type);
      if (at >= 0) open.splice(at, 1);
      removeEventListener.call(target, type, listener as EventListener, options);
    } as typeof removeEventListener;
    return () => Object.assign(target, { addEventListener, removeEventListener });
  });
  return {
    open,
    stop: () => {
      for (const restore of restores) restore();
      return open;
    },
  };
}
