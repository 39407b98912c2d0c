import { describe, expect, test } from 'vitest';
import { INITIAL_STATE } from '../store.js';
import type { RoomState } from '../types.js';
import { configurationOf } from './mesh-configuration.js';

const STUN = { urls: 'stun:live.example' };
const TURN = { urls: ['stun:turn.example', 'turns:turn.example:443?transport=tcp'], username: 'u', credential: 'c' };

function stateWith(ice: RoomState['ice'], relayOnly = false): RoomState {
  const { all } = INITIAL_STATE.views;
  const room = { ...all.room, policy: { ...all.room.policy, relayOnly } };
  return { ...INITIAL_STATE, ice, views: { ...INITIAL_STATE.views, all: { ...all, room } } };
}

describe('the configuration of a connection', () => {
  test('has the ICE servers of the class, and one way for everything', () => {
    expect(configurationOf(stateWith([STUN, TURN]), false)).toEqual({
      iceServers: [STUN, TURN],
      iceTransportPolicy: 'all',
      bundlePolicy: 'max-bundle',
    });
  });

  test('keeps to TURN where that is asked for and there is one', () => {
    expect(configurationOf(stateWith([TURN]), true).iceTransportPolicy).toBe('relay');
    expect(configurationOf(stateWith([STUN]), true).iceTransportPolicy).toBe('all');
  });

  test('keeps to TURN in a class that goes through TURN only, even where there is none', () => {
    for (const ice of [[TURN], [STUN], []])
      expect(configurationOf(stateWith(ice, true), false).iceTransportPolicy).toBe('relay');
  });
});
