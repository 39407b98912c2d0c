/**
 * The best page that one would write by hand: the socket is open and the camera on before the click, connections with their offers and candidates
 * are in stock, so that the answer to *Join* is followed by the offers at once.
 */
import { run, type Page } from './parts/page.js';
import { type Data, Signalling } from './parts/signalling.js';

const stock: Promise<RTCPeerConnection>[] = [];
const links = new Map<string, RTCPeerConnection>();
let signalling: Signalling;

run({
  async prepare(page) {
    const { url, room } = { url: page.parameter('signalling'), room: page.parameter('room') };
    const [stream, opened] = await Promise.all([page.capture(), Signalling.open(url, room)]);
    signalling = opened;
    signalling.listen((message) => {
      for (const peer of message.peers ?? []) void call(peer, stream, page);
      if (message.from !== undefined && message.data) void receive(message.from, message.data, page);
      if (message.left !== undefined) close(message.left, page);
    });
    for (let count = 0; count < page.others; count += 1) stock.push(withOffer(stream));
    await Promise.all(stock);
  },
  join: () => signalling.join(),
});

function connection(stream: MediaStream): RTCPeerConnection {
  const link = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  for (const track of stream.getTracks()) link.addTrack(track, stream);
  return link;
}

/** An offer with all its candidates, before anybody is there to have it. */
async function withOffer(stream: MediaStream): Promise<RTCPeerConnection> {
  const link = connection(stream);
  await link.setLocalDescription();
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (link.iceGatheringState === 'complete') resolve();
    };
    link.onicegatheringstatechange = look;
    look();
  });
  return link;
}

async function call(peer: string, stream: MediaStream, page: Page): Promise<void> {
  const link = await (stock.pop() ?? withOffer(stream));
  adopt(peer, link, page);
  if (link.localDescription) signalling.send({ description: link.localDescription.toJSON() }, peer);
}

function adopt(peer: string, link: RTCPeerConnection, page: Page): void {
  links.set(peer, link);
  link.ontrack = ({ track }) => page.faces.show(peer, track);
}

async function receive(peer: string, { description, candidate }: Data, page: Page): Promise<void> {
  if (description?.type === 'offer') {
    const link = connection(await page.capture());
    adopt(peer, link, page);
    link.onicecandidate = ({ candidate: found }) => found && signalling.send({ candidate: found.toJSON() }, peer);
    await link.setRemoteDescription(description);
    await link.setLocalDescription();
    if (link.localDescription) signalling.send({ description: link.localDescription.toJSON() }, peer);
  } else if (description) await links.get(peer)?.setRemoteDescription(description);
  else if (candidate) await links.get(peer)?.addIceCandidate(candidate);
}

function close(peer: string, page: Page): void {
  links.get(peer)?.close();
  links.delete(peer);
  page.faces.forget(peer);
}
