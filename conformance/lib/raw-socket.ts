import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A frame of the server as it came. */
export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** What came on a connection until it ended, or until nothing more was waited for. */
export interface RawEnd {
  readonly frames: readonly RawFrame[];
  readonly isClosed: boolean;
}

const HEAD_END = '\r\n\r\n';

/** Makes the handshake, writes these bytes, and reads until the end of the connection or until enough has come. */
export async function exchange(
  url: string,
  bytes: readonly Buffer[],
  { isEnough, withinMs }: { readonly isEnough: (frames: readonly RawFrame[]) => boolean; readonly withinMs: number },
): Promise<RawEnd> {
  const { protocol, hostname, port, pathname, host } = new URL(url);
  const isTls = protocol === 'wss:';
  const to = { host: hostname, port: Number(port || (isTls ? 443 : 80)) };
  const socket = isTls ? connectTls({ ...to, servername: hostname }) : connect(to);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let received = Buffer.alloc(0) as Buffer;
  const state = { isClosed: false };
  await once(socket, isTls ? 'secureConnect' : 'connect');
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: lms-live.v1\r\n\r\n`,
  );
  const over = new Promise<void>((resolve) => {
    let isUpgraded = false;
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!isUpgraded && received.includes(HEAD_END)) {
        isUpgraded = true;
        received = received.subarray(received.indexOf(HEAD_END) + HEAD_END.length);
        for (const piece of bytes) socket.write(piece);
      }
      if (isUpgraded && isEnough(framesIn(received))) resolve();
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      state.isClosed = true;
      resolve();
    });
    setTimeout(resolve, withinMs).unref();
  });
  await over;
  socket.destroy();
  return { frames: framesIn(received), isClosed: state.isClosed };
}

function framesIn(bytes: Buffer): readonly RawFrame[] {
  const frames: RawFrame[] = [];
  let at = 0;
  while (bytes.length >= at + 2) {
    const short = bytes[at + 1]! & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at + head) break;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length < at + head + length) break;
    frames.push({ opcode: bytes[at]! & 0x0f, payload: bytes.subarray(at + head, at + head + length) });
    at += head + length;
  }
  return frames;
}
