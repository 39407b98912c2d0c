/** PeerJS as its guide shows it; its connection to PeerServer is open before the click, and so is the one that tells who is there. */
import { Peer, type MediaConnection, type PeerJSOption } from 'peerjs';
import { run, type Page } from './parts/page.js';
import { Signalling } from './parts/signalling.js';

let peer: Peer;
let signalling: Signalling;

run({
  async prepare(page) {
    const server = new URL(page.parameter('peerServer'));
    const stream = await page.capture();
    // Without its default servers, which are on the Internet: nobody here has any.
    const options: PeerJSOption = {
      host: server.hostname,
      port: Number(server.port),
      path: '/',
      config: { iceServers: [] },
    };
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its class of options is a type alone
    peer = new Peer(crypto.randomUUID(), options);
    const opened = new Promise((resolve) => peer.on('open', resolve));
    peer.on('call', (call) => {
      call.answer(stream);
      show(call, page);
    });
    signalling = await Signalling.open(page.parameter('signalling'), page.parameter('room'));
    signalling.listen(({ peers = [] }) => {
      for (const present of peers) show(peer.call(present, stream), page);
    });
    await opened;
  },
  join: () => signalling.join(peer.id),
});

function show(call: MediaConnection, page: Page): void {
  call.on('stream', (stream) => {
    const [track] = stream.getVideoTracks();
    if (track) page.faces.show(call.peer, track);
  });
}
