import { afterEach, beforeEach, expect, it } from 'vitest';
import { startRig, type Rig } from '../support/rig.js';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

it('counts a teacher who stays after the end and starts the class again in both sessions', async () => {
  const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
  await grace.command('room.end', {});
  await grace.command('room.start', {});
  const { body } = await rig.http('GET', '/v1/rooms/algebra/attendance', {
    claims: { sub: 'lms', role: 'service', room: [] },
  });
  expect(body).toMatchObject({
    sessions: [{}, { endedAt: null }],
    people: [{ sub: 'grace', isPresentNow: true, sessions: [{ wasPresentAtEnd: true }, { lateBySeconds: 0 }] }],
  });
});
