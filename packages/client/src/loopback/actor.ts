import type { Actor, Command, ErrorCode } from '@lms-live/protocol';
import { refusedError } from './refused-error.js';
import type { Puppet } from './puppet.js';
import type { Reception } from './reception.js';
import type { Turns } from './turns.js';
import type { LoopbackActor } from './types.js';

export interface ActorOptions {
  readonly puppet: Puppet;
  readonly reception: Reception;
  readonly turns: Turns;
  readonly newId: () => string;
}

/** What a script can do with somebody of the class. */
export function createActor({ puppet, reception, turns, newId }: ActorOptions): LoopbackActor {
  const { house } = reception;
  const { participant } = puppet;
  const actor = (): Actor => puppet.actor;
  const setJoined = (isJoined: boolean): Promise<void> =>
    turns.take(async () => {
      const decision = await house.setJoined(participant, actor(), isJoined);
      if (!decision.ok) throw refusedError(decision.code, decision.detail);
      if (!isJoined) house.media.leave(participant);
    });
  const insist = (refused: { readonly code: ErrorCode; readonly detail?: object } | null): void => {
    if (refused) throw refusedError(refused.code, { ...refused.detail });
  };
  return {
    participant,
    send: (type, body) =>
      turns.take(async () => {
        const command = { type, body, cmid: newId() } as Command;
        const { decision, committed } = await house.run(command, actor());
        if (!decision.ok) throw refusedError(decision.code, decision.detail);
        await house.publish(committed);
        return decision.result;
      }),
    signal: (kind, body) => insist(house.takeSignal(actor(), kind, { ...body })),
    join: () => setJoined(true),
    leave: () => setJoined(false),
    setMedia: (wish) =>
      turns.take(() => {
        const { live = true, audio = false, video = false, share = false, take = false } = wish ?? {};
        const { rev } = puppet.wish;
        puppet.wish = { ...puppet.wish, rev: rev + 1, open: wish !== null, take, live, audio, video, share };
        insist(house.media.wish(puppet, puppet.wish));
        return Promise.resolve(house.media.sessionOf(puppet));
      }),
    setAway: (isAway) =>
      turns.take(() => {
        if (isAway && !puppet.isAway) house.media.lose(puppet);
        puppet.isAway = isAway;
        reception.bringBack(puppet);
        return Promise.resolve();
      }),
    sendRtc: (to, body) => house.media.relay(puppet, to, body),
    onSignal: (listener) => puppet.onSignal(listener),
    knock: (note) => turns.take(() => reception.knock(puppet, note)),
  };
}
