import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFrame } from '@lms-live/protocol';
import { LIMITS } from '@lms-live/protocol';
import type { LightClient } from '../world/light-client.js';
import { isSoWithin, until } from '../world/until.js';
import type { World } from '../world/world.js';

const ROOM = 'room';
/** Longer than what was committed at the very end is on its way. */
const SETTLE_MS = 1_200;

/** Short runs, each of which a healthy server stands and one of the mutants does not. */
export type Scenario = (world: World) => Promise<void>;

/** A class in progress. */
async function openClass(world: World, students: number, maxCopies = 1): Promise<readonly LightClient[]> {
  const teacher = world.addLight({ sub: 'teacher', role: 'instructor', room: ROOM }, { maxCopies });
  await until('the teacher is in', () => teacher.isSynced);
  const others = Array.from({ length: students }, (_, index) =>
    world.addLight({ sub: `student-${String(index)}`, role: 'student', room: ROOM }, { maxCopies }),
  );
  await until('the class is in', () => others.every(({ isSynced }) => isSynced));
  return [teacher, ...others];
}

async function settle(world: World): Promise<void> {
  await isSoWithin(5_000, () => world.light.every((client) => client.outbox.size === 0 && client.isSynced));
  await sleep(SETTLE_MS);
  world.settled();
}

/** Three times the server is killed in the moment in which somebody hears that their command, or an event, is there. */
export const killedAtTheWord: Scenario = async (world) => {
  const people = await openClass(world, 5);
  for (let kill = 0; kill < 3; kill += 1) {
    const word: ServerFrame['frame'] = kill % 2 === 0 ? 'ack' : 'event';
    const kills: Promise<void>[] = [];
    const [listener] = people as [LightClient];
    // The first ones are of what was on its way before.
    let heard = 0;
    listener.onFrame = ({ frame }) => {
      if (frame === word && kills.length === 0 && (heard += 1) > 2) kills.push(world.server.kill());
    };
    for (let round = 0; round < 3; round += 1)
      for (const person of people)
        void person.send('chat.post', { text: `${person.name} ${String(kill)}.${String(round)}` });
    await until('the server is killed', () => kills.length > 0, 5_000);
    await Promise.all(kills);
    listener.onFrame = null;
    await world.server.start();
    await until('everybody is back', () => people.every(({ isSynced }) => isSynced));
  }
  await settle(world);
};

/** Commands are transmitted up to five times, and again on a new connection. */
export const sentManyTimes: Scenario = async (world) => {
  const people = await openClass(world, 4, 5);
  for (let round = 0; round < 8; round += 1) {
    for (const person of people) void person.send('chat.post', { text: `${person.name} ${String(round)}` });
    if (round === 4) for (const person of people) person.cut();
  }
  await settle(world);
};

/** Connections are lost while the others go on talking. */
export const cutAndBack: Scenario = async (world) => {
  const [teacher, ...students] = (await openClass(world, 3)) as [LightClient, ...LightClient[]];
  for (let round = 0; round < 5; round += 1) {
    for (const student of students) student.cut();
    await teacher.send('chat.post', { text: `while they were away, ${String(round)}` });
    await teacher.send('chat.post', { text: `and once more, ${String(round)}` });
    await until('they are back', () => students.every(({ isUp }) => isUp));
    await sleep(50);
  }
  await settle(world);
};

/** The last event of a log never arrives at one reader, and nothing follows it. */
export const lastEventLost: Scenario = async (world) => {
  const [teacher] = await openClass(world, 1);
  let isArmed = false;
  const reader = world.addLight(
    { sub: 'reader', role: 'student', room: ROOM },
    {
      withholds: ({ frame }) => {
        const takes = isArmed && frame === 'event';
        if (takes) isArmed = false;
        return takes;
      },
    },
  );
  await until('the reader is in', () => reader.isSynced);
  await sleep(200);
  isArmed = true;
  await teacher?.send('chat.post', { text: 'the last word' });
  await until('it was taken off the wire', () => !isArmed);
  const head = (): number => teacher?.position('all')?.offset ?? 0;
  await isSoWithin(LIMITS.pingIntervalMs + 1_000, () => (reader.position('all')?.offset ?? 0) >= head());
  await sleep(SETTLE_MS);
  world.settled();
};

/** Somebody is banned, comes back with their positions all the same, and the class goes on. */
export const bannedAndBack: Scenario = async (world) => {
  const [teacher] = await openClass(world, 1);
  const rude = world.addLight({ sub: 'rude', role: 'student', room: ROOM }, { isRude: true });
  await until('they are in', () => rude.isSynced && rude.participant !== null);
  await teacher?.send('person.bar', { participant: rude.participant, bar: 'room', barred: true });
  await sleep(2_300);
  await teacher?.send('chat.post', { text: 'among ourselves' });
  await sleep(1_000);
  world.settled(world.light.filter((client) => client !== rude));
};

/** Somebody reads nothing while more is said than is kept for them, and then reads again. */
export const slowReader: Scenario = async (world) => {
  const people = await openClass(world, 24);
  // Without pings, whose heads would heal what they are told of before a frame behind it shows it.
  const reader = world.addLight(
    { sub: 'slow', role: 'student', room: ROOM },
    { isDirect: true, withholds: ({ frame }) => frame === 'ping' },
  );
  await until('the reader is in', () => reader.isSynced);
  reader.pauseReading();
  // Three bytes each: the largest message there is.
  const long = '€'.repeat(LIMITS.maxMessageChars - 40);
  for (let round = 0; round < 18; round += 1)
    for (const person of people) void person.send('chat.post', { text: `${person.name} ${String(round)} ${long}` });
  await until('all is said', () => people.every((person) => person.outbox.size === 0));
  reader.resumeReading();
  // What comes through behind a gap shows that there is one.
  for (let round = 0; round < 15; round += 1) {
    void people[round % people.length]?.send('chat.post', { text: `reading again ${String(round)}` });
    await sleep(100);
  }
  await settle(world);
};
