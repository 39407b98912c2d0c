import { expect } from '@open-wc/testing';
import { ActiveSpeaker } from './active-speaker.js';

const STEP_MS = 100;

/** Levels, ten times a second. @returns who had the stage at the end of each second */
function play(
  speaker: ActiveSpeaker,
  seconds: readonly Readonly<Record<string, number>>[],
  startMs = 0,
): (string | null)[] {
  let now = startMs;
  return seconds.map((levels) => {
    for (let step = 0; step < 10; step += 1) speaker.update(new Map(Object.entries(levels)), (now += STEP_MS));
    return speaker.current;
  });
}

describe('the active speaker', () => {
  it('is whoever speaks first, and stays through silence', () => {
    const speaker = new ActiveSpeaker();
    expect(
      play(speaker, [
        { a: 0, b: 0 },
        { a: 0, b: 0.3 },
        { a: 0, b: 0 },
        { a: 0, b: 0 },
      ]),
    ).to.deep.equal([null, 'b', 'b', 'b']);
    expect(speaker.isSpeaking('b')).to.equal(false);
  });

  it('does not change for a cough', () => {
    const speaker = new ActiveSpeaker();
    play(
      speaker,
      Array.from({ length: 4 }, () => ({ a: 0.3, b: 0 })),
    );
    for (let step = 0; step < 4; step += 1)
      speaker.update(
        new Map([
          ['a', 0],
          ['b', 0.9],
        ]),
        4_000 + step * STEP_MS,
      );
    expect(play(speaker, [{ a: 0.3, b: 0 }], 4_400)).to.deep.equal(['a']);
  });

  it('changes to somebody who goes on speaking, once the other is quiet', () => {
    const speaker = new ActiveSpeaker();
    const heard = play(speaker, [
      { a: 0.3, b: 0 },
      { a: 0.3, b: 0 },
      { a: 0.3, b: 0 },
      { a: 0, b: 0.3 },
      { a: 0, b: 0.3 },
    ]);
    expect(heard).to.deep.equal(['a', 'a', 'a', 'a', 'b']);
  });

  it('does not jump between two who speak alike', () => {
    const speaker = new ActiveSpeaker();
    const heard = play(
      speaker,
      Array.from({ length: 20 }, (_, index) => ({ a: 0.3, b: index % 2 === 0 ? 0.33 : 0.28 })),
    );
    expect(new Set(heard.slice(1)).size).to.equal(1);
  });

  it('leaves the stage with the person', () => {
    const speaker = new ActiveSpeaker();
    play(speaker, [{ a: 0.3 }]);
    expect(play(speaker, [{ b: 0 }], 1_000)).to.deep.equal([null]);
  });
});
