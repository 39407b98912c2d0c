import type { RtcBody } from '../tables/media.js';

const ANYWHERE = '0.0.0.0';

/**
 * Takes from a message everything that tells where somebody is, but their relay: for rooms where media goes through TURN only.
 * Candidates that are not of a relay, the addresses in `c=`, `o=` and `a=rtcp`, and the related address of a relay (RFC 8839 §5.1).
 */
export function withholdAddresses(body: RtcBody): RtcBody {
  const { message } = body;
  switch (message?.type) {
    case 'offer':
    case 'answer':
      return { ...body, message: { ...message, sdp: withholdInDescription(message.sdp) } };
    case 'candidate': {
      if (message.candidate === null || message.candidate.candidate === '') return body;
      const candidate = withholdInCandidate(message.candidate.candidate);
      // The stream stays whole: a message takes the place of the one that is kept back.
      if (candidate === null) return { ...body, message: { type: 'withheld' } };
      return { ...body, message: { ...message, candidate: { ...message.candidate, candidate } } };
    }
    default:
      return body;
  }
}

function withholdInDescription(sdp: string): string {
  return sdp
    .split(/\r\n|\r|\n/u)
    .flatMap((line) => {
      if (/^a=candidate:/iu.test(line)) {
        const candidate = withholdInCandidate(line.slice(2));
        return candidate === null ? [] : [`a=${candidate}`];
      }
      if (/^a=remote-candidates:/iu.test(line)) return [];
      if (/^c=/u.test(line)) return [`c=IN IP4 ${ANYWHERE}`];
      if (/^a=rtcp:/iu.test(line)) return [`a=rtcp:9 IN IP4 ${ANYWHERE}`];
      if (/^o=/u.test(line)) return [line.replace(/ IN IP[46] \S+$/u, ' IN IP4 127.0.0.1')];
      return [line];
    })
    .join('\r\n');
}

/** @returns the candidate of a relay without what it is related to; null for any other */
function withholdInCandidate(candidate: string): string | null {
  if (!/^candidate:(?:\S+ ){6}typ relay(?: |$)/iu.test(candidate)) return null;
  return candidate.replace(/ raddr \S+/iu, ` raddr ${ANYWHERE}`).replace(/ rport \S+/iu, ' rport 0');
}
