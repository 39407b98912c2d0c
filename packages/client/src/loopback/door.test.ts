import { LIMITS } from '@lms-live/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { missingPeople } from '../index.js';
import { FakeClock } from '../testing/fake-clock.js';
import { LoopbackPage } from '../testing/loopback-page.js';
import type { RoomClient } from '../types.js';

const PEOPLE = {
  anna: { sub: 'anna', name: 'Anna', role: 'student' },
  ben: { sub: 'ben', name: 'Ben', role: 'student' },
  cleo: { sub: 'cleo', name: 'Cleo', role: 'student' },
} as const;

let page: LoopbackPage;
afterEach(async () => {
  await page.end();
});

const at = (client: RoomClient): string => {
  const { state, why } = client.getState().connection;
  return why === null ? state : `${state}: ${why}`;
};

describe('a class with a password', () => {
  const make = (): LoopbackPage => new LoopbackPage({ people: PEOPLE, room: { password: 'sesame' } });

  test('asks for it, says that it was wrong, and lets in with the right one; staff need none', async () => {
    page = make();
    const [teacher, anna] = [page.connect('instructor'), page.connect('anna')];
    await page.pass();
    expect([at(teacher), at(anna)]).toEqual(['online', 'waiting: password']);
    anna.knock({ password: 'open' });
    await page.pass();
    expect(at(anna)).toBe('waiting: password');
    expect(anna.getState().door).toMatchObject({ isWrong: true, retryAt: null });
    anna.knock({ password: 'sesame' });
    await page.pass();
    expect(at(anna)).toBe('online');
    expect(anna.getState().door.isWrong).toBe(false);
  });

  test('takes it from the options, and says it again on the next connection', async () => {
    page = make();
    const said: unknown[] = [];
    const environment = page.environment('anna');
    const openSocket: NonNullable<typeof environment.openSocket> = (url, protocol) => {
      const socket = (environment.openSocket as typeof openSocket)(url, protocol);
      const send = socket.send.bind(socket);
      socket.send = (text) => {
        const frame = JSON.parse(text) as Record<string, unknown>;
        if (frame['frame'] === 'hello') said.push(frame['password']);
        send(text);
      };
      return socket;
    };
    const anna = page.connect('anna', { password: 'sesame', environment: { ...environment, openSocket } });
    await page.pass();
    expect(at(anna)).toBe('online');
    page.server.closeSockets({ code: 1006, person: 'anna' });
    await page.pass(1_000);
    expect(at(anna)).toBe('online');
    expect(said).toEqual(['sesame', 'sesame']);
  });

  test('does not say a wrong one again by itself, and keeps none of them in the outbox', async () => {
    page = make();
    const added: unknown[] = [];
    const outbox = { add: (item: unknown) => Promise.resolve(void added.push(item)), remove: () => Promise.resolve() };
    const createOutbox = () => ({ ...outbox, list: () => Promise.resolve([]), close: () => Promise.resolve() });
    const anna = page.connect('anna', { password: 'open', environment: { ...page.environment('anna'), createOutbox } });
    await page.pass();
    expect(anna.getState().door.isWrong).toBe(true);
    page.server.closeSockets({ code: 1006, person: 'anna' });
    await page.pass(1_000);
    expect(at(anna)).toBe('waiting: password');
    expect(anna.getState().door.isWrong).toBe(false);
    anna.knock({ password: 'sesame' });
    await page.pass();
    expect(at(anna)).toBe('online');
    expect(JSON.stringify(added)).not.toMatch(/open|sesame/u);
  });

  test('says when another one is looked at after too many', async () => {
    page = make();
    const anna = page.connect('anna');
    await page.pass();
    for (let tried = 0; tried <= LIMITS.passwordBurst; tried += 1) {
      anna.knock({ password: `guess ${tried}` });
      await page.pass(1);
    }
    const { isWrong, retryAt } = anna.getState().door;
    expect(isWrong).toBe(false);
    const waitMs = (retryAt ?? 0) - page.clock.wallMs();
    expect(waitMs).toBeGreaterThan(5_000);
    expect(waitMs).toBeLessThanOrEqual(60_000 / LIMITS.passwordsPerMinute);
    await page.pass(waitMs);
    anna.knock({ password: 'sesame' });
    await page.pass();
    expect(at(anna)).toBe('online');
  });

  test('takes one that was given while the connection was being made', async () => {
    page = make();
    const anna = page.connect('anna');
    anna.knock({ password: 'sesame' });
    await page.pass();
    expect(at(anna)).toBe('online');
  });
});

describe('a class with a waiting room', () => {
  const make = (): LoopbackPage => new LoopbackPage({ people: PEOPLE, room: { policy: { 'join.lobby': true } } });

  test('shows staff the notes, also after the connection of who waits was lost', async () => {
    page = make();
    const [teacher, anna] = [page.connect('instructor'), page.connect('anna')];
    await page.pass();
    anna.knock({ note: '  My bus was late ' });
    await page.pass();
    const shown = (): unknown[] => teacher.getState().lobby.people.map(({ name, note, why }) => [name, note, why]);
    expect(anna.getState().door.note).toBe('My bus was late');
    expect(shown()).toEqual([['Anna', 'My bus was late', 'lobby']]);
    page.server.closeSockets({ code: 1006, person: 'anna' });
    await page.pass(1_000);
    expect(shown()).toEqual([['Anna', 'My bus was late', 'lobby']]);
    anna.knock({ note: '' });
    await page.pass();
    expect(shown()).toEqual([['Anna', undefined, 'lobby']]);
  });

  test('shows who waits what the staff write, to all or to one, and to those who come later', async () => {
    page = make();
    const [teacher, anna, ben] = [page.connect('instructor'), page.connect('anna'), page.connect('ben')];
    await page.pass();
    teacher.messageLobby('Two more minutes');
    await page.pass();
    const read = (client: RoomClient): unknown => {
      const { message } = client.getState().door;
      return message && [message.name, message.text];
    };
    expect([anna, ben].map(read)).toEqual(Array(2).fill(['Ms Okafor', 'Two more minutes']));
    teacher.messageLobby('Ben, which group are you in?', page.server.as('ben').participant);
    const cleo = page.connect('cleo');
    await page.pass();
    expect([anna, ben, cleo].map(read)).toEqual([
      ['Ms Okafor', 'Two more minutes'],
      ['Ms Okafor', 'Ben, which group are you in?'],
      ['Ms Okafor', 'Two more minutes'],
    ]);
  });

  test('lets in everyone who waits, and tells how many that were', async () => {
    page = make();
    const teacher = page.connect('instructor');
    const students = ['anna', 'ben'].map((person) => page.connect(person));
    await page.pass();
    const admitted = teacher.admitAll();
    await page.pass();
    await expect(admitted).resolves.toBe(2);
    expect(students.map(at)).toEqual(['online', 'online']);
    const cleo = page.connect('cleo');
    await page.pass();
    expect(at(cleo)).toBe('waiting: lobby');
    page.server.stop();
    await page.pass();
    await expect(teacher.admitAll()).rejects.toMatchObject({ code: 'server_unreachable' });
  });
});

describe('a class that has not begun', () => {
  test('lets students in as early as it says, and staff at any time', async () => {
    const minute = 60_000;
    page = new LoopbackPage({
      people: PEOPLE,
      room: {
        state: 'open',
        startsAt: new FakeClock().wallMs() + 10 * minute,
        policy: { 'entry.studentMinutes': 5 },
      },
    });
    const teacher = page.connect('instructor');
    const anna = page.connect('anna', { join: false });
    await page.pass();
    expect([at(teacher), at(anna)]).toEqual(['online', 'waiting: not_started']);
    await page.pass(5 * minute);
    await teacher.send('room.change', { description: 'Soon' });
    await page.pass();
    expect(at(anna)).toBe('online');
  });
});

describe('a class with a list of who is expected', () => {
  test('tells staff who of them is missing, live, and nobody else', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { roster: ['anna', 'ben', 'cleo'] } });
    const [teacher, anna] = [page.connect('instructor'), page.connect('anna')];
    await page.pass();
    const names = (client: RoomClient): unknown => {
      const missing = missingPeople(client.getState());
      return missing && [missing.here, missing.total, ...missing.people.map(({ name }) => name)];
    };
    expect(names(teacher)).toEqual([1, 3, 'Ben', 'Cleo']);
    expect(names(anna)).toBeNull();
    expect(anna.getState().roster).toBeNull();
    page.connect('cleo');
    await page.pass();
    expect(names(teacher)).toEqual([2, 3, 'Ben']);
    await page.server.setRoster(['cleo']);
    await page.pass();
    expect(names(teacher)).toEqual([1, 1]);
    await page.server.setRoster(null);
    await page.pass();
    expect(names(teacher)).toBeNull();
  });

  test('tells it to whoever becomes staff, and takes it from whoever is not any more', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { roster: ['anna', 'ben'] } });
    const [teacher, anna] = [page.connect('instructor'), page.connect('anna')];
    await page.pass();
    const { participant } = page.server.as('anna');
    await teacher.send('person.role', { participant, role: 'assistant' });
    await page.pass();
    expect(missingPeople(anna.getState())?.people.map(({ name }) => name)).toEqual(['Ben']);
    await teacher.send('person.role', { participant, role: 'student' });
    await page.pass();
    expect(missingPeople(anna.getState())).toBeNull();
  });

  test('misses nobody where they are too many to be named', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const teacher = page.connect('instructor');
    await page.pass();
    page.server.broadcast(JSON.stringify({ frame: 'roster', total: 900, people: [] }));
    await page.pass();
    expect(missingPeople(teacher.getState())).toEqual({ total: 900, here: null, people: [] });
  });
});

describe('a person whose tokens were withdrawn', () => {
  const revoked = async (fresh: () => string | null): Promise<{ anna: RoomClient; asked: string[] }> => {
    page = new LoopbackPage({ people: PEOPLE });
    const first = page.server.tokenFor('anna');
    const asked: string[] = [];
    const tokenProvider = ({ reason }: { readonly reason: string }): string => {
      asked.push(reason);
      return reason === 'start' ? first : (fresh() ?? first);
    };
    const anna = page.connect('anna', { token: undefined, tokenProvider });
    await page.pass();
    expect(at(anna)).toBe('online');
    page.server.revoke('anna');
    await page.pass(2_000);
    return { anna, asked };
  };

  test('comes back with a newer one, after one question', async () => {
    const { anna, asked } = await revoked(() => page.server.tokenFor('anna'));
    expect(at(anna)).toBe('online');
    expect(asked).toEqual(['start', 'refused']);
  });

  test('is told so where the host has no newer one, and is not asked after in a loop', async () => {
    const { anna, asked } = await revoked(() => null);
    await page.pass(60_000);
    expect(at(anna)).toBe('failed');
    expect(anna.getState().connection.error?.code).toBe('token_revoked');
    expect(asked).toEqual(['start', 'refused']);
  });

  test('is told so at once where there is no way to another', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    await page.pass();
    page.server.revoke('anna');
    await page.pass(2_000);
    expect(anna.getState().connection).toMatchObject({ state: 'failed', error: { code: 'token_revoked' } });
  });
});
