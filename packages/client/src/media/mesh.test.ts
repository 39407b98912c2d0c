import { afterEach, describe, expect, test, vi } from 'vitest';
import { MeshClass, type MeshTab } from './testing/mesh-class.js';
import type { MeshRoomOptions, Passing } from './testing/mesh-room.js';

const TIMEOUT_MS = 20_000;
/** Until what was carried has been taken in. */
const TAKEN_IN_MS = 20;

let scene: MeshClass;
function open(options: MeshRoomOptions = {}): MeshClass {
  return (scene = new MeshClass(options));
}

afterEach(() => {
  expect(scene.end()).toEqual({ connections: 0, timers: 0 });
});

const messageOf = ({ frame }: Passing): string | undefined =>
  frame.frame === 'signal' ? (frame.body?.['message'] as { type: string } | undefined)?.type : undefined;

function happening(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => (happen = resolve));
  return { happened, happen };
}

/** Calls back before the first message of this type is carried; it is lost if that returns true. */
function onFirst(type: string, act: () => boolean): NonNullable<MeshRoomOptions['fate']> {
  let isDone = false;
  return (passing) => {
    if (isDone || messageOf(passing) !== type) return null;
    isDone = true;
    return act() ? { times: 0 } : null;
  };
}

const made = (): readonly number[] => scene.tabs.map(({ webRtc }) => webRtc.made);
const sound = (tab: MeshTab, of: MeshTab): MediaStreamTrack | null =>
  tab.mesh.peers.find(({ participant }) => participant === of.client.person)?.microphoneTrack ?? null;

describe('a full mesh', { timeout: TIMEOUT_MS }, () => {
  test('has one connection for each pair', async () => {
    open();
    await scene.enter('ada', 'ben', 'cy', 'dan');
    expect(made()).toEqual([3, 3, 3, 3]);
    expect(scene.tabs[0]?.mesh.peers.map(({ participant }) => participant)).toEqual(['ben', 'cy', 'dan']);
  });

  test('closes a connection as soon as its session is off the list, and no other', async () => {
    open();
    const [ada, ben, cy] = await scene.enter('ada', 'ben', 'cy');
    scene.leave(cy!);
    await vi.waitFor(() => expect([ada!.webRtc.open, ben!.webRtc.open]).toEqual([1, 1]));
    expect(ada!.mesh.peers.map(({ participant }) => participant)).toEqual(['ben']);
    await scene.full();
    expect(made()).toEqual([2, 2]);
  });

  test('gives figures of each link, and its quality', async () => {
    open();
    const [ada] = await scene.enter('ada', 'ben');
    await vi.waitFor(() => expect(ada!.mesh.peers[0]?.stats?.inBitrateBps).toBeGreaterThan(1_000), TIMEOUT_MS);
    const [peer] = ada!.mesh.peers;
    expect(peer).toMatchObject({ quality: 3, stats: { path: 'direct', inLossRatio: 0 } });
    expect(ada!.mesh.ownQuality).toBe(3);
  });
});

describe('what is played', { timeout: TIMEOUT_MS }, () => {
  test('is what the list says is on, on the same track after a mute', async () => {
    open();
    const [ada, ben] = await scene.enter('ada', 'ben');
    const track = sound(ada!, ben!);
    ben!.client.setMedia({ live: true, audio: false, video: false, share: false });
    await vi.waitFor(() => expect(sound(ada!, ben!)).toBeNull());
    // Whoever kept the track hears nothing either.
    expect(track!.enabled).toBe(false);
    ben!.client.setMedia({ live: true, audio: true, video: false, share: false });
    await vi.waitFor(() => expect(sound(ada!, ben!)).toBe(track));
    expect(track!.enabled).toBe(true);
    expect(made()).toEqual([1, 1]);
  });

  test('does not come to somebody who is only warmed, nor from them, until they join', async () => {
    open();
    const [ada] = await scene.enter('ada');
    const ben = scene.open('ben');
    scene.warm(ben);
    await vi.waitFor(() => expect(ben.mesh.peers[0]?.link).toBe('connected'), TIMEOUT_MS);
    expect(ada!.mesh.peers).toEqual([]);
    expect(ben.mesh.peers[0]?.microphoneTrack).toBeNull();
    expect(await ben.webRtc.heard()).toBe(0);
    scene.join(ben);
    await scene.full();
    expect(made()).toEqual([1, 1]);
  });
});

describe('connections that are prepared', { timeout: TIMEOUT_MS }, () => {
  test('say nothing until the session is announced, and are the ones that are used', async () => {
    const types: (string | undefined)[] = [];
    open({
      fate: (passing) => {
        if (passing.person === 'cy' && passing.way === 'up') types.push(messageOf(passing));
        return null;
      },
    });
    await scene.enter('ada', 'ben');
    const cy = scene.open('cy');
    cy.mesh.prepare();
    await vi.waitFor(() => expect(cy.webRtc.userFragments.filter(Boolean)).toHaveLength(2));
    expect(types).toEqual([]);
    scene.join(cy);
    await scene.full();
    // The wish, and right behind it the offers.
    expect(types.slice(0, 3)).toEqual([undefined, 'offer', 'offer']);
    expect(made()).toEqual([2, 2, 2]);
  });

  test('are made again where the network has changed meanwhile', async () => {
    open();
    await scene.enter('ada');
    const ben = scene.open('ben');
    ben.mesh.prepare();
    await vi.waitFor(() => expect(ben.webRtc.made).toBe(1));
    ben.environment.changeNetwork();
    expect([ben.webRtc.made, ben.webRtc.open]).toEqual([2, 1]);
    scene.join(ben);
    await scene.full();
  });

  test('are closed where another tab has the media', async () => {
    open();
    await scene.enter('ada', 'ben');
    const other = scene.open('ben');
    other.mesh.prepare();
    await vi.waitFor(() => expect(other.webRtc.open).toBe(1));
    scene.join(other);
    await vi.waitFor(() => expect(other.webRtc.open).toBe(0));
    expect(other.client.getState().media.why).toBe('elsewhere');
    scene.leave(other);
    await scene.full();
  });
});

describe('a server that goes', { timeout: TIMEOUT_MS }, () => {
  const outage = async (): Promise<void> => {
    scene.room.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    scene.room.restart();
  };

  test.each(['offer', 'answer', 'candidate'])(
    'in the moment of the first %s: the same connections come about',
    async (type) => {
      const gone = happening();
      open({
        fate: onFirst(type, () => {
          setImmediate(gone.happen);
          return true;
        }),
      });
      const tabs = ['ada', 'ben', 'cy'].map((person) => scene.open(person));
      for (const tab of tabs) scene.join(tab);
      await gone.happened;
      await outage();
      await scene.full();
      expect(made()).toEqual([2, 2, 2]);
    },
  );

  test('in the middle of a call: nothing is closed, and sessions keep their names', async () => {
    open();
    const [ada] = await scene.enter('ada', 'ben', 'cy');
    const before = ada!.mesh.peers.map(({ session }) => session);
    const fragments = ada!.webRtc.userFragments;
    await outage();
    await vi.waitFor(() => expect(ada!.client.getState().media.complete).toBe(false));
    await scene.full();
    scene.room.complete();
    await vi.waitFor(() => expect(ada!.client.getState().media.complete).toBe(true));
    await scene.full();
    expect(ada!.mesh.peers.map(({ session }) => session)).toEqual(before);
    expect(ada!.webRtc.userFragments).toEqual(fragments);
    expect(made()).toEqual([2, 2, 2]);
  });

  test.each(['ada', 'ben'])('for %s alone, between offer and answer', async (person) => {
    const gone = happening();
    open({
      fate: onFirst('answer', () => {
        setImmediate(gone.happen);
        return true;
      }),
    });
    const tabs = ['ada', 'ben'].map((each) => scene.open(each));
    for (const tab of tabs) scene.join(tab);
    await gone.happened;
    const { client } = tabs.find((tab) => tab.client.person === person)!;
    scene.room.cut(client);
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.up();
    await scene.full();
    expect(made()).toEqual([1, 1]);
  });
});

test(
  'a socket that breaks before the first wish is answered: everything begins anew',
  { timeout: TIMEOUT_MS },
  async () => {
    const gone = happening();
    let isLost = false;
    open({
      fate: (passing) => {
        if (passing.person === 'ben' && passing.frame.frame === 'session' && !isLost) {
          isLost = true;
          return { times: 0 };
        }
        if (passing.person === 'ben' && messageOf(passing) === 'answer') setTimeout(gone.happen, TAKEN_IN_MS);
        return null;
      },
    });
    await scene.enter('ada');
    const ben = scene.open('ben');
    ben.mesh.prepare();
    await vi.waitFor(() => expect(ben.webRtc.userFragments.filter(Boolean)).toHaveLength(1));
    scene.join(ben);
    await gone.happened;
    scene.room.cut(ben.client);
    ben.client.up();
    await scene.full();
    expect(isLost).toBe(true);
    expect(scene.tabs.map(({ webRtc }) => webRtc.open)).toEqual([1, 1]);
  },
);

describe('another network', { timeout: TIMEOUT_MS }, () => {
  test.each([0, 1])('restarts the ICE of the same connection, whichever side has it (%i)', async (side) => {
    open();
    const tabs = await scene.enter('ada', 'ben');
    const [before] = tabs[0]!.webRtc.userFragments;
    tabs[side]!.environment.changeNetwork();
    await vi.waitFor(() => expect(tabs[0]!.webRtc.userFragments).not.toEqual([before]));
    await scene.full();
    expect(made()).toEqual([1, 1]);
  });
});

describe('a connection that is lost', { timeout: TIMEOUT_MS }, () => {
  test.each([0, 1])('is replaced by another one, whichever side loses it (%i)', async (side) => {
    open();
    const tabs = await scene.enter('ada', 'ben');
    tabs[side]!.webRtc.crash();
    await vi.waitFor(() => expect(made()).toEqual([2, 2]), TIMEOUT_MS);
    await scene.full();
    // The one that was replaced is closed at both ends.
    await vi.waitFor(() => expect(tabs.map(({ webRtc }) => webRtc.open)).toEqual([1, 1]));
    expect(made()).toEqual([2, 2]);
  });
});

test('a class that goes through TURN alone makes no other connections', { timeout: TIMEOUT_MS }, async () => {
  open({ relayOnly: true });
  const tabs = ['ada', 'ben'].map((person) => scene.open(person));
  for (const tab of tabs) scene.join(tab);
  await vi.waitFor(() => expect(made()).toEqual([1, 1]));
  for (const { webRtc } of tabs)
    expect(webRtc.configurations).toMatchObject([{ iceTransportPolicy: 'relay', bundlePolicy: 'max-bundle' }]);
});
