import { describe, expect, it } from 'vitest';
import { LIMITS } from '../index.js';
import { tabOf, TestCall, type Tab } from '../testing/call.js';

const PEOPLE = Array.from({ length: 14 }, (_, index) => `person-${String(index)}`);
const modesOf = (call: TestCall, tabs: readonly Tab[]): (string | undefined)[] =>
  tabs.map((tab) => call.sessions.sessionOf(tab)?.mode);

describe('a media session', () => {
  it('is given with what is wanted of it, and listed', () => {
    const call = new TestCall();
    const ada = call.come('ada', { audio: true });
    expect(call.sessions.ownOf(ada)).toMatchObject({
      rev: 1,
      why: null,
      session: { participant: 'ada', mode: 'video', live: true, audio: true, video: false, share: false },
    });
    expect(call.sessions.list()).toEqual([call.sessions.sessionOf(ada)]);
    expect(call.sessions.takeChanged()).toEqual([ada]);
    expect(call.sessions.takeChanged()).toEqual([]);
  });

  it('has a number that rises from one to the next, in one millisecond and when the clock is set back', () => {
    const call = new TestCall();
    const numbers = PEOPLE.slice(0, 3).map((person) => call.sessions.sessionOf(call.come(person))?.number ?? 0);
    call.nowMs -= 86_400_000;
    numbers.push(call.sessions.sessionOf(call.come('late'))?.number ?? 0);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(4);
  });

  it('changes nothing when the same is said again, nor for a straggler', () => {
    const call = new TestCall();
    const ada = call.come('ada', { rev: 3, audio: true });
    const before = call.sessions.list();
    call.wish(ada, { rev: 3, audio: true });
    expect(call.wish(ada, { rev: 2, video: true, live: false })).toMatchObject({ rev: 3 });
    expect(call.wish(ada, { rev: 1, open: false })).toMatchObject({ rev: 3 });
    expect(call.sessions.list()).toEqual(before);
    // Each is answered all the same.
    expect(call.sessions.takeChanged()).toEqual([ada]);
  });

  it('takes a first wish with the number 0', () => {
    const call = new TestCall();
    expect(call.wish(tabOf('ada'), { rev: 0, audio: true })).toMatchObject({ rev: 0, session: { audio: true } });
  });

  it('ends when it is not wanted any more, and that is answered by the number of the wish', () => {
    const call = new TestCall();
    const ada = call.come('ada');
    expect(call.wish(ada, { rev: 2, open: false })).toEqual({ rev: 2, session: null, why: null });
    expect(call.sessions.size).toBe(0);
    expect(call.wish(ada, { rev: 1 })).toEqual({ rev: 2, session: null, why: null });
    expect(call.wish(ada, { rev: 3 })).toMatchObject({ rev: 3, session: { live: true } });
  });

  it('ends for whoever leaves and for everyone at the end, each told so by the number of their last wish', () => {
    const call = new TestCall();
    const [ada, bob] = [call.come('ada', { rev: 4 }), call.come('bob', { rev: 7 })];
    call.sessions.takeChanged();
    call.sessions.closeOf('ada');
    expect(call.sessions.takeChanged()).toEqual([ada]);
    expect(call.sessions.ownOf(ada)).toEqual({ rev: 4, session: null, why: null });
    call.sessions.closeAll();
    expect(call.sessions.takeChanged()).toEqual([bob]);
    expect(call.sessions.ownOf(bob)).toEqual({ rev: 7, session: null, why: 'ended' });
    call.sessions.deny(bob, { rev: 8 }, 'ended');
    expect(call.sessions.ownOf(bob)).toEqual({ rev: 8, session: null, why: 'ended' });
    expect(call.sessions.size).toBe(0);
  });

  it('is only warmed until its person is present', () => {
    const call = new TestCall();
    call.standing('ada').joined = false;
    const ada = call.come('ada', { live: true });
    expect(call.sessions.sessionOf(ada)?.live).toBe(false);
    call.standing('ada').joined = true;
    call.sessions.takeChanged();
    call.sessions.refresh();
    expect(call.sessions.sessionOf(ada)?.live).toBe(true);
    expect(call.sessions.takeChanged()).toEqual([ada]);
  });
});

describe('another tab of the same person', () => {
  it('gets none while the first has it', () => {
    const call = new TestCall();
    const first = call.come('ada');
    const second = tabOf('ada', 'second');
    expect(call.wish(second)).toEqual({ rev: 1, session: null, why: 'elsewhere' });
    expect(call.sessions.sessionOf(first)).not.toBeNull();
  });

  it('takes it over where it says so, as a new session, and the first is told', () => {
    const call = new TestCall();
    const first = call.come('ada', { rev: 5 });
    const before = call.sessions.sessionOf(first);
    const second = tabOf('ada', 'second');
    const own = call.wish(second, { take: true });
    expect(own.session?.number).toBeGreaterThan(before?.number ?? 0);
    expect(call.sessions.ownOf(first)).toEqual({ rev: 5, session: null, why: 'taken' });
    expect(call.sessions.list()).toEqual([own.session]);
    expect(new Set(call.sessions.takeChanged())).toEqual(new Set([first, second]));
    expect(call.sessions.tabOf(before?.session ?? '')).toBeNull();
  });

  it('keeps the place in the line when it takes over, and nobody else notices', () => {
    const call = new TestCall();
    const tabs = PEOPLE.slice(0, 8).map((person) => call.come(person, { video: true }));
    call.sessions.takeChanged();
    const second = tabOf('person-0', 'second');
    call.wish(second, { take: true, video: true });
    expect(modesOf(call, [second, ...tabs.slice(1)])).toEqual([...Array<string>(6).fill('video'), 'audio', 'audio']);
    expect(new Set(call.sessions.takeChanged())).toEqual(new Set([tabs[0], second]));
  });

  it('keeps the place after a reload, while the lost session waits', () => {
    const call = new TestCall();
    const tabs = PEOPLE.slice(0, 7).map((person) => call.come(person));
    call.sessions.lose(tabs[0] as Tab);
    const again = call.come('person-0');
    expect(modesOf(call, [again, ...tabs.slice(1)])).toEqual([...Array<string>(6).fill('video'), 'audio']);
    expect(call.sessions.size).toBe(7);
  });
});

describe('a lost socket', () => {
  it('leaves the session in the list, away, and it goes on when the tab is back', () => {
    const call = new TestCall();
    const ada = call.come('ada', { audio: true });
    const before = call.sessions.sessionOf(ada);
    expect(call.sessions.lose(ada)).toBe(before?.session);
    expect(call.sessions.list()).toEqual([{ ...before, away: true }]);
    expect(call.sessions.tabOf(before?.session ?? '')).toBeNull();
    const back = tabOf('ada');
    expect(call.wish(back, { session: before?.session, audio: true }).session).toEqual(before);
    call.sessions.expire(before?.session ?? '');
    expect(call.sessions.sessionOf(back)).toEqual(before);
  });

  it('closes the session when the tab does not come back, and then there is no coming back to it', () => {
    const call = new TestCall();
    const ada = call.come('ada');
    const lost = call.sessions.lose(ada) ?? '';
    call.sessions.expire(lost);
    expect(call.sessions.list()).toEqual([]);
    expect(call.wish(tabOf('ada'), { session: lost }).session?.session).not.toBe(lost);
  });

  it('closes a warmed one at once', () => {
    const call = new TestCall();
    const ada = call.come('ada', { live: false });
    expect(call.sessions.lose(ada)).toBeNull();
    expect(call.sessions.size).toBe(0);
  });

  it('lets its tab end the session when it is back', () => {
    const call = new TestCall();
    const [ada, bob] = [call.come('ada'), call.come('bob')];
    const lost = call.sessions.lose(ada) ?? '';
    call.wish(tabOf('eve'), { rev: 2, open: false, session: lost });
    expect(call.sessions.get(lost)).not.toBeNull();
    call.wish(tabOf('ada'), { rev: 2, open: false, session: lost });
    expect(call.sessions.list()).toEqual([call.sessions.sessionOf(bob)]);
  });

  it('does not keep rights from being taken away, nor a mute from holding', () => {
    const call = new TestCall();
    const ada = call.come('ada', { rev: 2, audio: true, video: true });
    const lost = call.sessions.lose(ada) ?? '';
    call.standing('ada').media = { audio: true, video: false, share: true };
    call.sessions.refresh();
    expect(call.sessions.get(lost)).toMatchObject({ video: false, may: { video: false, audio: true } });
    expect(call.sessions.mute('audio', () => true)).toEqual([]);
    const back = call.wish(tabOf('ada'), { rev: 2, session: lost, audio: true, video: true });
    expect(back.session).toMatchObject({ session: lost, audio: false, video: false });
  });

  it('is of no use to somebody else, who names the session', () => {
    const call = new TestCall();
    const lost = call.sessions.lose(call.come('ada')) ?? '';
    const eve = call.wish(tabOf('eve'), { session: lost });
    expect(eve.session).toMatchObject({ participant: 'eve' });
    expect(eve.session?.session).not.toBe(lost);
    expect(call.sessions.get(lost)).toMatchObject({ participant: 'ada', away: true });
  });
});

describe('after a restart', () => {
  it('comes back to the same session with the same number, for a while', () => {
    const call = new TestCall();
    const before = call.sessions.sessionOf(call.come('ada', { audio: true }));
    call.restart();
    call.nowMs += 2_000;
    expect(call.come('newcomer')).toBeDefined();
    expect(call.wish(tabOf('ada'), { session: before?.session, audio: true }).session).toEqual(before);
    call.restart();
    call.canResume = false;
    expect(call.wish(tabOf('ada'), { session: before?.session }).session?.number).toBeGreaterThan(before?.number ?? 0);
  });

  it('keeps the line in the order of before, whoever comes back first', () => {
    const call = new TestCall();
    const before = PEOPLE.slice(0, 8).map((person) => {
      call.nowMs += 1_000;
      return call.sessions.sessionOf(call.come(person));
    });
    call.restart();
    call.nowMs += 1_000;
    const newcomer = call.come('newcomer');
    const back = [...before]
      .reverse()
      .map((session) => call.come(session?.participant ?? '', { session: session?.session }));
    expect(modesOf(call, back.reverse())).toEqual([...Array<string>(6).fill('video'), 'audio', 'audio']);
    expect(modesOf(call, [newcomer])).toEqual(['audio']);
  });

  it.each([
    ['of somebody else', (id: string) => id.replace('~ada', '~eve')],
    ['with another spelling of the number', (id: string) => `0${id}`],
    ['in capitals', (id: string) => id.toUpperCase()],
    ['without a number', () => '~ada'],
    ['with a negative number', (id: string) => `-${id}`],
    ['with an endless number', () => `${'z'.repeat(40)}~ada`],
    ['of a time to come', () => `${(1_800_000_000_000 + 3_600_000).toString(36)}~ada`],
    ['that is no id of ours', () => 'constructor'],
  ])('does not come back to a session %s', (_what, change) => {
    const call = new TestCall();
    const id = call.sessions.sessionOf(call.come('ada'))?.session ?? '';
    call.restart();
    const { session } = call.wish(tabOf('ada'), { session: change(id) });
    expect(session?.session).not.toBe(change(id));
    expect(session?.session).toBe(`${session?.number.toString(36) ?? ''}~ada`);
    expect(session?.number).toBe(1_800_000_000_000);
  });

  it('numbers rise above those that came back from a clock that ran ahead', () => {
    const call = new TestCall();
    const ahead = `${(call.nowMs + 30_000).toString(36)}~ada`;
    call.restart();
    const ada = call.wish(tabOf('ada'), { session: ahead }).session;
    expect(ada?.session).toBe(ahead);
    expect(call.wish(tabOf('bob')).session?.number).toBeGreaterThan(ada?.number ?? 0);
  });
});

describe('the mesh', () => {
  it('gives a teacher who comes late the place of the last who came before', () => {
    const call = new TestCall();
    const students = PEOPLE.slice(0, LIMITS.maxVideoSessions).map((person) => call.come(person, { video: true }));
    call.sessions.takeChanged();
    call.teachers.add('teacher');
    const teacher = tabOf('teacher');
    expect(call.wish(teacher, { live: false }).session?.mode).toBe('audio');
    expect(call.wish(teacher, { rev: 2, video: true }).session).toMatchObject({ mode: 'video', video: true });
    expect(modesOf(call, students)).toEqual([...Array<string>(LIMITS.maxVideoSessions - 1).fill('video'), 'audio']);
    expect(call.sessions.takeChanged()).toContain(students.at(-1));
    call.sessions.closeOf('teacher');
    expect(modesOf(call, students)).toEqual(Array<string>(LIMITS.maxVideoSessions).fill('video'));
  });

  it('has six with cameras, then six with sound, then nobody, in the order of joining', () => {
    const call = new TestCall();
    const tabs = PEOPLE.map((person) => call.come(person, { audio: true, video: true }));
    expect(modesOf(call, tabs)).toEqual([
      ...Array<string>(LIMITS.maxVideoSessions).fill('video'),
      ...Array<string>(LIMITS.maxMediaSessions - LIMITS.maxVideoSessions).fill('audio'),
      'none',
      'none',
    ]);
    expect(call.sessions.list()).toHaveLength(LIMITS.maxMediaSessions);
    expect(call.sessions.sessionOf(tabs[6] as Tab)).toMatchObject({ audio: true, video: false, may: { video: false } });
    expect(call.sessions.sessionOf(tabs[13] as Tab)).toMatchObject({
      audio: false,
      may: { audio: false, share: false },
    });
  });

  it('moves up those behind when a place is free, and tells them, but turns no camera on', () => {
    const call = new TestCall();
    const tabs = PEOPLE.map((person) => call.come(person, { video: true }));
    call.sessions.takeChanged();
    call.sessions.closeOf('person-2');
    expect(modesOf(call, [tabs[6], tabs[12], tabs[13]] as Tab[])).toEqual(['video', 'audio', 'none']);
    expect(new Set(call.sessions.takeChanged())).toEqual(new Set([tabs[2], tabs[6], tabs[12]]));
    expect(call.sessions.sessionOf(tabs[6] as Tab)).toMatchObject({ video: false, may: { video: true } });
    expect(call.wish(tabs[6] as Tab, { rev: 2, video: true }).session).toMatchObject({ video: true });
  });

  it('gives no place to somebody on the pre-join that somebody in the class needs', () => {
    const call = new TestCall();
    const warm = call.come('early', { live: false });
    expect(call.sessions.sessionOf(warm)).toMatchObject({ mode: 'video', live: false });
    const tabs = PEOPLE.slice(0, 6).map((person) => call.come(person));
    expect(modesOf(call, [...tabs, warm])).toEqual([...Array<string>(6).fill('video'), 'audio']);
    call.sessions.closeOf('person-0');
    call.wish(warm, { rev: 2, live: true });
    expect(call.sessions.sessionOf(warm)).toMatchObject({ mode: 'video', live: true });
  });
});

describe('a mute', () => {
  it('holds against the same wish said again, and gives way to a new one', () => {
    const call = new TestCall();
    const ada = call.come('ada', { audio: true, video: true });
    expect(call.sessions.mute('audio', (_tab, participant) => participant === 'ada')).toEqual([ada]);
    expect(call.sessions.sessionOf(ada)).toMatchObject({ audio: false, video: true, may: { audio: true } });
    expect(call.wish(ada, { audio: true, video: true }).session).toMatchObject({ audio: false });
    expect(call.wish(ada, { rev: 2, audio: true, video: true }).session).toMatchObject({ audio: true });
  });

  it('tells nobody whose source was off', () => {
    const call = new TestCall();
    call.come('ada', { video: true });
    call.sessions.takeChanged();
    expect(call.sessions.mute('audio', () => true)).toEqual([]);
    expect(call.sessions.takeChanged()).toEqual([]);
  });
});
