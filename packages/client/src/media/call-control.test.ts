import { afterEach, describe, expect, test } from 'vitest';
import { startsMuted } from './call-rights.js';
import { CallPage, type CallTab } from './testing/call-page.js';

let page: CallPage;
afterEach(async () => {
  await page.end();
});

const wishOf = ({ wishes }: CallTab): unknown => wishes.at(-1);
const ownOf = ({ room }: CallTab) => room.getState().media.own;

/** A tab that is in the class, with microphone and camera on. */
async function joined(person = 'anna', another = false): Promise<CallTab> {
  const tab = await page.tab(person, { another });
  await Promise.all([tab.call.preview(), page.pass()]);
  await Promise.all([tab.call.join(), page.pass()]);
  return tab;
}

describe('before Join', () => {
  test('asks nothing and tells nothing until it is wanted', async () => {
    page = new CallPage();
    const { call, devices, wishes, meshes } = await page.tab('anna');
    expect(call.getState()).toMatchObject({ phase: 'idle', mode: null, peers: [], ownQuality: null });
    expect([devices.asked, wishes, meshes]).toEqual([[], [], []]);
  });

  test('the pre-join asks for both devices in one question, and warms', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    const { call, devices, meshes } = tab;
    await call.preview();
    expect(devices.asked).toHaveLength(1);
    expect(devices.asked[0]).toMatchObject({ audio: { echoCancellation: true }, video: { width: { ideal: 1_280 } } });
    expect(call.getState()).toMatchObject({
      phase: 'preview',
      microphone: { phase: 'on', isHeard: true, deviceId: 'mic-1' },
      camera: { phase: 'on', deviceId: 'cam-1' },
      screen: { phase: 'off' },
    });
    expect(call.getState().choices.cameras.map(({ label }) => label)).toEqual(['Laptop camera', 'Document camera']);
    expect(wishOf(tab)).toEqual({ live: false, audio: false, video: false, share: false });
    expect(meshes[0]?.told).toEqual(['quality auto', 'focus ', 'prepare', 'announce']);
    expect(meshes[0]?.tracks).toBeNull();
    await page.pass();
    expect(ownOf(tab)).toMatchObject({ live: false, mode: 'video' });
    expect(call.getState().mode).toBe('video');
  });

  test('where nothing is to be warmed, asks the room for nothing and has the offers ready', async () => {
    page = new CallPage();
    const { call, wishes, meshes } = await page.tab('anna', { warm: false });
    await call.preview({ microphone: true });
    expect(wishes).toEqual([]);
    expect(meshes.map(({ told }) => told)).toEqual([['quality auto', 'focus ', 'prepare']]);
    expect(call.getState()).toMatchObject({ microphone: { phase: 'on' }, camera: { phase: 'off' } });
  });

  test('without WebRTC one comes in all the same, and nothing is asked for, told or made', async () => {
    page = new CallPage();
    const tab = await page.tab('anna', { environment: { hasPeerConnections: false } });
    const { call, room, devices, wishes, meshes } = tab;
    await call.preview();
    await Promise.all([call.join(), page.pass()]);
    expect(room.getState().joined).toBe(true);
    expect(call.getState()).toMatchObject({ phase: 'joined', mode: 'none', isSupported: false, peers: [] });
    await call.setCamera(true);
    expect([devices.asked, wishes, meshes]).toEqual([[], [], []]);
    await Promise.all([call.leave(), page.pass()]);
    expect(call.getState().phase).toBe('left');
  });

  test('asks for no device that may not be used', async () => {
    page = new CallPage({ room: { policy: { 'media.students': { value: 'audio' } } } });
    const { call, devices } = await page.tab('anna');
    await call.preview();
    expect(devices.asked.map((constraints) => Object.keys(constraints))).toEqual([['audio']]);
    expect(call.getState().may).toEqual({ audio: true, video: false, share: false });
    await call.setCamera(true);
    expect(call.getState().camera.phase).toBe('off');
  });

  test('students come in muted where the class says so, staff do not', async () => {
    page = new CallPage();
    const [student, teacher] = [await page.tab('anna'), await page.tab('instructor')];
    expect([student, teacher].map(({ room }) => startsMuted(room.getState()))).toEqual([true, false]);
  });

  test('the same parts of the state are the same objects, and one turn is told once', async () => {
    page = new CallPage();
    const { call } = await page.tab('anna');
    await call.preview();
    const before = call.getState();
    let told = 0;
    call.subscribe(() => (told += 1));
    await call.setCamera(false);
    await page.pass();
    const after = call.getState();
    expect(told).toBe(1);
    expect(Object.isFrozen(after)).toBe(true);
    expect(after.microphone).toBe(before.microphone);
    expect(after.choices).toBe(before.choices);
    expect(after.may).toBe(before.may);
  });
});

describe('Join', () => {
  test('tells the room, announces the offers and sends the tracks in one turn', async () => {
    page = new CallPage();
    const tab = await page.tab('anna', { warm: false });
    await tab.call.preview();
    const entered = tab.call.join();
    expect(tab.call.getState().phase).toBe('joining');
    expect(wishOf(tab)).toEqual({ live: true, audio: true, video: true, share: false });
    expect(tab.meshes[0]?.told).toEqual(['quality auto', 'focus ', 'prepare', 'announce', 'setTracks']);
    expect(tab.meshes[0]?.tracks?.microphone).toBe(tab.devices.tracks[0]);
    await Promise.all([entered, page.pass()]);
    expect(tab.call.getState()).toMatchObject({ phase: 'joined', mode: 'video' });
    expect(ownOf(tab)).toMatchObject({ live: true, audio: true, video: true, share: false });
  });

  test('without a device joins as a listener', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    tab.devices.list = [];
    await tab.call.preview();
    await Promise.all([tab.call.join(), page.pass()]);
    expect(tab.call.getState()).toMatchObject({
      phase: 'joined',
      microphone: { phase: 'problem', problem: 'absent' },
      camera: { phase: 'problem', problem: 'absent' },
    });
    expect(ownOf(tab)).toMatchObject({ live: true, audio: false, video: false });
  });

  test('a refusal is thrown, and leads back to the pre-join with its devices', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    await tab.call.preview();
    page.page.server.refuseNext('forbidden');
    const refused = expect(tab.call.join()).rejects.toMatchObject({ code: 'forbidden' });
    await page.pass();
    await refused;
    expect(tab.call.getState()).toMatchObject({ phase: 'preview', camera: { phase: 'on' } });
    expect(wishOf(tab)).toMatchObject({ live: false });
  });

  test('at a closed door it waits with its devices on, and comes in when it is let in', async () => {
    page = new CallPage({ room: { policy: { 'join.lobby': { value: true } } } });
    const tab = await page.tab('anna');
    await tab.call.preview();
    const entered = tab.call.join();
    await page.pass(1_000);
    expect(tab.room.getState().connection.state).toBe('waiting');
    expect(tab.call.getState()).toMatchObject({ phase: 'joining', camera: { phase: 'on' } });
    await tab.call.setCamera(false);
    const { participant } = page.page.server.as('anna');
    await page.page.server.as('instructor').send('person.admit', { participant, admitted: true });
    await Promise.all([entered, page.pass(1_000)]);
    expect(tab.call.getState()).toMatchObject({ phase: 'joined', mode: 'video' });
    expect(ownOf(tab)).toMatchObject({ live: true, audio: true, video: false });
  });

  test('given up by leaving, it settles and nothing is left on', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    page.page.server.isSilent = true;
    await tab.call.preview();
    const entered = tab.call.join();
    await page.pass();
    const left = tab.call.leave();
    await entered;
    expect(tab.call.getState().phase).toBe('left');
    expect(tab.devices.live).toEqual([]);
    page.page.server.isSilent = false;
    await Promise.all([left, page.pass(1_000)]);
    expect(wishOf(tab)).toBeNull();
  });

  test('leaving lets go of everything, and the class may be entered again', async () => {
    page = new CallPage();
    const tab = await joined();
    await Promise.all([tab.call.leave(), page.pass()]);
    expect(tab.call.getState()).toMatchObject({ phase: 'left', mode: null, camera: { phase: 'off', track: null } });
    expect(tab.devices.live).toEqual([]);
    expect(tab.devices.listeners).toBe(0);
    expect(tab.meshes[0]?.isClosed).toBe(true);
    expect([ownOf(tab), tab.room.getState().joined]).toEqual([null, false]);
    await Promise.all([tab.call.join(), page.pass()]);
    expect(tab.call.getState().phase).toBe('joined');
    expect(tab.meshes).toHaveLength(2);
  });
});

describe('in the class', () => {
  test('a muted microphone keeps its track and is heard again at once', async () => {
    page = new CallPage();
    const tab = await joined();
    const [track] = tab.devices.tracks;
    void tab.call.setMicrophone(false);
    expect(track?.enabled).toBe(false);
    expect(tab.call.getState().microphone).toMatchObject({ phase: 'on', isHeard: false, track });
    expect(wishOf(tab)).toMatchObject({ audio: false });
    void tab.call.setMicrophone(true);
    expect(track?.enabled).toBe(true);
    expect(wishOf(tab)).toMatchObject({ audio: true });
    expect(tab.devices.asked).toHaveLength(1);
    expect(tab.meshes[0]?.told.filter((what) => what === 'setTracks')).toHaveLength(1);
  });

  test('a camera that is off is let go, and captured again', async () => {
    page = new CallPage();
    const tab = await joined();
    await tab.call.setCamera(false);
    expect(tab.devices.live).toEqual(['Laptop microphone']);
    expect(tab.meshes[0]?.tracks?.camera).toBeNull();
    await tab.call.setCamera(true);
    expect(tab.devices.live).toEqual(['Laptop microphone', 'Laptop camera']);
    expect(wishOf(tab)).toMatchObject({ video: true });
  });

  test('the first unmute asks for the microphone', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    await Promise.all([tab.call.join(), page.pass()]);
    expect(tab.devices.asked).toEqual([]);
    await tab.call.setMicrophone(true);
    expect(tab.call.getState().microphone.isHeard).toBe(true);
    expect(tab.meshes[0]?.tracks?.microphone).toBe(tab.devices.tracks[0]);
  });

  test('muted by staff it really is off, and may be turned on again', async () => {
    page = new CallPage();
    const tab = await joined();
    const teacher = page.page.server.as('instructor');
    const { participant } = page.page.server.as('anna');
    teacher.signal('mute', { participant, source: 'audio' });
    teacher.signal('mute', { participant, source: 'video' });
    await page.pass();
    expect(tab.events).toEqual([
      ['muted', { by: teacher.participant, source: 'audio' }],
      ['muted', { by: teacher.participant, source: 'video' }],
    ]);
    expect(tab.devices.tracks[0]?.enabled).toBe(false);
    expect(tab.devices.live).toEqual(['Laptop microphone']);
    expect(wishOf(tab)).toMatchObject({ audio: false, video: false });
    await Promise.all([tab.call.setMicrophone(true), page.pass()]);
    expect(ownOf(tab)).toMatchObject({ audio: true, video: false });
  });

  test('muted while something else is turned on, it stays muted', async () => {
    page = new CallPage();
    const tab = await joined();
    await tab.call.setCamera(false);
    await page.pass();
    page.page.server.latencyMs = 50;
    await tab.call.setCamera(true);
    page.page.server.as('instructor').signal('mute', {
      participant: page.page.server.as('anna').participant,
      source: 'audio',
    });
    await page.pass(500);
    expect(tab.call.getState()).toMatchObject({ microphone: { isHeard: false }, camera: { phase: 'on' } });
    expect(ownOf(tab)).toMatchObject({ audio: false, video: true });
    page.page.server.latencyMs = 0;
  });

  test('being asked is passed on, and turns nothing on', async () => {
    page = new CallPage();
    const tab = await joined();
    await tab.call.setMicrophone(false);
    const teacher = page.page.server.as('instructor');
    teacher.signal('ask', { participant: page.page.server.as('anna').participant, source: 'audio' });
    await page.pass();
    expect(tab.events).toEqual([['asked', { by: teacher.participant, source: 'audio' }]]);
    expect(tab.call.getState().microphone.isHeard).toBe(false);
  });

  test('what is blocked goes off, and stays off until it is turned on', async () => {
    page = new CallPage();
    const tab = await joined();
    const teacher = page.page.server.as('instructor');
    const { participant } = page.page.server.as('anna');
    await teacher.send('person.media', { participant, audio: false, video: false });
    await page.pass();
    expect(tab.call.getState()).toMatchObject({
      may: { audio: false, video: false },
      microphone: { phase: 'off' },
      camera: { phase: 'off' },
    });
    expect(tab.devices.live).toEqual([]);
    await tab.call.setMicrophone(true);
    expect(tab.devices.live).toEqual([]);
    await teacher.send('person.media', { participant, audio: true, video: true });
    await page.pass();
    expect(tab.devices.live).toEqual([]);
    await tab.call.setMicrophone(true);
    expect(tab.devices.live).toEqual(['Laptop microphone']);
  });

  test('with six cameras in the class it takes part by sound, with twelve not at all', async () => {
    page = new CallPage({
      people: Object.fromEntries(
        [...Array.from({ length: 12 }, (_, index) => `p${index}`), 'late'].map((sub) => [
          sub,
          { sub, name: sub, role: 'student' as const },
        ]),
      ),
    });
    const seat = async (index: number): Promise<void> => {
      const person = page.page.server.as(`p${index}`);
      await person.join();
      await person.setMedia({ live: true, audio: true, video: true });
    };
    for (let index = 0; index < 6; index += 1) await seat(index);
    await page.pass();
    const tab = await joined('late');
    await Promise.all([tab.call.setMicrophone(true), page.pass()]);
    expect(tab.call.getState()).toMatchObject({
      mode: 'audio',
      microphone: { isHeard: true },
      camera: { phase: 'off' },
    });
    expect(tab.devices.live).toEqual(['Laptop microphone']);
    await Promise.all([tab.call.leave(), page.pass()]);
    for (let index = 6; index < 12; index += 1) await seat(index);
    await page.pass();
    await Promise.all([tab.call.join(), page.pass()]);
    expect(tab.call.getState()).toMatchObject({ phase: 'joined', mode: 'none', microphone: { phase: 'off' } });
    expect(tab.devices.live).toEqual([]);
  });

  test('a second tab of the same person is told, and takes over', async () => {
    page = new CallPage();
    const first = await joined();
    await first.call.setMicrophone(false);
    const second = await page.tab('anna', { another: true });
    await Promise.all([second.call.preview(), page.pass()]);
    expect(second.call.getState().phase).toBe('elsewhere');
    expect([second.devices.live, second.devices.listeners]).toEqual([[], 0]);
    expect(wishOf(second)).toBeNull();

    await Promise.all([second.call.useHere(), page.pass()]);
    expect(second.call.getState()).toMatchObject({ phase: 'joined', microphone: { isHeard: true } });
    expect(first.call.getState().phase).toBe('elsewhere');
    expect(first.devices.live).toEqual([]);
    expect(first.meshes[0]?.isClosed).toBe(true);

    await Promise.all([first.call.useHere(), page.pass()]);
    expect(second.call.getState().phase).toBe('elsewhere');
    // It was muted here.
    expect(first.call.getState()).toMatchObject({ microphone: { isHeard: false }, camera: { phase: 'on' } });
  });

  test('takes over also where the server is away just then, and takes nothing back later', async () => {
    page = new CallPage();
    const first = await joined();
    const second = await page.tab('anna', { another: true });
    await Promise.all([second.call.preview(), page.pass()]);
    page.page.server.stop();
    await page.pass(2_000);
    const taken = second.call.useHere();
    await page.pass();
    expect(second.call.getState()).toMatchObject({ phase: 'joining', camera: { phase: 'on' } });
    page.page.server.start();
    await Promise.all([taken, page.pass(5_000)]);
    expect([first, second].map(({ call }) => call.getState().phase)).toEqual(['elsewhere', 'joined']);
    await second.call.setCamera(false);
    expect(wishOf(second)).toEqual({ live: true, audio: true, video: false, share: false });
  });

  test('a restart of the server lets go of nothing, whichever tab comes back first', async () => {
    page = new CallPage();
    const other = await joined();
    const tab = await joined('anna', true);
    expect(tab.call.getState().phase).toBe('elsewhere');
    const { session } = ownOf(other)!;
    const tracks = other.meshes[0]?.tracks;
    page.page.server.stop();
    await page.pass(2_000);
    expect(other.call.getState()).toMatchObject({ phase: 'joined', camera: { phase: 'on' } });
    page.page.server.start();
    await page.pass(5_000);
    expect(other.room.getState().connection.state).toBe('online');
    expect(ownOf(other)).toMatchObject({ session, live: true, audio: true, video: true });
    expect(other.meshes).toHaveLength(1);
    expect(other.meshes[0]?.tracks).toBe(tracks);
    expect([other, tab].map(({ call }) => call.getState().phase)).toEqual(['joined', 'elsewhere']);
  });

  test('the end of the class lets go of every device', async () => {
    page = new CallPage();
    const tab = await joined();
    await page.page.server.as('instructor').send('room.end', {});
    await page.pass();
    expect(tab.call.getState().phase).toBe('left');
    expect(tab.devices.live).toEqual([]);
    expect(tab.meshes[0]?.isClosed).toBe(true);
  });

  test('a removed person lets go of every device', async () => {
    page = new CallPage();
    const tab = await joined();
    const { participant } = page.page.server.as('anna');
    await page.page.server.as('instructor').send('person.remove', { participant });
    await page.pass();
    expect(tab.call.getState().phase).toBe('left');
    expect(tab.devices.live).toEqual([]);
  });

  test('when another element of the page leaves, the call is left', async () => {
    page = new CallPage();
    const tab = await joined();
    await Promise.all([tab.room.leave(), page.pass()]);
    expect(tab.call.getState().phase).toBe('left');
    expect(tab.devices.live).toEqual([]);
    expect(wishOf(tab)).toBeNull();
  });

  test('with sound alone the camera goes off and stays off', async () => {
    page = new CallPage();
    const tab = await joined();
    tab.call.setQuality('audio');
    expect(tab.devices.live).toEqual(['Laptop microphone']);
    expect(tab.meshes[0]?.told.at(-2)).toBe('quality audio');
    await tab.call.setCamera(true);
    expect(tab.call.getState()).toMatchObject({ quality: 'audio', camera: { phase: 'off' } });
    tab.call.setQuality('low');
    await tab.call.setCamera(true);
    expect(tab.call.getState().camera.phase).toBe('on');
  });

  test('the camera is captured no larger than the mesh needs', async () => {
    page = new CallPage();
    const tab = await joined();
    const mesh = tab.meshes[0]!;
    mesh.capture = { width: 320, height: 180, framesPerSecond: 15 };
    mesh.options.changed();
    mesh.capture = { width: 480, height: 270, framesPerSecond: 15 };
    mesh.options.changed();
    await page.pass(1_500);
    const camera = tab.devices.tracks.find(({ kind }) => kind === 'video');
    expect(camera?.asked).toEqual([
      { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15, max: 15 } },
    ]);
  });
});

describe('closing', () => {
  test('turns everything off at once and hears nothing any more', async () => {
    page = new CallPage();
    const tab = await joined();
    tab.call.close();
    expect(tab.call.getState().phase).toBe('closed');
    expect(tab.devices.live).toEqual([]);
    expect(wishOf(tab)).toBeNull();
    expect(tab.meshes[0]?.isClosed).toBe(true);
    await Promise.all([tab.call.preview(), tab.call.setCamera(true), tab.call.setMicrophone(true), tab.call.leave()]);
    await expect(tab.call.join()).rejects.toMatchObject({ code: 'closed' });
    await page.pass();
    expect(tab.devices.live).toEqual([]);
    expect(tab.room.getState().connection.state).toBe('online');
  });

  test('while the browser asks, stops what comes late', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    tab.devices.permission = { microphone: 'prompt', camera: 'prompt' };
    const opened = tab.call.preview();
    await page.pass();
    expect(tab.call.getState().camera.phase).toBe('starting');
    tab.call.close();
    tab.devices.questions[0]?.answer('grant');
    await opened;
    expect(tab.devices.tracks).toHaveLength(2);
    expect(tab.devices.live).toEqual([]);
    expect(tab.devices.listeners).toBe(0);
  });

  test('an element that comes to a class that has failed turns on no camera', async () => {
    page = new CallPage();
    const tab = await page.tab('anna');
    tab.room.release();
    await page.pass(1_000);
    await tab.call.preview();
    expect(tab.devices.asked).toEqual([]);
  });
});
