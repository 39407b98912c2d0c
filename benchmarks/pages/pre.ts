/**
 * The bound: everyone is connected to everyone before the click, and nothing is sent. The click tells the others, and they begin.
 * It knows nobody's rights, and nobody asks whether the newcomer may come in.
 */
import { run, type Page } from './parts/page.js';
import { type Message, Signalling } from './parts/signalling.js';

interface Link {
  readonly connection: RTCPeerConnection;
  readonly connected: Promise<void>;
}

const links = new Map<string, Link>();
const live = new Set<string>();
let isLive = false;
let signalling: Signalling;

run({
  async prepare(page) {
    const { url, room } = { url: page.parameter('signalling'), room: page.parameter('room') };
    [signalling] = await Promise.all([Signalling.open(url, room), page.capture()]);
    const known = new Promise<readonly string[]>((resolve) => {
      signalling.listen((message) => {
        if (message.peers) resolve(message.peers);
        void receive(message, page);
      });
    });
    signalling.join();
    for (const peer of await known) {
      const link = open(peer, page);
      for (const kind of ['audio', 'video']) link.connection.addTransceiver(kind);
      await link.connection.setLocalDescription();
      describe(peer);
    }
    await Promise.all([...links.values()].map(({ connected }) => connected));
  },
  join(page) {
    isLive = true;
    signalling.send({ said: 'live' });
    for (const peer of links.keys()) void sendTo(peer, page);
  },
});

function open(peer: string, page: Page): Link {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const connected = new Promise<void>((resolve) => {
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'connected') resolve();
    };
  });
  const link = { connection, connected };
  links.set(peer, link);
  connection.onicecandidate = ({ candidate }) => candidate && signalling.send({ candidate: candidate.toJSON() }, peer);
  connection.ontrack = ({ track }) => page.faces.show(peer, track);
  return link;
}

async function receive({ from, data, left }: Message, page: Page): Promise<void> {
  if (left !== undefined) {
    links.get(left)?.connection.close();
    links.delete(left);
    live.delete(left);
    page.faces.forget(left);
  }
  if (from === undefined || !data) return;
  if (data.said === 'live' && !live.has(from)) {
    live.add(from);
    if (isLive) {
      await sendTo(from, page);
      // Whoever comes later cannot know.
      signalling.send({ said: 'live' }, from);
    }
  }
  const { connection } = links.get(from) ?? open(from, page);
  if (data.candidate) await connection.addIceCandidate(data.candidate);
  if (!data.description) return;
  await connection.setRemoteDescription(data.description);
  if (data.description.type !== 'offer') return;
  for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
  await connection.setLocalDescription();
  describe(from);
}

async function sendTo(peer: string, page: Page): Promise<void> {
  const senders = links.get(peer)?.connection.getSenders() ?? [];
  const [audio, video] = senders;
  const stream = await page.capture();
  await audio?.replaceTrack(stream.getAudioTracks()[0] ?? null);
  await video?.replaceTrack(stream.getVideoTracks()[0] ?? null);
}

function describe(peer: string): void {
  const description = links.get(peer)?.connection.localDescription;
  if (description) signalling.send({ description: description.toJSON() }, peer);
}
