/**
 * The page that tutorials teach: whoever is told who is there says that it is ready, is called by everyone, and answers.
 * With `cold=1` camera and socket come after the click.
 */
import { run, type Page } from './parts/page.js';
import { type Message, Signalling } from './parts/signalling.js';

const links = new Map<string, RTCPeerConnection>();
/** Candidates that came before the description that they belong to. */
const early = new Map<string, RTCIceCandidateInit[]>();
let signalling: Signalling;

run({
  async prepare(page) {
    if (page.parameter('cold') === '0') await start(page);
  },
  async join(page) {
    if (page.parameter('cold') === '1') await start(page);
    signalling.join();
  },
});

async function start(page: Page): Promise<void> {
  await page.capture();
  signalling = await Signalling.open(page.parameter('signalling'), page.parameter('room'));
  signalling.listen((message) => void receive(message, page));
}

async function receive({ joined, from, data, left }: Message, page: Page): Promise<void> {
  if (joined !== undefined) signalling.send({ said: 'ready' });
  if (left !== undefined) {
    links.get(left)?.close();
    links.delete(left);
    page.faces.forget(left);
  }
  if (from === undefined || !data) return;
  const { description, candidate, said } = data;
  if (said === 'ready') {
    const link = await connection(from, page);
    await link.setLocalDescription(await link.createOffer());
    describe(link, from);
  } else if (description) {
    const link = links.get(from) ?? (await connection(from, page));
    await link.setRemoteDescription(description);
    for (const waiting of early.get(from) ?? []) await link.addIceCandidate(waiting);
    early.delete(from);
    if (description.type !== 'offer') return;
    await link.setLocalDescription(await link.createAnswer());
    describe(link, from);
  } else if (candidate) {
    const link = links.get(from);
    if (link?.remoteDescription) await link.addIceCandidate(candidate);
    else early.set(from, [...(early.get(from) ?? []), candidate]);
  }
}

async function connection(peer: string, page: Page): Promise<RTCPeerConnection> {
  const link = new RTCPeerConnection();
  links.set(peer, link);
  link.onicecandidate = ({ candidate }) => candidate && signalling.send({ candidate: candidate.toJSON() }, peer);
  link.ontrack = ({ track }) => page.faces.show(peer, track);
  const stream = await page.capture();
  for (const track of stream.getTracks()) link.addTrack(track, stream);
  return link;
}

function describe(link: RTCPeerConnection, peer: string): void {
  if (link.localDescription) signalling.send({ description: link.localDescription.toJSON() }, peer);
}
