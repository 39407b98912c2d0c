import { noChange } from 'lit';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

/** One stream for each track, so that a video that is rendered again goes on as it is. */
const streams = new WeakMap<MediaStreamTrack, MediaStream>();

export function streamOf(track: MediaStreamTrack): MediaStream {
  let stream = streams.get(track);
  if (!stream) streams.set(track, (stream = new MediaStream([track])));
  return stream;
}

/** Shows a track in a `<video>`, which says nothing: sound has players of its own. */
class Playing extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError('`playing` stands in a <video>.');
  }

  render(_track: MediaStreamTrack | null): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [track]: [MediaStreamTrack | null]): unknown {
    const video = element as HTMLVideoElement;
    const stream = track && streamOf(track);
    video.muted = true;
    if (video.srcObject !== stream) video.srcObject = stream;
    if (stream) resume(video);
    return noChange;
  }
}

/** @param track null: shows nothing */
export const playing = directive(Playing);

/** Browsers stop a video that is taken out of the page for longer than a task. */
export function resume(video: HTMLVideoElement): void {
  // Refused where the element is not in the page yet, or goes at once: `autoplay` starts it then.
  if (video.paused && video.srcObject) video.play().catch(() => undefined);
}
