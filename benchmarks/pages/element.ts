/** The element as a page would hold it: its own button is pressed, and its own pictures are watched. */
import '@lms-live/elements/define/meeting-room';
import { run } from './parts/page.js';

/** Between two looks whether the button may be pressed. */
const POLL_MS = 20;

const connections: RTCPeerConnection[] = [];
/** Ids of the tracks that came from others: a picture of one of them is a face. */
const remote = new Set<string>();

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
    this.addEventListener('track', ({ track }) => remote.add(track.id));
  }
};

let button: HTMLElement;

run({
  async prepare(page) {
    const element = document.createElement('lms-meeting-room');
    element.server = page.parameter('live');
    element.token = page.parameter('token');
    element.style.cssText = 'display: block; height: 500px';
    document.body.append(element);
    await until(() => {
      const found = deep<HTMLElement>('[part~="join-button"]')[0];
      if (!found || !isPreviewing()) return false;
      button = found;
      return connections.filter(({ connectionState }) => connectionState === 'connected').length >= page.others;
    });
  },
  join(page) {
    button.click();
    const look = (): void => {
      for (const video of deep<HTMLVideoElement>('video')) {
        const [track] = (video.srcObject as MediaStream | null)?.getVideoTracks() ?? [];
        if (track && remote.has(track.id) && !page.faces.isWatched(video)) page.faces.watch(track.id, video);
      }
      requestAnimationFrame(look);
    };
    look();
  },
});

/** The camera is on, and shown. */
function isPreviewing(): boolean {
  return deep<HTMLVideoElement>('video').some(({ srcObject, videoWidth }) => srcObject !== null && videoWidth > 0);
}

/** Also behind shadow roots. */
function deep<T extends Element>(selector: string, root: ParentNode = document): T[] {
  const inside = [...root.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
    shadowRoot ? deep<T>(selector, shadowRoot) : [],
  );
  return [...root.querySelectorAll<T>(selector), ...inside];
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
