import type { MediaSession } from '@lms-live/protocol';
import { describe, expect, test } from 'vitest';
import type { Pair } from './pair.js';
import { peerOf, playedOf, sentTo } from './remote-peer.js';

const ALL = { audio: true, video: true, share: true };
const session = (rest: Partial<MediaSession> = {}): MediaSession => ({
  session: 's~p',
  number: 1,
  participant: 'p',
  mode: 'video',
  live: true,
  ...ALL,
  may: ALL,
  ...rest,
});
const own = session({ session: 'o~o', participant: 'o' });

describe('what is played of a session', () => {
  test('is everything that is on and allowed', () => {
    expect(playedOf(session(), own, 'small')).toEqual({
      microphone: true,
      camera: true,
      screen: true,
      screenSound: true,
    });
  });

  test.each([
    ['what is off', { audio: false, video: false, share: false }],
    ['what is not allowed, whatever it says of itself', { may: { audio: false, video: false, share: false } }],
    ['what a warmed session sends', { live: false }],
  ])('is never %s', (_what, rest) => {
    expect(Object.values(playedOf(session(rest), own, 'small'))).not.toContain(true);
  });

  test('is nothing before this tab is in the class', () => {
    for (const self of [null, session({ live: false })])
      expect(Object.values(playedOf(session(), self, 'small'))).not.toContain(true);
  });

  test('is a camera only between two with cameras, and only where it is looked at', () => {
    expect(playedOf(session({ mode: 'audio' }), own, 'small').camera).toBe(false);
    expect(playedOf(session(), session({ mode: 'audio' }), 'small').camera).toBe(false);
    expect(playedOf(session(), own, 'none')).toMatchObject({ microphone: true, camera: false, screen: true });
  });

  test('is silenced at the track itself where it is not to be played', () => {
    const track = { enabled: true } as MediaStreamTrack;
    const pair = { track: () => track, link: 'connected', quality: 3, stats: null } as unknown as Pair;
    const muted = peerOf(session({ audio: false, video: false, share: false }), { own, view: 'small', pair });
    expect(muted).toMatchObject({ audio: false, microphoneTrack: null, cameraTrack: null });
    expect(track.enabled).toBe(false);
    expect(peerOf(session(), { own, view: 'small', pair }).microphoneTrack).toBe(track);
    expect(track.enabled).toBe(true);
  });
});

describe('what goes to a session', () => {
  const [microphone, camera, screen, screenSound] = ['audio', 'video', 'video', 'audio'].map(
    (kind) => ({ kind }) as MediaStreamTrack,
  ) as [MediaStreamTrack, MediaStreamTrack, MediaStreamTrack, MediaStreamTrack];
  const tracks = { microphone, camera, screen, screenSound };

  test('is nothing while it is only warmed', () => {
    expect(Object.values(sentTo(session({ live: false }), own, tracks))).toEqual([null, null, null, null]);
  });

  test('is all but the camera where one of the two has a place for sound only', () => {
    expect(sentTo(session(), own, tracks)).toEqual(tracks);
    expect(sentTo(session({ mode: 'audio' }), own, tracks)).toEqual({ ...tracks, camera: null });
    expect(sentTo(session(), session({ mode: 'audio' }), tracks)).toEqual({ ...tracks, camera: null });
  });

  test('goes before the server has answered this tab', () => {
    expect(sentTo(session(), null, tracks)).toEqual(tracks);
  });
});
