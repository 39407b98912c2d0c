/** simple-peer as its guide shows it, over the same small signalling server, whose socket is open before the click. */
import SimplePeer from 'simple-peer/simplepeer.min.js';
import { run, type Page } from './parts/page.js';
import { Signalling } from './parts/signalling.js';

const peers = new Map<string, SimplePeer>();
let signalling: Signalling;

run({
  async prepare(page) {
    const stream = await page.capture();
    signalling = await Signalling.open(page.parameter('signalling'), page.parameter('room'));
    signalling.listen(({ peers: present = [], from, data, left }) => {
      for (const name of present) open({ name, stream, initiator: true }, page);
      if (from !== undefined && data?.signal !== undefined)
        (peers.get(from) ?? open({ name: from, stream, initiator: false }, page)).signal(data.signal);
      if (left !== undefined) {
        peers.get(left)?.destroy();
        peers.delete(left);
        page.faces.forget(left);
      }
    });
  },
  join: () => signalling.join(),
});

interface Side {
  readonly name: string;
  readonly stream: MediaStream;
  readonly initiator: boolean;
}

function open({ name, stream, initiator }: Side, page: Page): SimplePeer {
  // Without its default servers, which are on the Internet: nobody here has any.
  const peer = new SimplePeer({ initiator, stream, config: { iceServers: [] } });
  peers.set(name, peer);
  peer.on('signal', (signal) => signalling.send({ signal }, name));
  peer.on('stream', (remote) => {
    const [track] = remote.getVideoTracks();
    if (track) page.faces.show(name, track);
  });
  return peer;
}
