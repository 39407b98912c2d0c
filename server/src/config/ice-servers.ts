import type { IceServer } from '@lms-live/protocol';
import * as v from 'valibot';
import { listOf } from './options.js';

/** RFC 7064, RFC 7065. */
const ICE_URL = /^(?:stuns?:[^\s?@/]+|turns?:[^\s?@/]+(?:\?transport=(?:udp|tcp))?)$/;

const iceUrl = v.pipe(v.string(), v.regex(ICE_URL));
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
