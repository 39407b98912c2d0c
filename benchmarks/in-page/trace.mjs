/** What a page does between the click and the picture: frames of its sockets, and the states of its connections, by its own clock. */

/** Runs before the scripts of a page. `window.trace` holds `[milliseconds of the epoch, what]`. */
export function recordTrace() {
  /** @type {[number, string][]} */
  const trace = [];
  const note = (/** @type {string} */ what) => void trace.push([performance.timeOrigin + performance.now(), what]);
  Object.assign(window, { trace, note });
  document.addEventListener('click', () => note('click'), true);

  const name = (/** @type {unknown} */ text) => {
    if (typeof text !== 'string') return 'binary';
    const message = JSON.parse(text);
    const body = message.body?.message ?? message.data ?? message;
    const inner = body.type ?? body.description?.type ?? (body.candidate ? 'candidate' : body.said) ?? '';
    return [message.frame ?? '', message.kind ?? '', inner, message.joined ? 'joined' : ''].filter(Boolean).join(' ');
  };
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => note(`<- ${name(data)}`));
    }
    /** @override @param {string} text */
    send(text) {
      note(`-> ${name(text)}`);
      super.send(text);
    }
  };

  let count = 0;
  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativeConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      count += 1;
      const id = `pc${count}`;
      note(`${id} made`);
      this.addEventListener('iceconnectionstatechange', () => note(`${id} ice ${this.iceConnectionState}`));
      this.addEventListener('connectionstatechange', () => note(`${id} ${this.connectionState}`));
      this.addEventListener('signalingstatechange', () => note(`${id} signaling ${this.signalingState}`));
      this.addEventListener('track', ({ track }) => {
        note(`${id} track ${track.kind}`);
        track.addEventListener('unmute', () => note(`${id} ${track.kind} unmuted`));
      });
    }
  };
  const replaceTrack = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = async function (/** @type {MediaStreamTrack | null} */ track) {
    note(
      `replaceTrack ${track?.kind ?? 'null'} ${track?.getSettings().width ?? ''}x${track?.getSettings().height ?? ''}`,
    );
    await replaceTrack.call(this, track);
    note('replaceTrack done');
  };
  const setParameters = RTCRtpSender.prototype.setParameters;
  RTCRtpSender.prototype.setParameters = async function (/** @type {RTCRtpSendParameters} */ parameters) {
    note(`setParameters ${JSON.stringify(parameters.encodings[0] ?? null)}`);
    await setParameters.call(this, parameters);
    note('setParameters done');
  };
  const onFrame = HTMLVideoElement.prototype.requestVideoFrameCallback;
  /** @type {WeakSet<HTMLVideoElement>} */
  const seen = new WeakSet();
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (/** @type {VideoFrameRequestCallback} */ callback) {
    return onFrame.call(this, (now, metadata) => {
      if (!seen.has(this) && metadata.receiveTime !== undefined) {
        seen.add(this);
        const at = performance.timeOrigin + metadata.receiveTime;
        trace.push([at, `first frame received ${metadata.width}x${metadata.height}`]);
        trace.push([at + (metadata.processingDuration ?? 0) * 1_000, 'first frame decoded']);
        note('first frame shown');
      }
      callback(now, metadata);
    });
  };
}
