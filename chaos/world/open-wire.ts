import { WebSocket } from 'ws';
import { SUBPROTOCOL, type ServerFrame } from '@lms-live/protocol';
import type { SocketLike } from '@lms-live/client';
import type { Entry } from '../checker/history.js';
import { WireTap, type ReaderIdentity } from './wire-tap.js';

/** RFC 6455 §7.4.1: nothing was said. */
const NO_STATUS = 1005;

export interface WireOptions {
  readonly url: string;
  readonly history: Entry[];
  readonly reader: ReaderIdentity;
  /** Takes a frame of the server off the wire: nobody above sees it. */
  readonly withholds?: (frame: ServerFrame) => boolean;
  /** See `WireTap`; default true. */
  readonly checksChain?: boolean;
}

/** A socket that everybody can cut. */
export interface Wire extends SocketLike {
  /** The connection is gone, without a word to either side of the protocol. */
  cut(): void;
  /** Stops reading what comes: a slow reader. */
  pause(): void;
  resume(): void;
}

/** A WebSocket of `ws` in the shape of the browser's, with everything on it written down. */
export function openWire({ url, history, reader, withholds, checksChain = true }: WireOptions): Wire {
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
  const tap = new WireTap(history, reader, checksChain);
  const wire: Wire = {
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(text) {
      tap.sent(text);
      socket.send(text);
    },
    close(code, reason) {
      socket.close(code, reason);
    },
    cut() {
      socket.terminate();
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
  };
  socket.on('open', () => wire.onopen?.());
  socket.on('message', (data: Buffer) => {
    // A wire that its client has left is heard by nobody.
    if (!wire.onmessage) return;
    const text = data.toString('utf8');
    const frame = JSON.parse(text) as ServerFrame;
    if (withholds?.(frame)) {
      if (frame.frame === 'event') tap.withheld(frame);
      return;
    }
    tap.received(frame, text);
    wire.onmessage({ data: text });
  });
  socket.on('close', (code, reason) => {
    tap.closed(code);
    wire.onclose?.({ code: code === NO_STATUS ? 1006 : code, reason: reason.toString('utf8') });
  });
  // A close follows.
  socket.on('error', () => wire.onerror?.());
  return wire;
}
