import type { RoomClient } from '@lms-live/client';
import { aTimeout, expect, waitUntil } from '@open-wc/testing';
import type { LmsElement } from '../internal/lms-element.js';
import {
  $,
  all,
  appears,
  createClass,
  gone,
  reads,
  textOf,
  type Person,
  type TestClass,
} from '../internal/testing/class.js';
import { describePanel } from '../internal/testing/contract.js';
import { drawnTrack, FakeCall } from '../internal/testing/fake-call.js';
import type { LmsMeetingRoom } from './meeting-room.js';

const calls: FakeCall[] = [];

function makeCall(room: RoomClient): FakeCall {
  const call = new FakeCall(room);
  calls.push(call);
  return call;
}

function lastCall(): FakeCall {
  return calls.at(-1) as FakeCall;
}

afterEach(() => {
  for (const call of calls.splice(0)) if (!call.isClosed) call.close();
});

async function open(
  given: TestClass,
  person: Person = 'anna',
  more: Partial<LmsMeetingRoom> = {},
): Promise<LmsMeetingRoom> {
  const room = await given.mount<LmsMeetingRoom>('lms-meeting-room', person, { makeCall, ...more });
  await appears(room, '.pre-join');
  return room;
}

async function enter(
  given: TestClass,
  person: Person = 'anna',
  more: Partial<LmsMeetingRoom> = {},
): Promise<LmsMeetingRoom> {
  const room = await open(given, person, more);
  await room.join();
  await appears(room, '.stage');
  return room;
}

function control(room: LmsElement, id: string): HTMLButtonElement {
  return $<HTMLButtonElement>(room, `[data-control=${id}]`);
}

describePanel({
  tag: 'lms-meeting-room',
  heading: 'Live class',
  content: 'Luis Fernández',
  fill: async ({ server }) => {
    await server.as('luis').join();
  },
  properties: () => ({ makeCall }),
  enter: async (element) => (await appears(element, '.enter')).click(),
  keepsContent: false,
});

describe('<lms-meeting-room> in class', () => {
  for (const theme of ['light', 'dark'] as const)
    it(`is accessible to the teacher, with people, a hand and a screen, in ${theme}`, async () => {
      const given = createClass();
      await given.server.as('luis').join();
      await given.server.as('luis').send('hand.raise', {});
      const room = await enter(given, 'teacher', { theme });
      lastCall().addPeer(given.server.as('luis').participant, { share: true, screenTrack: drawnTrack(90), quality: 1 });
      await appears(room, '.tile.screen');
      await aTimeout(300);
      await expect(room).to.be.accessible();
    });

  it('leaves nothing behind when it goes: the call is closed within a quarter of a second', async () => {
    const given = createClass();
    const room = await enter(given);
    const call = lastCall();
    call.addPeer(given.server.as('luis').participant);
    room.remove();
    await waitUntil(() => call.isClosed, 'the call is closed', { timeout: 250, interval: 10 });
    expect(call.listeners).to.equal(0);
    await waitUntil(() => given.server.openSockets === 0, 'the socket closes', { timeout: 1_000 });
    await waitUntil(() => given.held.timers === 0, 'no timer runs', { timeout: 1_000 });
  });

  it('keeps the same call when it is moved', async () => {
    const given = createClass();
    const room = await enter(given);
    const call = lastCall();
    const elsewhere = document.createElement('section');
    elsewhere.className = 'test-place';
    document.body.append(elsewhere);
    elsewhere.append(room);
    await aTimeout(500);
    expect(calls).to.have.lengthOf(1);
    expect(call.getState().phase).to.equal('joined');
    expect(call.asked).not.to.include('close');
    expect(room.keeper.call).to.equal(call);
    await appears(room, '.stage');
    room.remove();
  });

  it('is not present before it is joined, not even in an lms-room', async () => {
    const given = createClass();
    const { server } = given;
    const around = document.createElement('lms-room');
    const room = document.createElement('lms-meeting-room');
    room.makeCall = makeCall;
    around.append(room, document.createElement('lms-people'));
    Object.assign(around, {
      server: server.url,
      token: server.tokenFor('anna'),
      environment: given.environment('anna'),
      locale: 'en',
    });
    document.body.append(around);
    await appears(room, '.pre-join');
    expect(around.client?.getState().joined).to.equal(false);
    await room.join();
    expect(around.client?.getState().joined).to.equal(true);
    room.remove();
    await waitUntil(() => around.client?.getState().joined === false, 'it leaves with its stage', { timeout: 1_500 });
    around.remove();
  });

  it('mutes and unmutes, starts and stops the camera, and says so', async () => {
    const room = await enter(createClass(), 'teacher');
    expect(control(room, 'microphone').getAttribute('aria-pressed')).to.equal('true');
    control(room, 'microphone').click();
    await waitUntil(() => control(room, 'microphone').getAttribute('aria-pressed') === 'false');
    expect(control(room, 'microphone').title).to.equal('Unmute (M)');
    expect($(room, '.tile.own').getAttribute('aria-label')).to.equal('Miriam Okafor (you), Teacher, Microphone off');
    await room.toggleMicrophone();
    await room.toggleCamera();
    await waitUntil(() => control(room, 'camera').getAttribute('aria-pressed') === 'false');
    expect($<HTMLVideoElement>(room, '.tile.own video').hidden).to.equal(true);
    expect(lastCall().getState().microphone.isHeard).to.equal(true);
  });

  it('keeps the video of a person over every change of the layout', async () => {
    const given = createClass();
    const room = await enter(given);
    const track = drawnTrack(10);
    const [luis, teacher] = (['luis', 'teacher'] as const).map((person) => given.server.as(person).participant);
    const session = lastCall().addPeer(luis ?? '', { video: true, cameraTrack: track });
    const video = await appears<HTMLVideoElement>(room, `[data-key="${session}"] video`);
    await waitUntil(() => video.currentTime > 0, 'it plays');
    expect($(room, '.stage').classList.contains('call')).to.equal(true);
    const other = lastCall().addPeer(teacher ?? '');
    await appears(room, '.stage.grid');
    room.layout = 'speaker';
    await appears(room, '.stage.focus');
    lastCall().setPeer(other, { share: true, screenTrack: drawnTrack(70) });
    await appears(room, '.tile.screen');
    room.layout = 'grid';
    await room.updateComplete;
    expect($(room, `[data-key="${session}"] video`)).to.equal(video);
    expect((video.srcObject as MediaStream).getVideoTracks()).to.deep.equal([track]);
    expect(video.paused).to.equal(false);
    expect(video.muted).to.equal(true);
  });

  it('gives a shared screen the stage, and tells the call what is looked at', async () => {
    const given = createClass();
    const room = await enter(given);
    const session = lastCall().addPeer(given.server.as('luis').participant);
    lastCall().addPeer(given.server.as('teacher').participant);
    lastCall().setPeer(session, { share: true, screenTrack: drawnTrack(70) });
    await appears(room, '.stage.focus');
    const [screen, face] = ['.tile.screen', `[data-key="${session}"]`].map((one) =>
      $(room, one).getBoundingClientRect(),
    );
    expect(screen?.width).to.be.greaterThan((face?.width ?? 0) * 2);
    expect(lastCall().asked).to.include(`focus ${session}`);
    lastCall().setPeer(session, { share: false, screenTrack: null });
    await appears(room, '.stage.grid');
    expect(lastCall().asked.at(-1)).to.equal('focus ');
  });

  it('shows a notice and no mirror for one’s own screen', async () => {
    const room = await enter(createClass(), 'teacher');
    await room.toggleScreenShare();
    await reads(room, 'You are sharing your screen', '.stage');
    expect(all(room, '.tile.screen')).to.have.lengthOf(0);
    $(room, '.sharing button').click();
    await gone(room, '.sharing');
    expect(lastCall().asked.at(-1)).to.equal('screen off');
  });

  it('says in class which device was taken back', async () => {
    const room = await enter(createClass());
    const { camera } = lastCall().getState();
    lastCall().set({ camera: { ...camera, phase: 'problem', problem: 'denied', track: null } });
    await reads(room, 'Camera: blocked by the browser', '[part~="notice"]');
  });

  it('hides the controls of a call of two after three seconds, and shows them on movement, focus and touch', async () => {
    const given = createClass();
    const room = await enter(given);
    lastCall().addPeer(given.server.as('teacher').participant);
    await waitUntil(() => $(room, '.stage').classList.contains('at-rest'), 'they go', { timeout: 4_500 });
    for (const wake of ['pointermove', 'pointerdown', 'focusin']) {
      $(room, '.stage').dispatchEvent(new Event(wake, { bubbles: true }));
      await waitUntil(() => !$(room, '.stage').classList.contains('at-rest'), `they come on ${wake}`);
      await waitUntil(() => $(room, '.stage').classList.contains('at-rest'), 'they go again', { timeout: 4_500 });
    }
  }).timeout(25_000);

  it('says how long it lasted and who was there, and lets one in again', async () => {
    const given = createClass();
    await given.server.as('luis').join();
    const room = await enter(given);
    await waitUntil(() => room.connection.state?.presence.people.size === 2);
    await room.updateComplete;
    await room.leave();
    await reads(room, 'You have left the class', '.farewell');
    expect(textOf(room, '.farewell')).to.match(/You were here for 0:0\d\. 2 people were in class/u);
    $(room, '.farewell button').click();
    await appears(room, '.stage');
    await given.server.as('teacher').send('room.end', {});
    await reads(room, 'The class is over', '.farewell');
    await waitUntil(() => lastCall().isClosed);
  });
});
