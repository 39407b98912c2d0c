import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../testing/fake-clock.js';
import { Devices } from './devices.js';
import { createMediaEnvironment } from './environment.js';
import { FakeDevices, named } from './testing/fake-devices.js';
import type { MediaEnvironment } from './types.js';

const NONE = { devices: null };
const BOTH = { microphone: true, camera: true };

let clock: FakeClock;
let fake: FakeDevices;
let lost: (readonly [string, string | null])[];
let ended: number;
beforeEach(() => {
  clock = new FakeClock();
  fake = new FakeDevices();
  lost = [];
  ended = 0;
});

function create(environment: Partial<MediaEnvironment> = {}): Devices {
  const { setTimer, clearTimer } = clock;
  return new Devices({
    environment: createMediaEnvironment({ ...fake.environment, setTimer, clearTimer, ...environment }),
    changed: () => undefined,
    lost: (device, replacedBy) => void lost.push([device, replacedBy]),
    shareEnded: () => void (ended += 1),
  });
}

const problems = ({ microphone, camera }: Devices): unknown[] => [microphone.problem, camera.problem];
const phases = ({ microphone, camera }: Devices): unknown[] => [microphone.phase, camera.phase];

describe('why a device gives nothing', () => {
  test('the person, or the browser, has denied it', async () => {
    fake.permission = { microphone: 'denied', camera: 'denied' };
    const devices = create();
    await devices.start(BOTH);
    expect(problems(devices)).toEqual(['denied', 'denied']);
    expect(fake.asked).toHaveLength(1);
  });

  test('the question was dismissed: it may be asked again, and is not at once', async () => {
    fake.permission = { microphone: 'prompt', camera: 'prompt' };
    const devices = create();
    const started = devices.start(BOTH);
    await settle();
    fake.questions[0]?.answer('dismiss');
    await started;
    expect(problems(devices)).toEqual(['dismissed', 'dismissed']);
    expect(fake.asked).toHaveLength(1);
  });

  test.each([
    ['NotReadableError', '', 'in-use'],
    ['AbortError', '', 'in-use'],
    ['NotFoundError', '', 'absent'],
    ['NotAllowedError', 'Permission denied by system', 'denied'],
    ['TypeError', '', 'unsupported'],
    ['UnknownError', '', 'failed'],
  ])('%s %s is %s', async (name, message, problem) => {
    fake.permission = { microphone: 'prompt', camera: 'prompt' };
    fake.error = named(name, message);
    const devices = create();
    await devices.setCamera(true);
    expect(devices.camera).toMatchObject({ phase: 'problem', problem, track: null });
  });

  test('a page without TLS has none, nor has an old browser', async () => {
    const insecure = create({ ...NONE, isSecure: false });
    await insecure.start(BOTH);
    await insecure.setScreen(true);
    expect(problems(insecure)).toEqual(['insecure', 'insecure']);
    expect(insecure.screen.problem).toBe('insecure');
    const old = create({ ...NONE, isSecure: true });
    await old.start(BOTH);
    expect(problems(old)).toEqual(['unsupported', 'unsupported']);
  });

  test('where the browser does not tell of permissions, a refusal is a denial', async () => {
    fake.permission = { microphone: 'denied', camera: 'denied' };
    const devices = create({ queryPermission: async () => null });
    await devices.start(BOTH);
    expect(problems(devices)).toEqual(['denied', 'denied']);
  });

  test('asked again after a problem, it starts anew', async () => {
    fake.busy.add('cam-1');
    const devices = create();
    await devices.setCamera(true);
    expect(devices.camera.problem).toBe('in-use');
    fake.busy.clear();
    await devices.setCamera(true);
    expect(devices.camera).toMatchObject({ phase: 'on', problem: null });
  });
});

describe('a microphone and a camera together', () => {
  test('without a camera the microphone is there', async () => {
    fake.list = fake.list.filter(({ kind }) => kind !== 'videoinput');
    const devices = create();
    await devices.start(BOTH);
    expect(phases(devices)).toEqual(['on', 'problem']);
    expect(devices.camera.problem).toBe('absent');
  });

  test('a camera that another program holds does not take the microphone along', async () => {
    fake.busy.add('cam-1');
    const devices = create();
    await devices.start(BOTH);
    expect(phases(devices)).toEqual(['on', 'problem']);
    expect(devices.camera.problem).toBe('in-use');
    expect(fake.live).toEqual(['Laptop microphone']);
  });

  test('a camera that was denied on another day does not either', async () => {
    fake.permission = { microphone: 'granted', camera: 'denied' };
    const devices = create();
    await devices.start(BOTH);
    expect(phases(devices)).toEqual(['on', 'problem']);
    expect(devices.camera.problem).toBe('denied');
    expect(fake.asked).toHaveLength(2);
  });

  test('nor does a microphone take the camera along', async () => {
    fake.permission = { microphone: 'denied', camera: 'granted' };
    const devices = create();
    await devices.start(BOTH);
    expect(phases(devices)).toEqual(['problem', 'on']);
    fake.permission = { microphone: 'denied', camera: 'prompt' };
    const later = create();
    const started = later.start(BOTH);
    await settle();
    fake.questions[0]?.answer('grant');
    await started;
    expect(phases(later)).toEqual(['problem', 'on']);
  });

  test('one that is turned off while the browser asks is stopped when it comes, the other stays', async () => {
    fake.permission = { microphone: 'prompt', camera: 'prompt' };
    const devices = create();
    const started = devices.start(BOTH);
    await settle();
    await devices.setCamera(false);
    expect(phases(devices)).toEqual(['starting', 'off']);
    fake.questions[0]?.answer('grant');
    await started;
    expect(phases(devices)).toEqual(['on', 'off']);
    expect(fake.live).toEqual(['Laptop microphone']);
  });

  test('nothing more is asked once both were turned off', async () => {
    fake.permission = { microphone: 'prompt', camera: 'prompt' };
    const devices = create();
    const started = devices.start(BOTH);
    await settle();
    devices.releaseAll();
    // It is denied, and one of them alone might be had.
    fake.permission = { microphone: 'granted', camera: 'prompt' };
    fake.questions[0]?.answer('dismiss');
    await started;
    expect(fake.asked).toHaveLength(1);
    expect(phases(devices)).toEqual(['off', 'off']);
  });

  test('a camera that is being asked for already is not asked for twice', async () => {
    fake.permission = { microphone: 'prompt', camera: 'prompt' };
    const devices = create();
    const camera = devices.setCamera(true);
    const both = devices.start(BOTH);
    await settle();
    expect(fake.asked.map((asked) => Object.keys(asked))).toEqual([['video'], ['audio']]);
    for (const { answer } of fake.questions) answer('grant');
    await Promise.all([camera, both]);
    expect(fake.live).toHaveLength(2);
    devices.releaseAll();
    expect(fake.live).toEqual([]);
  });
});

describe('turning off and on', () => {
  test('off and on again while the browser asks is one question', async () => {
    fake.permission.camera = 'prompt';
    const devices = create();
    const first = devices.setCamera(true);
    await devices.setCamera(false);
    const second = devices.setCamera(true);
    expect(devices.camera.phase).toBe('starting');
    fake.questions[0]?.answer('grant');
    await Promise.all([first, second]);
    expect(fake.asked).toHaveLength(1);
    expect(devices.camera.phase).toBe('on');
    expect(fake.live).toEqual(['Laptop camera']);
  });

  test('muting a microphone that is being asked for ends the wish for it', async () => {
    fake.permission.microphone = 'prompt';
    const devices = create();
    const started = devices.setMicrophone(true);
    await devices.setMicrophone(false);
    fake.questions[0]?.answer('grant');
    await started;
    expect(devices.microphone.phase).toBe('off');
    expect(fake.live).toEqual([]);
  });

  test('what the system takes away for a while is shown, and comes back', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.tracks[0]?.interrupt(true);
    expect(devices.microphone).toMatchObject({ phase: 'on', isInterrupted: true, isHeard: false });
    fake.tracks[0]?.interrupt(false);
    expect(devices.microphone).toMatchObject({ isInterrupted: false, isHeard: true });
  });
});

describe('a device that goes', () => {
  test('is replaced by another one, and named', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.unplug('cam-1');
    await settle();
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
    expect(lost).toEqual([['camera', 'Document camera']]);
    expect(fake.live).toEqual(['Laptop microphone', 'Document camera']);
    await clock.advance(1_000);
    expect(devices.choices.cameras.map(({ deviceId }) => deviceId)).toEqual(['cam-2']);
    expect(clock.timers).toBe(0);
  });

  test('while muted, its replacement is muted too', async () => {
    const devices = create();
    await devices.start(BOTH);
    await devices.setMicrophone(false);
    fake.unplug('mic-1');
    await settle();
    expect(devices.microphone).toMatchObject({ phase: 'on', deviceId: 'mic-2', isHeard: false });
    expect(fake.tracks.at(-1)?.enabled).toBe(false);
  });

  test('and has no replacement is named, and off', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.list = fake.list.filter(({ deviceId }) => deviceId !== 'cam-2');
    fake.unplug('cam-1');
    await settle();
    expect(devices.camera).toMatchObject({ phase: 'problem', problem: 'absent', track: null });
    expect(lost).toEqual([['camera', null]]);
  });

  test('is tried once more where its replacement is not ready yet', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.busy.add('cam-2');
    fake.unplug('cam-1');
    await settle();
    expect(devices.camera.phase).toBe('starting');
    fake.busy.clear();
    await clock.advance(400);
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
    expect(lost).toEqual([['camera', 'Document camera']]);
  });

  test('is named within a second even where the browser asks before it gives another one', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.asksAlways = true;
    fake.unplug('cam-1');
    await clock.advance(1_000);
    expect(lost).toEqual([['camera', null]]);
    fake.questions[0]?.answer('grant');
    await settle();
    expect(devices.camera.phase).toBe('on');
    // Another one has come after all.
    expect(lost).toEqual([
      ['camera', null],
      ['camera', 'Document camera'],
    ]);
  });

  test('without an end of its track is noticed by the list', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.list = fake.list.filter(({ deviceId }) => deviceId !== 'mic-1');
    fake.dispatchEvent(new Event('devicechange'));
    await clock.advance(300);
    expect(devices.microphone).toMatchObject({ phase: 'on', deviceId: 'mic-2' });
    expect(lost).toEqual([['microphone', 'Headset']]);
    expect(fake.live).toEqual(['Laptop camera', 'Headset']);
  });

  test('by a permission that was taken back is denied, and not asked for again', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.revoke('camera', 'denied');
    await settle();
    expect(devices.camera).toMatchObject({ phase: 'problem', problem: 'denied' });
    fake.revoke('microphone', 'prompt');
    await settle();
    expect(devices.microphone).toMatchObject({ phase: 'problem', problem: 'denied' });
    expect(fake.asked).toHaveLength(1);
    expect(lost).toEqual([]);
  });

  test('and is there again at once was not lost', async () => {
    const devices = create();
    await devices.start(BOTH);
    const [before] = fake.tracks;
    before?.end();
    await settle();
    expect(devices.microphone).toMatchObject({ phase: 'on', deviceId: 'mic-1', isHeard: true });
    expect(devices.microphone.track).not.toBe(before);
    expect(lost).toEqual([]);
  });

  test('and is turned off meanwhile leaves nothing', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.busy.add('cam-2');
    fake.unplug('cam-1');
    await settle();
    devices.releaseAll();
    await settle();
    expect(clock.timers).toBe(0);
    expect([lost, fake.live]).toEqual([[], []]);
    await devices.setCamera(true);
    expect(devices.camera.problem).toBe('in-use');
  });
});

describe('choosing', () => {
  test('another camera replaces the one that is on, which is on until then', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.asksAlways = true;
    const chosen = devices.choose('camera', 'cam-2');
    await settle();
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-1' });
    fake.questions[0]?.answer('grant');
    await chosen;
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
    expect(fake.live).toEqual(['Laptop microphone', 'Document camera']);
    expect(lost).toEqual([]);
  });

  test('the first may end while the second is being opened', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.asksAlways = true;
    const chosen = devices.choose('camera', 'cam-2');
    await settle();
    fake.tracks[1]?.end();
    await settle();
    expect(fake.questions).toHaveLength(1);
    fake.questions[0]?.answer('grant');
    await chosen;
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
    expect([lost, fake.live]).toEqual([[], ['Laptop microphone', 'Document camera']]);
  });

  test('a muted microphone stays muted', async () => {
    const devices = create();
    await devices.start(BOTH);
    await devices.setMicrophone(false);
    await devices.choose('microphone', 'mic-2');
    expect(devices.microphone).toMatchObject({ deviceId: 'mic-2', isHeard: false });
    expect(fake.tracks.at(-1)?.enabled).toBe(false);
  });

  test('a phone that opens one camera at a time closes the first', async () => {
    const devices = create({
      devices: {
        ...oneAtATime(),
        enumerateDevices: fake.enumerateDevices,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
    });
    await devices.start(BOTH);
    await devices.choose('camera', 'cam-2');
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
    expect(fake.live).toEqual(['Laptop microphone', 'Document camera']);
  });

  test('one that cannot be had leaves the one that is on', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.permission.camera = 'denied';
    await devices.choose('camera', 'cam-2');
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-1' });
    expect(fake.live).toHaveLength(2);
  });

  test('one that is held by another program is given up for another', async () => {
    const devices = create();
    await devices.start(BOTH);
    fake.busy.add('cam-2');
    await devices.choose('camera', 'cam-2');
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-1' });
    expect(fake.live).toEqual(['Laptop microphone', 'Laptop camera']);
  });

  test('after a problem, another one is tried at once', async () => {
    fake.busy.add('cam-1');
    const devices = create();
    await devices.setCamera(true);
    await devices.choose('camera', 'cam-2');
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-2' });
  });

  test('while off, it is the one that will be', async () => {
    const devices = create();
    await devices.choose('camera', 'cam-2');
    expect([devices.camera.deviceId, fake.asked]).toEqual(['cam-2', []]);
    await devices.setCamera(true);
    expect(devices.camera.deviceId).toBe('cam-2');
  });

  test('one that is gone is replaced by the default one', async () => {
    const devices = create();
    await devices.choose('camera', 'cam-9');
    await devices.setCamera(true);
    expect(devices.camera).toMatchObject({ phase: 'on', deviceId: 'cam-1' });
    expect(fake.asked.map(({ video }) => (video as MediaTrackConstraints).deviceId)).toEqual([
      { exact: 'cam-9' },
      undefined,
    ]);
  });

  test('is remembered for the next visit, as a preference', async () => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    };
    const first = create({ storage });
    await first.choose('camera', 'cam-2');
    first.chooseSpeaker('out-1');
    const second = create({ storage });
    expect([second.camera.deviceId, second.speakerId]).toEqual(['cam-2', null]);
    await second.start(BOTH);
    expect(second.camera.deviceId).toBe('cam-2');
    // Now it is known to be there.
    expect(second.speakerId).toBe('out-1');
    expect(fake.asked[0]?.video).toMatchObject({ deviceId: { ideal: 'cam-2' } });
  });

  test.each(['{', '[1]', '{"camera":7}', 'null'])('a stored %s is no choice', async (text) => {
    const devices = create({ storage: { getItem: () => text, setItem: () => undefined } });
    await devices.start(BOTH);
    expect(devices.camera.deviceId).toBe('cam-1');
  });

  test('holds for the visit where nothing may be stored', async () => {
    const refused = (): never => {
      throw named('QuotaExceededError');
    };
    const devices = create({ storage: { getItem: refused, setItem: refused } });
    await devices.choose('microphone', 'mic-2');
    await devices.setMicrophone(true);
    expect(devices.microphone.deviceId).toBe('mic-2');
  });

  test('many devices that come at once are read once, and their lists stay where they are the same', async () => {
    const devices = create();
    await devices.start(BOTH);
    const before = devices.choices;
    let readings = 0;
    const { enumerateDevices } = fake;
    fake.enumerateDevices = () => {
      readings += 1;
      return enumerateDevices();
    };
    fake.plug('audioinput', 'mic-3', 'Dock');
    fake.plug('audiooutput', 'out-3', 'Dock');
    fake.plug('audiooutput', 'communications', 'Communications');
    await clock.advance(500);
    expect(readings).toBe(1);
    expect(devices.choices.microphones.map(({ label }) => label)).toEqual(['Laptop microphone', 'Headset', 'Dock']);
    expect(devices.choices.speakers.map(({ label }) => label)).toEqual(['Speakers', 'Dock']);
    expect(devices.choices.cameras).toBe(before.cameras);
  });
});

describe('a screen', () => {
  test('is shared with its sound, and ended by the page', async () => {
    const devices = create();
    const shared = devices.setScreen(true);
    fake.questions[0]?.answer('grant');
    await shared;
    const [picture, sound] = fake.tracks;
    expect(devices.screen).toMatchObject({ phase: 'on', track: picture, soundTrack: sound });
    expect([picture?.contentHint, sound?.contentHint]).toEqual(['detail', 'music']);
    await devices.setScreen(false);
    expect(devices.screen).toMatchObject({ phase: 'off', track: null, soundTrack: null });
    expect([fake.live, ended]).toEqual([[], 0]);
  });

  test('ended by the bar of the browser, it is told', async () => {
    const devices = create();
    const shared = devices.setScreen(true);
    fake.questions[0]?.answer('grant');
    await shared;
    fake.tracks[0]?.end();
    expect([devices.screen.phase, fake.live, ended]).toEqual(['off', [], 1]);
  });

  test('goes on without its sound where that ends alone', async () => {
    const devices = create();
    const shared = devices.setScreen(true);
    fake.questions[0]?.answer('grant');
    await shared;
    fake.tracks[1]?.end();
    expect(devices.screen).toMatchObject({ phase: 'on', soundTrack: null });
  });

  test('whose picker was closed is dismissed', async () => {
    const devices = create();
    const shared = devices.setScreen(true);
    fake.questions[0]?.answer('dismiss');
    await shared;
    expect(devices.screen).toMatchObject({ phase: 'problem', problem: 'dismissed' });
  });

  test('that comes after it was given up is stopped', async () => {
    const devices = create();
    const shared = devices.setScreen(true);
    devices.releaseAll();
    fake.questions[0]?.answer('grant');
    await shared;
    expect([devices.screen.phase, fake.live]).toEqual(['off', []]);
  });

  test('cannot be shared where the browser has no way', async () => {
    const { getUserMedia, enumerateDevices } = fake;
    const listener = (): undefined => undefined;
    const phone = { getUserMedia, enumerateDevices, addEventListener: listener, removeEventListener: listener };
    const devices = create({ devices: phone });
    await devices.setScreen(true);
    expect(devices.screen).toMatchObject({ phase: 'problem', problem: 'unsupported' });
  });
});

/** As on a phone: a camera is not given while another is on. */
function oneAtATime(): Pick<MediaDevices, 'getUserMedia'> {
  return {
    getUserMedia: async (constraints = {}) => {
      const isOn = fake.tracks.some(({ kind, readyState }) => kind === 'video' && readyState === 'live');
      if (constraints.video && isOn) throw named('NotReadableError');
      return fake.getUserMedia(constraints);
    },
  };
}
