import type { RoomClient } from '@lms-live/client';
import type { CallState, DeviceProblem } from '@lms-live/client/media';
import { aTimeout, expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { LmsEvent } from '../events.js';
import {
  $,
  all,
  appears,
  createClass,
  gone,
  reads,
  rendered,
  textOf,
  type Person,
  type TestClass,
} from '../internal/testing/class.js';
import { drawnTrack, FakeCall } from '../internal/testing/fake-call.js';
import type { LmsMeetingRoom } from './meeting-room.js';

const calls: FakeCall[] = [];
const lastCall = (): FakeCall => calls.at(-1) as FakeCall;

async function open(
  given: TestClass,
  person: Person = 'anna',
  state: Partial<CallState> = {},
): Promise<LmsMeetingRoom> {
  const room = await given.mount<LmsMeetingRoom>('lms-meeting-room', person, {
    makeCall: (client: RoomClient) => {
      const call = new FakeCall(client, state);
      calls.push(call);
      return call;
    },
  });
  await appears(room, '.pre-join');
  return room;
}

async function enter(
  given: TestClass,
  person: Person = 'anna',
  state: Partial<CallState> = {},
): Promise<LmsMeetingRoom> {
  const room = await open(given, person, state);
  await room.join();
  await appears(room, '.stage');
  return room;
}

async function pick(room: LmsMeetingRoom, opener: string, label: string): Promise<void> {
  (await appears(room, opener)).click();
  const menu = await appears(room, '.menu');
  const item = [...menu.querySelectorAll('button')].find((button) => button.textContent.trim() === label);
  if (!item) throw new Error(`no “${label}” in: ${menu.textContent.replace(/\s+/gu, ' ')}`);
  item.click();
}

afterEach(() => {
  for (const call of calls.splice(0)) if (!call.isClosed) call.close();
});

describe('<lms-meeting-room> before the class', () => {
  it('is accessible, shows oneself mirrored and who is there', async () => {
    const given = createClass({ room: { policy: { 'join.muted': false } } });
    await given.server.as('teacher').join();
    const room = await open(given);
    await reads(room, 'In class: Miriam Okafor');
    await waitUntil(() => !$<HTMLVideoElement>(room, '.preview video').hidden);
    expect(getComputedStyle($(room, '.preview video')).transform).to.equal('matrix(-1, 0, 0, 1, 0, 0)');
    expect(lastCall().getState().microphone.isHeard).to.equal(true);
    lastCall().setLevel(0.5);
    expect($(room, '.meter').style.getPropertyValue('--level')).to.equal('0.50');
    await expect(room).to.be.accessible();
  });

  it('asks nobody for a microphone where the class begins muted, except the staff', async () => {
    const given = createClass({ room: { policy: { 'join.muted': true } } });
    await open(given);
    expect(lastCall().asked).not.to.include('microphone on');
    await open(given, 'teacher');
    expect(lastCall().asked).to.include('microphone on');
  });

  it('chooses devices, and joins without camera and microphone', async () => {
    const given = createClass();
    const room = await open(given, 'teacher');
    const [microphone] = all<HTMLSelectElement>(room, '.device select');
    if (!microphone) throw new Error('no microphones');
    microphone.value = 'm2';
    microphone.dispatchEvent(new Event('change'));
    expect(lastCall().getState().microphone.deviceId).to.equal('m2');
    for (const button of all(room, '.preview-controls button')) button.click();
    await room.updateComplete;
    $(room, '.enter').click();
    await appears(room, '.stage');
    expect(lastCall().getState().microphone.isHeard).to.equal(false);
    expect(lastCall().getState().camera.track).to.equal(null);
  });

  const HELP: Readonly<Record<DeviceProblem, string>> = {
    denied: 'Camera: blocked by the browser',
    dismissed: 'Camera: not allowed yet',
    'in-use': 'Camera: another program is using it',
    absent: 'Camera: none found',
    insecure: 'Camera: this page is not secure',
    unsupported: 'Camera: not supported by this browser',
    failed: 'Camera: it could not be started',
  };
  for (const [problem, sentence] of Object.entries(HELP) as [DeviceProblem, string][])
    it(`says what to do where a device is ${problem}, and lets one in as a listener`, async () => {
      const given = createClass();
      const broken = { track: null, deviceId: null, isInterrupted: false, phase: 'problem', problem } as const;
      const room = await open(given, 'anna', { camera: broken, microphone: { ...broken, isHeard: false } });
      await reads(room, sentence);
      const canTry = problem !== 'insecure' && problem !== 'unsupported';
      expect($<HTMLButtonElement>(room, '.problem button').hidden).to.equal(!canTry);
      expect(textOf(room, '.enter')).to.equal('Join as listener');
      await expect(room).to.be.accessible();
      $(room, '.enter').click();
      await appears(room, '.stage');
    });

  it('tells who is early that sound and pictures wait for the class, and blames nobody', async () => {
    const given = createClass({
      room: { state: 'open', startsAt: Date.now() + 240_000, policy: { 'entry.studentMinutes': 10 } },
    });
    const room = await open(given, 'anna', { may: { audio: false, video: false, share: false } });
    await reads(room, 'This works as soon as the class begins.', '.look');
    expect(textOf(room, '.look')).not.to.include('The teacher has not');
    await expect(room).to.be.accessible();
  });

  for (const [why, sentence] of [
    ['lobby', 'The teacher will let you in'],
    ['not_started', 'The class has not started'],
  ] as const)
    it(`keeps the preview while one waits (${why}), and comes in by itself`, async () => {
      const given = createClass({
        room: {
          title: 'Algebra I, week 5',
          ...(why === 'lobby' ? { policy: { 'join.lobby': true } } : { state: 'scheduled' }),
        },
      });
      const room = await open(given);
      await reads(room, sentence, '.pre-join');
      expect(textOf(room, 'h2')).to.equal('Algebra I, week 5');
      expect(all(room, '.enter')).to.have.lengthOf(0);
      await waitUntil(() => !$<HTMLVideoElement>(room, '.preview video').hidden);
      if (why === 'lobby') {
        const { participant } = given.server.as('anna');
        await given.server.as('teacher').send('person.admit', { participant, admitted: true });
      } else await given.server.as('teacher').send('room.start', {});
      await appears(room, '.stage');
      expect(lastCall().asked.filter((what) => what === 'join')).to.have.lengthOf(1);
    });
});

describe('<lms-meeting-room> for the staff', () => {
  it('names who waits, says it politely, and admits and declines', async () => {
    const given = createClass({ room: { policy: { 'join.lobby': true } } });
    const room = await enter(given, 'teacher');
    const [anna, luis] = [await open(given, 'anna'), await open(given, 'luis')];
    await reads(room, 'Anna Kovács', '.lobby');
    await reads(room, 'Luis Fernández', '.lobby');
    await waitUntil(
      () => all(room, '[aria-live=polite]').some((region) => region.textContent.includes('waiting to come in')),
      'it is said',
      { timeout: 4_000 },
    );
    await expect(room).to.be.accessible();
    $(room, '[aria-label="Admit Anna Kovács"]').click();
    await appears(anna, '.stage');
    $(room, '[aria-label="Decline Luis Fernández"]').click();
    await reads(room, 'Luis Fernández was not let in', '.lobby');
    expect(luis.renderRoot.querySelector('.stage')).to.equal(null);
    await reads(luis, 'You were not let in to this class.');
    $(room, '[data-undo]').click();
    await gone(room, '.lobby');
    (await appears(luis, '.gate .button')).click();
    await appears(luis, '.stage');
  });

  it('ends the class for everyone after asking, and starts it again from the farewell', async () => {
    const given = createClass();
    const room = await enter(given, 'teacher');
    await pick(room, '[data-control=leave]', 'End for everyone');
    const dialog = await appears<HTMLDialogElement>(room, 'dialog');
    dialog.querySelector<HTMLElement>('.danger')?.click();
    await waitUntil(() => room.connection.state?.views.all.room.state === 'ended');
    if (!lastCall().isClosed) lastCall().set({ phase: 'left' });
    await reads(room, 'The class is over', '.farewell');
    expect(textOf(room, '.farewell button')).to.equal('Start the class again');
    $(room, '.farewell button').click();
    await waitUntil(() => room.connection.state?.views.all.room.state === 'live');
    await appears(room, '.stage');
  });

  it('leaves full screen when the class is over, and offers students no start', async () => {
    const given = createClass();
    const room = await enter(given);
    // Full screen wants a click of a person; what counts is what the root says, and what the document is asked.
    const root = room.getRootNode() as Document;
    let exits = 0;
    const exit = root.exitFullscreen.bind(root);
    Object.defineProperty(root, 'fullscreenElement', { configurable: true, get: () => room });
    root.exitFullscreen = () => Promise.resolve(void (exits += 1));
    try {
      await given.server.as('teacher').send('room.end', {});
      await reads(room, 'The class is over', '.farewell');
      expect(exits).to.equal(1);
      expect(all(room, '.farewell button')).to.have.lengthOf(0);
    } finally {
      Reflect.deleteProperty(root, 'fullscreenElement');
      root.exitFullscreen = exit;
    }
  });

  for (const [how, heading, end] of [
    ['is over', 'The class is over', (given: TestClass) => given.server.as('teacher').send('room.end', {})],
    [
      'goes on without one, who was removed',
      'You have been removed from the class.',
      (given: TestClass) => {
        const { participant } = given.server.as('anna');
        return given.server.as('teacher').send('person.remove', { participant });
      },
    ],
    ['was left', 'You have left the class', () => lastCall().leave()],
    [
      'was in another tab',
      'The call is not open in another tab any more',
      () => lastCall().set({ phase: 'elsewhere' }),
    ],
  ] as const)
    it(`moves the focus to the heading when the class ${how}`, async () => {
      const given = createClass();
      const room = await enter(given);
      $(room, '[data-control=microphone]').focus();
      await end(given);
      await appears(room, '.gate h3');
      await waitUntil(() => room.shadowRoot?.activeElement?.localName === 'h3');
      expect(textOf(room, '.gate h3')).to.equal(heading);
    });

  it('moves the focus to the stage when the tile goes whose button had it, or whose menu was open', async () => {
    const given = createClass();
    await given.server.as('luis').join();
    const room = await enter(given, 'teacher');
    for (const isOpen of [false, true]) {
      lastCall().addPeer(given.server.as('luis').participant);
      const button = await appears(room, '.tile [aria-haspopup=menu]');
      button.focus();
      if (isOpen) {
        button.click();
        await appears(room, '.menu');
      }
      lastCall().set({ peers: [] });
      await gone(room, '.tile:not(.own)');
      const menu = room.shadowRoot?.querySelector<HTMLElement>('.menu');
      menu?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
      await waitUntil(() => room.shadowRoot?.activeElement === $(room, '.stage'), 'the stage has the focus');
    }
  });

  it('takes the focus from nobody who has gone elsewhere in the page', async () => {
    const given = createClass();
    const room = await enter(given);
    const field = document.createElement('input');
    room.parentElement?.append(field);
    $(room, '[data-control=microphone]').focus();
    field.focus();
    await given.server.as('teacher').send('room.end', {});
    await reads(room, 'The class is over', '.farewell');
    expect(document.activeElement).to.equal(field);
  });

  it('says to the staff whose hand goes up, and to everyone who shares a screen, for some seconds', async () => {
    const given = createClass();
    const { server } = given;
    await server.as('luis').join();
    await server.as('helper').join();
    const [teacher, anna] = [await enter(given, 'teacher'), await enter(given, 'anna')];
    await server.as('luis').send('hand.raise', {});
    await server.as('helper').setMedia({ share: true });
    const heard = (room: LmsMeetingRoom): string =>
      all(room, '[aria-live=polite]')
        .map((region) => region.textContent)
        .join(' ');
    await waitUntil(() => heard(teacher).includes('Luis Fernández raised a hand'), 'the hand', { timeout: 3_000 });
    for (const room of [teacher, anna])
      await waitUntil(() => heard(room).includes('Jonas Lindqvist is sharing a screen'), 'screen', { timeout: 3_000 });
    expect(heard(anna)).not.to.include('Luis');
    await waitUntil(() => heard(teacher).trim() === '', 'nothing old is left', { timeout: 9_000 });
  }).timeout(15_000);

  it('leaves hands and the door to a list of people that is in sight', async () => {
    const given = createClass({ room: { policy: { 'join.lobby': true } } });
    const { server } = given;
    const room = await enter(given, 'teacher');
    room.hasPeopleBeside = true;
    await server.as('helper').join();
    const waits = await open(given, 'anna');
    await reads(room, 'Anna Kovács', '.lobby');
    await server.as('helper').send('hand.raise', {});
    await server.as('helper').setMedia({ share: true });
    const heard = (): string =>
      all(room, '[aria-live=polite]')
        .map((region) => region.textContent)
        .join(' ');
    await waitUntil(() => heard().includes('is sharing a screen'), 'the screen', { timeout: 3_000 });
    expect(heard()).not.to.match(/raised|waiting/u);
    waits.remove();
  });

  it('removes somebody from the tile', async () => {
    const given = createClass();
    await given.server.as('luis').join();
    const room = await enter(given, 'teacher');
    lastCall().addPeer(given.server.as('luis').participant);
    await pick(room, '.tile [aria-haspopup=menu]', 'Remove from the class');
    const dialog = await appears<HTMLDialogElement>(room, 'dialog');
    expect(dialog.textContent).to.include('Remove Luis Fernández?');
    dialog.querySelector<HTMLElement>('.danger')?.click();
    await waitUntil(() => room.connection.state?.presence.count === 1);
  });

  it('gives students no menus on tiles, no end for all, and a leave button that leaves at once', async () => {
    const given = createClass();
    const room = await enter(given);
    lastCall().addPeer(given.server.as('luis').participant);
    await appears(room, '.tile:not(.own)');
    expect(all(room, '.tile [aria-haspopup]')).to.have.lengthOf(0);
    expect(all(room, '[data-control=staff]')).to.have.lengthOf(0);
    $(room, '[data-control=leave]').click();
    await reads(room, 'You have left the class');
  });
});

describe('<lms-meeting-room> when something happens', () => {
  it('brings back what was on when one comes again, and nothing more', async () => {
    const room = await enter(createClass(), 'teacher');
    await room.toggleCamera();
    await room.leave();
    await reads(room, 'You have left the class');
    $(room, '.farewell button').click();
    await appears(room, '.stage');
    expect(lastCall().getState().microphone.isHeard).to.equal(true);
    expect(lastCall().getState().camera.phase).to.equal('off');
  });

  it('does not say that one is alone where others are there without sound and pictures', async () => {
    const given = createClass();
    const room = await enter(given);
    await reads(room, 'You are the only one here', '.alone');
    await given.server.as('luis').join();
    await reads(room, '2 in class', '.alone');
  });

  it('asks before it turns on what the staff ask for, and does nothing on “Not now”', async () => {
    const given = createClass();
    const room = await enter(given);
    const by = given.server.as('teacher').participant;
    await given.server.as('teacher').join();
    await waitUntil(() => room.connection.state?.views.all.people.has(by));
    lastCall().emit('asked', { by, source: 'audio' });
    const dialog = await appears<HTMLDialogElement>(room, 'dialog');
    expect(dialog.textContent).to.include('Miriam Okafor asks you to unmute');
    dialog.querySelector<HTMLElement>('.button:not(.primary)')?.click();
    await gone(room, 'dialog');
    expect(lastCall().getState().microphone.isHeard).to.equal(false);
    lastCall().emit('asked', { by, source: 'audio' });
    (await appears(room, 'dialog .primary')).click();
    await waitUntil(() => lastCall().getState().microphone.isHeard);
  });

  it('tells who has muted one, and what has become of a device', async () => {
    const given = createClass();
    const room = await enter(given);
    await given.server.as('teacher').join();
    await waitUntil(() => room.connection.state?.views.all.people.has(given.server.as('teacher').participant));
    lastCall().emit('muted', { by: given.server.as('teacher').participant, source: 'audio' });
    await reads(room, 'Miriam Okafor has muted you.', '.toast');
    setTimeout(() => lastCall().emit('device-lost', { device: 'microphone', replacedBy: 'Headset' }));
    const { detail } = await oneEvent<LmsEvent<'lms-device-lost'>>(room, 'lms-device-lost');
    expect(detail).to.deep.equal({ device: 'microphone', replacedBy: 'Headset' });
    await reads(room, 'Microphone: now Headset.', '.toast');
  });

  it('keeps stage and call while the connection is mended', async () => {
    const given = createClass();
    const room = await enter(given);
    const session = lastCall().addPeer(given.server.as('luis').participant);
    const call = lastCall();
    given.server.stop();
    await reads(room, 'Reconnecting');
    expect(all(room, `[data-key="${session}"]`)).to.have.lengthOf(1);
    await room.toggleMicrophone();
    expect(call.getState().microphone.isHeard).to.equal(true);
    given.server.start();
    await waitUntil(() => room.matches(':state(online)'), 'it comes back', { timeout: 8_000 });
    await reads(room, 'Connected again', '.toast');
    expect(calls).to.deep.equal([call]);
    expect(call.getState().phase).to.equal('joined');
  });

  it('says what becomes of a link, and tries one again that is limited', async () => {
    const given = createClass();
    const room = await enter(given);
    const session = lastCall().addPeer(given.server.as('luis').participant, { link: 'reconnecting' });
    await reads(room, 'Reconnecting…', `[data-key="${session}"]`);
    lastCall().setPeer(session, { link: 'limited' });
    await reads(room, 'No sound or picture comes through.', `[data-key="${session}"]`);
    $(room, '.veil button').click();
    expect(lastCall().asked).to.include(`retry ${session}`);
    lastCall().setPeer(session, { link: 'connected' });
    await gone(room, '.veil');
  });

  it('says that the call is open in another tab, and when it is no longer, and takes it over', async () => {
    const given = createClass();
    const room = await enter(given);
    await given.server.as('anna').setMedia({});
    await waitUntil(() => room.connection.state?.media.sessions.size === 1);
    lastCall().set({ phase: 'elsewhere' });
    await reads(room, 'The call is open in another tab');
    await expect(room).to.be.accessible();
    await given.server.as('anna').setMedia(null);
    await reads(room, 'The call is not open in another tab any more', '.elsewhere h3');
    await expect(room).to.be.accessible();
    $(room, '.elsewhere button').click();
    await appears(room, '.stage');
  });

  for (const [mode, sentence] of [
    ['audio', 'Cameras are full'],
    ['none', 'The call is full'],
  ] as const)
    it(`says what one takes part in where the mode is ${mode}, and why a control does nothing`, async () => {
      const none = { audio: mode === 'audio', video: false, share: mode === 'audio' };
      const room = await enter(createClass(), 'anna', { mode, may: none });
      await reads(room, sentence, '.notices');
      const camera = $(room, '[data-control=camera]');
      lastCall().set({ camera: { ...lastCall().getState().camera, phase: 'off', track: null } });
      await waitUntil(() => camera.getAttribute('aria-disabled') === 'true');
      camera.click();
      await reads(room, sentence, '.complaint');
      await expect(room).to.be.accessible();
    });

  it('says so where the browser has no WebRTC', async () => {
    const none = { audio: false, video: false, share: false };
    const room = await enter(createClass(), 'anna', { mode: 'none', may: none, isSupported: false });
    await reads(room, 'WebRTC is switched off', '.notices');
  });

  it('wants a tap where the browser refuses sound, and plays then', async () => {
    const given = createClass();
    const room = await enter(given);
    const play = HTMLMediaElement.prototype.play;
    let isRefused = true;
    HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
      if (this instanceof HTMLAudioElement && isRefused) return Promise.reject(new DOMException('', 'NotAllowedError'));
      return play.call(this);
    };
    try {
      const context = new AudioContext();
      const track = context.createMediaStreamDestination().stream.getAudioTracks()[0] ?? null;
      lastCall().addPeer(given.server.as('luis').participant, { microphoneTrack: track });
      const tap = await appears(room, '.tap');
      isRefused = false;
      tap.click();
      await gone(room, '.tap');
      await context.close();
    } finally {
      HTMLMediaElement.prototype.play = play;
    }
  });

  it('floats reactions over the tile, and takes them away', async () => {
    const given = createClass();
    await given.server.as('luis').join();
    const room = await enter(given);
    const session = lastCall().addPeer(given.server.as('luis').participant);
    await appears(room, `[data-key="${session}"]`);
    given.server.as('luis').signal('reaction', { emoji: '👏' });
    await appears(room, `[data-key="${session}"] .floating`);
    await reads(room, 'Luis Fernández reacts with 👏', '[aria-live=polite]:last-of-type');
    await gone(room, '.floating');
  });

  it('keeps some letters of each name on tiles of 80 px, with a hand up and a poor connection', async () => {
    const given = createClass();
    for (const person of ['teacher', 'luis', 'helper'] as const) {
      await given.server.as(person).join();
      await given.server.as(person).send('hand.raise', {});
    }
    const room = await enter(given);
    room.style.setProperty('width', '360px');
    room.style.setProperty('height', '250px');
    for (const person of ['teacher', 'luis', 'helper'] as const)
      lastCall().addPeer(given.server.as(person).participant, { audio: false, quality: 1 });
    await waitUntil(() => all(room, '.tile').length === 4 && all(room, '.hand-up').length === 3);
    await aTimeout(300);
    for (const tile of all(room, '.tile')) {
      const plate = tile.querySelector('.plate') as HTMLElement;
      expect(plate.querySelector('bdi')?.clientWidth, String(tile.clientWidth)).to.be.at.least(28);
      expect(plate.getBoundingClientRect().right).to.be.at.most(tile.getBoundingClientRect().right);
    }
    await expect(room).to.be.accessible();
  });

  it('says how many have no place in the strip, and names whom it pins', async () => {
    const given = createClass();
    const room = await enter(given);
    room.style.setProperty('width', '360px');
    room.style.setProperty('height', '420px');
    for (let index = 0; index < 9; index += 1) lastCall().addPeer(`p${index}`);
    lastCall().addPeer(given.server.as('luis').participant, { share: true, screenTrack: drawnTrack(90) });
    await appears(room, '.tile.screen');
    await waitUntil(() => all(room, '.tile.no-place').length > 0);
    const hidden = all(room, '.tile.no-place').length;
    expect(textOf(room, '.unplaced')).to.equal(`+${hidden}${hidden} more`);
    lastCall().set({ peers: lastCall().getState().peers.slice(-1) });
    await waitUntil(() => $(room, '.unplaced').hidden);
    const labels = all(room, '.tile .tool').map((tool) => tool.ariaLabel);
    expect(labels).to.include('Pin Anna Kovács (you) for me');
  });

  it('offers the layouts as a choice of one', async () => {
    const room = await enter(createClass());
    room.style.setProperty('width', '1000px');
    await pick(room, '[data-control=layout]', 'Speaker');
    (await appears(room, '[data-control=layout]')).click();
    const items = [...(await appears(room, '.menu')).querySelectorAll('[role=menuitemradio]')];
    expect(items.map((item) => item.ariaChecked)).to.deep.equal(['false', 'false', 'true']);
  });

  it('shows one’s place in the queue of hands', async () => {
    const given = createClass();
    await given.server.as('luis').join();
    await given.server.as('luis').send('hand.raise', {});
    const room = await enter(given);
    $(room, '[data-control=hand]').click();
    await waitUntil(() => $(room, '[data-control=hand]').getAttribute('aria-pressed') === 'true');
    expect($(room, '[data-control=hand]').getAttribute('aria-label')).to.equal('Your hand is up, number 2');
    expect(textOf(room, '.tile.own .hand-up')).to.equal('2');
  });

  it('marks who speaks without a render', async () => {
    const given = createClass();
    const room = await enter(given);
    const session = lastCall().addPeer(given.server.as('luis').participant);
    const tile = await appears(room, `[data-key="${session}"]`);
    await rendered(room);
    lastCall().levels.set(session, 0.4);
    await waitUntil(() => tile.classList.contains('speaking'));
    lastCall().levels.set(session, 0);
    await waitUntil(() => !tile.classList.contains('speaking'), 'silence', { timeout: 3_000 });
  });

  it('puts what has no place into a menu at 280 px, with targets of 44 px', async () => {
    const room = await enter(createClass(), 'teacher');
    room.style.setProperty('width', '280px');
    await waitUntil(() => all(room, '.controls > button:not([hidden])').length <= 5, 'they fit');
    await aTimeout(300);
    for (const button of all(room, '.controls > button:not([hidden])')) {
      const { width, height, right } = button.getBoundingClientRect();
      expect(Math.min(width, height)).to.be.at.least(44);
      expect(right).to.be.at.most(room.getBoundingClientRect().right);
    }
    await pick(room, '[data-control=more]', 'Devices and quality');
    await appears(room, 'dialog.settings');
    await expect(room).to.be.accessible();
    $<HTMLInputElement>(room, 'dialog input[type=radio]:not(:checked)').click();
    expect(lastCall().getState().quality).to.equal('low');
  });
});
