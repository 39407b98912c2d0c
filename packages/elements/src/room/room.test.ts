import { expect, waitUntil } from '@open-wc/testing';
import type { LmsChat } from '../chat/chat.js';
import { registerStrings } from '../internal/localize.js';
import { createClass, reads, rendered, textOf } from '../internal/testing/class.js';
import type { LmsPeople } from '../people/people.js';
import type { LmsRoom } from './room.js';

async function roomWith(
  given: ReturnType<typeof createClass>,
  ...tags: ('lms-chat' | 'lms-people' | 'lms-qa-panel')[]
): Promise<LmsRoom> {
  const room = document.createElement('lms-room');
  for (const tag of tags) room.append(document.createElement(tag));
  const { server } = given;
  Object.assign(room, { server: server.url, token: server.tokenFor('anna'), environment: given.environment('anna') });
  room.locale = 'en';
  const place = document.createElement('div');
  place.className = 'test-place';
  place.append(room);
  document.body.append(place);
  await waitUntil(() => room.client?.getState().connection.synced === true, 'it is in', { timeout: 4_000 });
  await rendered(room);
  return room;
}

describe('<lms-room>', () => {
  it('asks once for the password of the class, elsewhere where one likes, and lets all of its elements in', async () => {
    const given = createClass({ room: { password: 'sesame' } });
    const place = await given.mount<LmsRoom>('lms-room', 'anna');
    const chat = document.createElement('lms-chat');
    const questions = document.createElement('lms-qa-panel');
    const people = document.createElement('lms-people');
    place.append(chat, questions, people);
    const fields = (): string[] =>
      [chat, questions, people].map(({ renderRoot }) =>
        renderRoot.querySelector('#password')
          ? 'field'
          : renderRoot.querySelector('[data-password]')
            ? 'offer'
            : 'nothing',
      );
    await waitUntil(() => fields().join() === 'field,offer,offer', 'one form', { timeout: 4_000 });
    await expect(place).to.be.accessible();
    people.renderRoot.querySelector<HTMLElement>('[data-password]')?.click();
    await waitUntil(() => fields().join() === 'offer,offer,field', 'the form has moved');
    await waitUntil(() => people.shadowRoot?.activeElement?.id === 'password', 'it has the focus');
    people.style.display = 'none';
    questions.requestUpdate();
    await waitUntil(() => fields()[1] === 'field', 'a form that cannot be seen keeps nobody out');
    const field = questions.renderRoot.querySelector<HTMLInputElement>('#password');
    if (field) field.value = 'sesame';
    field?.form?.requestSubmit();
    await waitUntil(
      () => [chat, questions, people].every((element) => element.matches(':state(online)')),
      'all are in',
    );
  });

  it('is accessible with everything in it', async () => {
    const room = await roomWith(createClass(), 'lms-chat', 'lms-people', 'lms-qa-panel');
    await expect(room).to.be.accessible();
  });

  it('leaves nothing behind when it goes', async () => {
    const given = createClass();
    const room = await roomWith(given, 'lms-chat', 'lms-people', 'lms-qa-panel');
    expect(given.server.openSockets).to.equal(1);
    room.remove();
    await waitUntil(() => given.server.openSockets === 0, 'the socket closes', { timeout: 1_000 });
    await waitUntil(() => given.held.timers === 0, 'no timer runs', { timeout: 1_000 });
  });

  it('has no looks of its own and gives out the client', async () => {
    const room = await roomWith(createClass(), 'lms-chat');
    expect(getComputedStyle(room).display).to.equal('contents');
    expect(room.client?.getState().me?.role).to.equal('student');
    expect(room.matches(':state(online)')).to.equal(true);
  });

  it('connects elements that come later, and lets them be moved', async () => {
    const given = createClass();
    const room = await roomWith(given);
    const people: LmsPeople = document.createElement('lms-people');
    room.append(people);
    await reads(people, 'Anna Kovács');
    const section = document.createElement('section');
    room.append(section);
    section.append(people);
    await rendered(people);
    expect(people.client).to.equal(room.client);
    expect(given.held.opened).to.equal(1);
  });

  it('is outdone by the attributes of an element in it', async () => {
    const given = createClass();
    const room = await roomWith(given);
    const chat: LmsChat = document.createElement('lms-chat');
    const { server } = given;
    Object.assign(chat, { server: server.url, token: server.tokenFor('luis'), environment: given.environment('luis') });
    room.append(chat);
    await waitUntil(() => Boolean(chat.client?.getState().me), 'it is in', { timeout: 4_000 });
    expect(chat.client?.getState().me?.participant).to.equal(server.as('luis').participant);
    expect(given.server.openSockets).to.equal(2);
  });

  it('wins over a room further up', async () => {
    const outer = createClass();
    const inner = createClass();
    const outside = await roomWith(outer);
    const inside = await roomWith(inner, 'lms-chat');
    outside.append(inside);
    const chat = inside.querySelector('lms-chat');
    await waitUntil(() => inside.client !== null && chat?.client === inside.client, 'the inner room answers');
  });

  it('passes on a change of theme and language', async () => {
    const room = await roomWith(createClass(), 'lms-chat');
    const chat = room.querySelector('lms-chat') as LmsChat;
    room.theme = 'dark';
    room.locale = 'fr';
    await reads(chat, 'Écrire un message', '.root').catch(() => undefined);
    await waitUntil(() => chat.renderRoot.querySelector('.root')?.getAttribute('data-theme') === 'dark');
    await waitUntil(() => chat.renderRoot.querySelector('textarea')?.placeholder === 'Écrire un message');
  });

  it('takes a fresh token without a new connection', async () => {
    const given = createClass();
    const room = await roomWith(given, 'lms-chat');
    room.token = given.server.tokenFor('anna', { expiresInMs: 7_200_000 });
    await rendered(room);
    await given.server.settled();
    expect(given.held.opened).to.equal(1);
    expect(room.matches(':state(online)')).to.equal(true);
  });

  it('changes to another person by another token', async () => {
    const given = createClass();
    const room = await roomWith(given, 'lms-people');
    room.token = given.server.tokenFor('luis');
    const people = room.querySelector('lms-people') as LmsPeople;
    await reads(people, 'Luis Fernández (You)');
    await waitUntil(() => given.server.openSockets === 1, 'the first connection goes', { timeout: 1_000 });
  });

  it('speaks in own words where a page registers some', async () => {
    const room = await roomWith(createClass(), 'lms-chat');
    const chat = room.querySelector('lms-chat') as LmsChat;
    registerStrings({ $code: 'en', $name: 'English', $dir: 'ltr', chat: 'Discussion' });
    await rendered(chat);
    expect(textOf(chat, 'h2')).to.equal('Discussion');
    registerStrings({ $code: 'en', $name: 'English', $dir: 'ltr', chat: 'Chat' });
  });
});
