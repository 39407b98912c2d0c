import { describe, expect, it } from 'vitest';
import type { EventBody, EventType } from '../tables/events.js';
import type { LogName } from '../fields.js';
import { AttendanceFold, type AttendanceOfPerson } from './attendance.js';
import { unionOf } from './intervals.js';
import type { ReportEvent } from './report-event.js';
import { StatisticsFold } from './statistics.js';

const MINUTE = 60_000;
/** Minutes of the day of these classes, as milliseconds since 1970. */
const at = (minute: number): number => 1_790_000_000_000 + minute * MINUTE;

/** The two logs of a class, each with its own offsets. */
class Log {
  readonly events: ReportEvent[] = [];
  readonly #offsets = { all: 0, staff: 0, me: 0 };

  add<T extends EventType>(
    log: LogName,
    type: T,
    minute: number,
    body: EventBody<T> | null,
    more: { readonly by?: string; readonly ref?: string } = {},
  ): this {
    const { by = null, ref = null } = more;
    const offset = (this.#offsets[log] += 1);
    this.events.push({
      log,
      offset,
      id: `${log}${String(offset)}`,
      at: at(minute),
      type,
      by,
      body,
      ref,
    } as ReportEvent);
    return this;
  }

  live(minute: number): this {
    return this.add('all', 'room.changed', minute, { state: 'live', why: null, liveSince: at(minute) });
  }
  held(minute: number): this {
    return this.add('all', 'room.changed', minute, { state: 'held', why: 'staff' });
  }
  resumed(minute: number): this {
    return this.add('all', 'room.changed', minute, { state: 'live', why: null });
  }
  ended(minute: number): this {
    return this.add('all', 'room.changed', minute, { state: 'ended', why: null, endedAt: at(minute) });
  }
  planned(startsAt: number, endsAt: number): this {
    return this.add('all', 'room.changed', 0, { startsAt: at(startsAt), endsAt: at(endsAt) });
  }
  came(participant: string, minute: number): this {
    return this.add('staff', 'attendance.opened', minute, { participant, seenAt: at(minute) });
  }
  /** `seen`: they were last seen then, and it was noticed now. */
  went(participant: string, minute: number, seen = minute): this {
    return this.add('staff', 'attendance.closed', minute, { participant, seenAt: at(seen) });
  }
  named(participant: string, name: string, log: LogName = 'all'): this {
    return this.add(log, 'person.named', 0, { participant, name }, { ref: participant });
  }
}

function fold(events: readonly ReportEvent[]): AttendanceFold {
  const attendance = new AttendanceFold();
  for (const event of events) attendance.add(event);
  return attendance;
}

function report(log: Log, now: number): Record<string, AttendanceOfPerson> {
  return Object.fromEntries(
    fold(log.events)
      .report(at(now))
      .people.map((person) => [person.participant, person]),
  );
}

describe('the union of stays', () => {
  it('has each moment once', () => {
    const union = unionOf([
      { from: 5, to: 9 },
      { from: 1, to: 3 },
      { from: 2, to: 4 },
      { from: 9, to: 10 },
    ]);
    expect(union).toEqual([
      { from: 1, to: 4 },
      { from: 5, to: 10 },
    ]);
  });
});

describe('attendance', () => {
  it('reckons minutes, lateness and leaving early against the class', () => {
    const log = new Log().live(10).came('ada', 10).came('bob', 25).went('ada', 60, 50).ended(70).went('bob', 70);
    const { ada, bob } = report(log, 100);
    expect(ada).toMatchObject({
      secondsPresent: 2_400,
      presentRatio: 0.6667,
      lateBySeconds: 0,
      leftEarlyBySeconds: 1_200,
      wasPresentAtEnd: false,
      firstSeenAt: at(10),
      lastSeenAt: at(50),
    });
    expect(bob).toMatchObject({
      secondsPresent: 2_700,
      presentRatio: 0.75,
      lateBySeconds: 900,
      leftEarlyBySeconds: 0,
      wasPresentAtEnd: true,
    });
  });

  it('keeps what was before the start and after the end as a stay, and counts no minute of it', () => {
    const { ada } = report(new Log().came('ada', 0).live(10).ended(40).went('ada', 55), 60);
    expect(ada).toMatchObject({
      stays: [{ from: at(0), to: at(55) }],
      secondsInRoom: 3_300,
      secondsPresent: 1_800,
      presentRatio: 1,
      lateBySeconds: 0,
      leftEarlyBySeconds: 0,
      wasPresentAtEnd: true,
      firstSeenAt: at(0),
      lastSeenAt: at(55),
    });
    expect(ada?.sessions).toMatchObject([{ firstSeenAt: at(10), lastSeenAt: at(40) }]);
  });

  it('counts no time that the class was held, for nobody', () => {
    const log = new Log().live(0).came('ada', 0).came('bob', 0).held(20).went('bob', 25).resumed(30).ended(60);
    const { ada, bob } = report(log.went('ada', 60), 60);
    expect(ada).toMatchObject({ secondsPresent: 3_000, presentRatio: 1 });
    expect(bob).toMatchObject({ secondsPresent: 1_200, presentRatio: 0.4, secondsInRoom: 1_500 });
    expect(fold(log.events).report(at(60)).classSeconds).toBe(3_000);
  });

  it('tells the sessions of a room that was started again apart', () => {
    const log = new Log().live(0).came('ada', 5).ended(30).went('ada', 30);
    log.live(60).came('bob', 60).came('ada', 62).ended(90).went('ada', 80, 70).went('bob', 90);
    const { ada, bob } = report(log, 100);
    expect(ada?.sessions).toMatchObject([
      { secondsPresent: 1_500, lateBySeconds: 300, leftEarlyBySeconds: 0, wasPresentAtEnd: true },
      { secondsPresent: 480, lateBySeconds: 120, leftEarlyBySeconds: 1_200, wasPresentAtEnd: false },
    ]);
    expect(ada).toMatchObject({
      secondsPresent: 1_980,
      presentRatio: 0.55,
      lateBySeconds: 300,
      wasPresentAtEnd: false,
    });
    expect(bob?.sessions).toMatchObject([
      {
        secondsPresent: 0,
        presentRatio: 0,
        firstSeenAt: null,
        lateBySeconds: null,
        leftEarlyBySeconds: null,
        wasPresentAtEnd: false,
      },
      { secondsPresent: 1_800, lateBySeconds: 0 },
    ]);
    expect(bob).toMatchObject({ lateBySeconds: 0, wasPresentAtEnd: true });
  });

  it('is not late by a plan that the class itself was late for, and not early by one that it overran', () => {
    const log = new Log().planned(10, 50).live(15).came('ada', 12).came('bob', 20).ended(60);
    const { ada, bob } = report(log.went('ada', 55, 50).went('bob', 60, 45), 60);
    expect(ada).toMatchObject({ lateBySeconds: 0, leftEarlyBySeconds: 0, wasPresentAtEnd: false });
    expect(bob).toMatchObject({ lateBySeconds: 300, leftEarlyBySeconds: 300 });
    const early = report(new Log().planned(10, 50).live(0).came('ada', 8).came('bob', 12).ended(50), 50);
    expect(early['ada']?.lateBySeconds).toBe(0);
    expect(early['bob']?.lateBySeconds).toBe(120);
  });

  it('leaves the plan alone where the class was at another time', () => {
    const { ada } = report(new Log().planned(500, 600).live(0).came('ada', 3).ended(30).went('ada', 30), 30);
    expect(ada).toMatchObject({ lateBySeconds: 180, leftEarlyBySeconds: 0 });
  });

  it('cuts what goes on at now, and says neither who left early nor who was there at the end', () => {
    const { ada } = report(new Log().live(0).came('ada', 2), 12);
    expect(ada).toMatchObject({
      stays: [{ from: at(2), to: null }],
      isPresentNow: true,
      secondsPresent: 600,
      leftEarlyBySeconds: null,
      wasPresentAtEnd: null,
      lastSeenAt: at(12),
    });
  });

  it('has no ratio where the class never was', () => {
    const { ada } = report(new Log().came('ada', 2).went('ada', 5), 12);
    expect(ada).toMatchObject({ secondsInRoom: 180, secondsPresent: 0, presentRatio: null, sessions: [] });
  });

  it('makes one stay of what overlaps, as after a clock that was set back', () => {
    const log = new Log().live(0).came('ada', 0).went('ada', 20).came('ada', 15).went('ada', 30).ended(40);
    expect(report(log, 40)['ada']).toMatchObject({ stays: [{ from: at(0), to: at(30) }], secondsPresent: 1_800 });
  });

  it('says the real name where the class sees an alias, and none of somebody who was erased', () => {
    const log = new Log().live(0).came('ada', 0).came('bob', 0).named('ada', 'Student 1').named('ada', 'Ada', 'staff');
    log.add('all', 'person.named', 0, null, { ref: 'bob' });
    log.add('all', 'erased', 5, { messages: [], questions: [], people: ['bob'] });
    const { ada, bob } = report(log, 10);
    expect(ada).toMatchObject({ name: 'Ada', isErased: false });
    expect(bob).toMatchObject({ name: null, isErased: true, secondsPresent: 600 });
  });

  it('is the same whichever log is folded first', () => {
    const log = new Log().planned(0, 60).live(1).came('ada', 0).named('ada', 'A').named('ada', 'Ada', 'staff').held(5);
    log
      .resumed(9)
      .went('ada', 30)
      .ended(40)
      .add('staff', 'erased', 50, { messages: [], questions: [], people: ['ada'] });
    const of = (first: LogName): unknown =>
      fold([...log.events].sort((a, b) => Number(b.log === first) - Number(a.log === first))).report(at(99));
    expect(of('staff')).toEqual(of('all'));
  });
});

describe('statistics', () => {
  it('counts what each did, and the class as a whole', () => {
    const log = new Log().live(0).came('grace', 0).came('ada', 1).came('bob', 2).named('ada', 'Ada');
    log.add('all', 'chat.posted', 3, { id: 'm1', text: 'a' }, { by: 'ada', ref: 'm1' });
    log.add('all', 'chat.posted', 3, null, { by: 'ada', ref: 'm2' });
    log.add('staff', 'chat.posted', 3, { id: 'm3', text: 'c', thread: 'bob' }, { by: 'bob' });
    // Asked with a name and moderated: it stands in both logs.
    const asked = { id: 'q1', text: '?', state: 'pending', askedAt: at(4) } as const;
    log.add('staff', 'question.asked', 4, asked, { by: 'ada', ref: 'q1' });
    log.add('all', 'question.asked', 5, { ...asked, state: 'open' }, { by: 'ada', ref: 'q1' });
    log.add('all', 'question.asked', 5, null, { ref: 'q2' });
    log.add('staff', 'question.author', 5, { question: 'q2', participant: 'bob', cmid: 'c' }, { ref: 'q2' });
    log.add('all', 'question.answered', 6, { id: 'q1', text: '!' }, { by: 'grace', ref: 'q1' });
    log.add('all', 'question.answered', 6, { id: 'q1', text: '!!' }, { by: 'grace', ref: 'q1' });
    log.add('all', 'hand.raised', 7, { participant: 'bob' }, { by: 'bob' });
    log.add('all', 'hand.raised', 8, { participant: 'bob' }, { by: 'bob' });
    log.went('ada', 9).came('ada', 9).ended(10).went('ada', 10).went('bob', 10).went('grace', 10);
    const statistics = new StatisticsFold();
    for (const event of log.events) statistics.add(event);
    const { people, ...room } = statistics.report(at(20), [
      { participant: 'ada' },
      { participant: 'bob' },
      { participant: 'ada' },
    ]);
    expect(room).toEqual({
      at: at(20),
      viewers: { current: 0, peak: 3, peakAt: at(2), total: 3 },
      durationSeconds: 600,
      messages: 3,
      questions: 2,
      anonymousQuestions: 1,
      answers: 1,
      answeredQuestions: 1,
      votes: 3,
      hands: 2,
    });
    const of = Object.fromEntries(people.map((person) => [person.participant, person]));
    expect(of['ada']).toMatchObject({ name: 'Ada', messages: 2, questions: 1, answers: 0, votes: 2, hands: 0 });
    expect(of['bob']).toMatchObject({ name: null, messages: 1, questions: 1, votes: 1, hands: 2, secondsPresent: 480 });
    expect(of['grace']).toMatchObject({ answers: 1, messages: 0 });
  });

  it('knows the most at one moment, and not those who came when others had gone', () => {
    const log = new Log().came('a', 0).went('a', 5).came('b', 5).came('c', 6).went('b', 9);
    const statistics = new StatisticsFold();
    for (const event of log.events) statistics.add(event);
    expect(statistics.report(at(10), []).viewers).toEqual({ current: 1, peak: 2, peakAt: at(6), total: 3 });
  });

  it('has also those who wrote without being there', () => {
    const statistics = new StatisticsFold();
    for (const event of new Log().add('all', 'chat.posted', 1, { id: 'm', text: 'a' }, { by: 'ada' }).events)
      statistics.add(event);
    expect(statistics.report(at(2), []).people).toMatchObject([{ participant: 'ada', messages: 1, secondsPresent: 0 }]);
  });
});
