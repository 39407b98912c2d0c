/// <reference types="mocha" />
import { expect } from '@open-wc/testing';
import { connect } from '../index.js';
import { createLoopbackServer, type LoopbackServer } from '../loopback.js';
import type { RoomClient } from '../types.js';
import { createCall } from './call.js';
import { createMediaEnvironment } from './environment.js';
import type { Call, CallOptions, CallState } from './types.js';

/** Real capture, real Web Audio and real connections in Chromium, with its made-up camera and microphone; only the server is in the page. */
describe('a call in Chromium', function () {
  this.timeout(30_000);

  let server: LoopbackServer;
  const open: { readonly room: RoomClient; readonly call: Call }[] = [];
  beforeEach(() => {
    localStorage.clear();
    server = createLoopbackServer();
  });
  afterEach(() => {
    for (const { call, room } of open.splice(0)) {
      call.close();
      room.release();
    }
    server.stop();
  });

  function enter(person: string, environment: CallOptions['environment'] = {}): Call {
    const room = connect({
      server: server.url,
      token: server.tokenFor(person),
      environment: server.environment(person),
      join: false,
    });
    const call = createCall(room, { environment });
    open.push({ room, call });
    return call;
  }

  it('captures both devices by one question, names them, and lets go of them at once', async () => {
    const call = enter('student');
    await call.preview();
    const { microphone, camera, choices } = call.getState();
    expect([microphone.phase, microphone.isHeard, camera.phase]).to.deep.equal(['on', true, 'on']);
    expect(choices.cameras.map(({ label }) => label)).to.include('fake_device_0');
    expect(choices.microphones.some(({ deviceId }) => deviceId === microphone.deviceId)).to.equal(true);
    const tracks = [microphone.track, camera.track];
    call.close();
    expect(tracks.map((track) => track?.readyState)).to.deep.equal(['ended', 'ended']);
  });

  it('shows how loud the beeps of the microphone are, and nothing while it is muted', async () => {
    const call = enter('student');
    await call.preview({ microphone: true });
    let loudest = 0;
    const stop = call.onLevel((level) => (loudest = Math.max(loudest, level)));
    await until(() => loudest > 0.01);
    expect(loudest).to.be.at.most(1);
    await call.setMicrophone(false);
    loudest = 0;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(loudest).to.equal(0);
    stop();
  });

  it('takes another camera, and the default one where the chosen one is gone', async () => {
    const call = enter('student');
    await call.preview({ camera: true });
    const { track, deviceId } = call.getState().camera;
    await call.setCamera(false);
    expect(track?.readyState).to.equal('ended');
    await call.chooseCamera('no-such-camera');
    await call.setCamera(true);
    expect(call.getState().camera).to.deep.include({ phase: 'on', deviceId });
  });

  it('hears of another network, and of a click, until it stops listening', () => {
    const environment = createMediaEnvironment();
    let changes = 0;
    let clicks = 0;
    const stops = [environment.onNetworkChange(() => (changes += 1)), environment.onGesture(() => (clicks += 1))];
    const happen = (): void => {
      window.dispatchEvent(new Event('online'));
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      window.dispatchEvent(new PageTransitionEvent('pageshow'));
      document.dispatchEvent(new Event('resume'));
      document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    };
    happen();
    expect([changes, clicks]).to.deep.equal([3, 1]);
    for (const stop of stops) stop();
    happen();
    expect([changes, clicks]).to.deep.equal([3, 1]);
  });

  it('captures a device again whose track has ended by itself', async () => {
    const call = enter('student');
    await call.preview({ camera: true });
    const { track } = call.getState().camera;
    track?.stop();
    // A stop by the page is not told; a permission that is taken back is.
    track?.dispatchEvent(new Event('ended'));
    await until(() => call.getState().camera.phase === 'on' && call.getState().camera.track !== track);
    expect(call.getState().camera.track?.readyState).to.equal('live');
  });

  it('hears somebody speak into a muted microphone, and nobody else does', async () => {
    const context = new AudioContext();
    const voice = new OscillatorNode(context);
    const microphone = context.createMediaStreamDestination();
    voice.connect(microphone);
    voice.start();
    const { mediaDevices } = navigator;
    const call = enter('student', {
      devices: {
        getUserMedia: async () => microphone.stream,
        enumerateDevices: () => mediaDevices.enumerateDevices(),
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
    });
    await call.preview({ microphone: true });
    await call.join();
    await call.setMicrophone(false);
    let hints = 0;
    const stop = call.on('speaking-while-muted', () => (hints += 1));
    await until(() => hints === 1);
    expect(call.getState().microphone.track?.enabled).to.equal(false);
    stop();
    voice.stop();
    await context.close();
  });

  it('is seen and heard by the other, mutes, comes back, and ends with everything off', async () => {
    const [teacher, student] = [enter('instructor'), enter('student')];
    await Promise.all([teacher.preview(), student.preview()]);
    await Promise.all([teacher.join(), student.join()]);
    const seen = (): CallState['peers'][number] | undefined => teacher.getState().peers[0];
    await until(() => seen()?.cameraTrack !== null && seen()?.microphoneTrack !== null && seen() !== undefined);

    const video = document.createElement('video');
    Object.assign(video, { muted: true, srcObject: new MediaStream([seen()?.cameraTrack as MediaStreamTrack]) });
    document.body.append(video);
    await video.play();
    const frames = (): number => video.getVideoPlaybackQuality().totalVideoFrames;
    await until(() => frames() > 5);

    const { cameraTrack } = seen() ?? {};
    await student.setMicrophone(false);
    await until(() => seen()?.audio === false);
    await student.setCamera(false);
    await until(() => seen()?.video === false && seen()?.cameraTrack === null);
    await student.setCamera(true);
    await until(() => seen()?.cameraTrack === cameraTrack);
    const before = frames();
    await until(() => frames() > before + 5);

    const devices = [student.getState().camera.track, student.getState().microphone.track];
    await student.leave();
    expect(devices.map((track) => track?.readyState)).to.deep.equal(['ended', 'ended']);
    await until(() => teacher.getState().peers.length === 0);
    video.remove();
  });
});

/** Asks again and again; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
