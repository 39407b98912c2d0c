import type { IceServer } from '@lms-live/protocol';
import * as v from 'valibot';
import { listOf } from './options.js';

/** RFC 7064, RFC 7065. */
const ICE_URL =
  /^(?:stuns?|turns?):(?:\[[\dA-Fa-f:.]+\]|[A-Za-z\d._-]+)(?::(?<port>\d{1,5}))?(?<query>\?transport=(?:udp|tcp))?$/;
const MAX_PORT = 65_535;

const iceUrl = v.pipe(v.string(), v.check(isIceUrl));
const iceServers = v.array(
  v.strictObject({
    urls: v.union([iceUrl, v.pipe(v.array(iceUrl), v.minLength(1))]),
    username: v.optional(v.pipe(v.string(), v.minLength(1))),
    credential: v.optional(v.pipe(v.string(), v.minLength(1))),
  }),
);

/** STUN addresses with commas between them, or the JSON of `RTCPeerConnection`'s `iceServers`. Null: neither. */
export function readIceServers(text: string): readonly IceServer[] | null {
  const servers = text.trimStart().startsWith('[') ? parsed(text) : listOf(text).map((urls) => ({ urls }));
  const read = v.safeParse(iceServers, servers);
  return read.success && read.output.every(isUsable) ? read.output.map(withoutUndefined) : null;
}

/** TURN addresses with commas between them. Null: something else is among them, or nothing. */
export function readTurnUrls(text: string): readonly string[] | null {
  const urls = listOf(text);
  return urls.length > 0 && urls.every((url) => /^turns?:/.test(url) && isIceUrl(url)) ? urls : null;
}

/** What a browser would refuse stops the whole call (W3C webrtc-pc §4.4.1.6), so it is refused here. */
function isIceUrl(text: string): boolean {
  const { port, query } = ICE_URL.exec(text)?.groups ?? {};
  if (!ICE_URL.test(text) || (port !== undefined && (Number(port) === 0 || Number(port) > MAX_PORT))) return false;
  return query === undefined || text.startsWith('turn');
}

/** A browser throws on a TURN server without both (W3C webrtc-pc §4.2.4), and so would the whole call. */
function isUsable({ urls, username, credential }: v.InferOutput<typeof iceServers>[number]): boolean {
  const hasTurn = [urls].flat().some((url) => url.startsWith('turn'));
  return !hasTurn || (username !== undefined && credential !== undefined);
}

function withoutUndefined({ urls, username, credential }: v.InferOutput<typeof iceServers>[number]): IceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
