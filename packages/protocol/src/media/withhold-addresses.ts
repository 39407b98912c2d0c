import type { RtcBody } from '../tables/media.js';

/** In place of an address that is withheld, as RFC 8839 §5.1 wants it for a related address; the port is that of "discard". */
const ANYWHERE = { IP4: '0.0.0.0', IP6: '::' } as const;
const DISCARD_PORT = '9';

/** foundation, component, transport, priority, address, port; the type follows. One space between two of them, so that no line breaks fit in. */
const RELAY = /^(candidate:\S+(?: \S+){4} \S+ typ relay)((?: \S+ \S+)*)$/iu;
/** One line as browsers write it. Some read more than that: with white space around the type, or in capitals. */
const LINE = /^([abcmostv])=(\S.*)$/u;
const ATTRIBUTE = /^([\w-]+)(?::(.*))?$/u;

/** What an address looks like wherever it stands: IPv4, IPv6 (shortened, or in eight groups), a name of one's own network (mDNS). */
const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|::|(?<!\w)[\da-f]{1,4}(?::[\da-f]{1,4}){7}|\.local\b/iu;
/** Groups of hexadecimal digits as well, and more of them (RFC 8122 §5). */
const FINGERPRINT = /^fingerprint:[\w-]{1,20} [\da-f]{2}(?::[\da-f]{2})*$/iu;

/**
 * Takes from a message everything that tells where somebody is, but their relay: for rooms where media goes through TURN only.
 * Candidates that are not of a relay, the related address of a relay, the addresses in `c=`, `o=` and `a=rtcp` and the ports in `m=`
 * (RFC 8839 §5.1, RFC 8866 §5). What is not written as browsers write it goes as well: nothing of it is needed, and it might be a candidate to somebody's parser.
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
    .map(withholdInLine)
    .filter((line) => line !== null)
    .map((line) => `${line}\r\n`)
    .join('');
}

/** @returns null where nothing of the line may go on */
function withholdInLine(line: string): string | null {
  const [, type, value = ''] = LINE.exec(line) ?? [];
  switch (type) {
    case 'a':
      return withholdInAttribute(value);
    case 'c':
      return `c=IN IP4 ${ANYWHERE.IP4}`;
    case 'm':
      if (ADDRESS.test(value)) return null;
      // A port of 0 says that there is no such medium.
      return line.replace(/^(m=\S+) (?!0 )\S+/u, `$1 ${DISCARD_PORT}`);
    case 'o':
      return ADDRESS.test(value.split(' ').slice(0, 3).join(' '))
        ? null
        : `o=${value.split(' ').slice(0, 3).join(' ')} IN IP4 127.0.0.1`;
    case undefined:
      return null;
    default:
      return ADDRESS.test(value) ? null : line;
  }
}

function withholdInAttribute(value: string): string | null {
  const [, name = ''] = ATTRIBUTE.exec(value) ?? [];
  switch (name.toLowerCase()) {
    case 'candidate': {
      const candidate = withholdInCandidate(value);
      return candidate === null ? null : `a=${candidate}`;
    }
    case 'rtcp':
      return `a=rtcp:${DISCARD_PORT} IN IP4 ${ANYWHERE.IP4}`;
    case 'fingerprint':
      return FINGERPRINT.test(value) ? `a=${value}` : null;
    case '':
    case 'remote-candidates':
    case 'source-filter':
      return null;
    default:
      return ADDRESS.test(value) ? null : `a=${value}`;
  }
}

/** @returns the candidate of a relay without what it is related to; null for any other */
function withholdInCandidate(candidate: string): string | null {
  const [, start = '', extensions = ''] = RELAY.exec(candidate) ?? [];
  if (start === '') return null;
  const [foundation = '', , , , address = ''] = start.split(' ');
  const withheld = extensions
    .replace(/ raddr \S+/giu, ` raddr ${address.includes(':') ? ANYWHERE.IP6 : ANYWHERE.IP4}`)
    .replace(/ rport \S+/giu, ` rport ${DISCARD_PORT}`);
  const rest = withheld.replaceAll(/ raddr (?:0\.0\.0\.0|::)(?= |$)/gu, '');
  return ADDRESS.test(`${foundation.slice('candidate:'.length)}${rest}`) ? null : start + withheld;
}
