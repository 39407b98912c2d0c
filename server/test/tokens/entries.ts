/** The five ways by which a token reaches the server. */
import { request } from 'node:http';
import { tokenCommand } from '../../src/cli/token-command.js';
import type { Rig } from '../support/rig.js';
import { claims, school } from './make.js';

export interface Outcome {
  /** `accepted`, or the code of the refusal. */
  readonly code: string;
  readonly role?: string | undefined;
  /** Everything that was answered. */
  readonly said: string;
}

export interface Attempt {
  readonly rig: Rig;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  readonly tenant?: string | undefined;
  /** Whose connection gets a fresh token. Default: somebody new, as rates are counted by person. */
  readonly person?: string;
}

export type Entry = (attempt: Attempt) => Promise<Outcome>;

/** The first frame of a socket. */
const hello: Entry = async ({ rig, token, tenant }) => {
  const peer = await rig.open();
  try {
    peer.send({
      frame: 'hello',
      token,
      room: 'algebra',
      client: { id: 'tab-of-the-corpus' },
      ...(tenant === undefined ? {} : { tenant }),
    });
    await peer.when(() => peer.frames.length > 0 || peer.closed !== null);
    const [first] = peer.frames;
    const said = peer.texts.join('');
    if (first?.frame === 'welcome') return { code: 'accepted', role: first.role, said };
    if (first?.frame === 'waiting') return { code: 'accepted', said };
    const { code, reason } = await peer.untilClosed();
    return { code: first?.frame === 'refused' ? first.code : `closed ${String(code)}`, said: `${said}${reason}` };
  } finally {
    peer.terminate();
  }
};

/** A fresh token on a connection that was let in with a good one. */
let people = 0;
const refresh: Entry = async ({ rig, token, person = `person-${String((people += 1))}` }) => {
  const peer = await rig.open();
  try {
    await peer.hello(school(claims({ sub: person })), { room: 'algebra' });
    const from = peer.frames.length;
    const textsFrom = peer.texts.length;
    peer.send({ frame: 'token', token });
    const answer = await peer.until((frame) => frame.frame === 'token' || frame.frame === 'refused', from);
    const said = peer.texts.slice(textsFrom).join('');
    return { code: answer.frame === 'refused' ? answer.code : 'accepted', said };
  } finally {
    peer.terminate();
  }
};

/** `fetch` would mend or refuse what no header may hold. */
function http(method: string, path: string): Entry {
  return ({ rig, token, tenant }) =>
    new Promise((resolve, reject) => {
      const query = tenant === undefined ? '' : `?tenant=${tenant}`;
      const call = request(`${rig.url}${path}${query}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-length': '0' },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        let said = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (said += chunk));
        response.on('end', () => {
          const body = said.startsWith('{') ? (JSON.parse(said) as { code?: string; role?: string }) : {};
          const isFine = (response.statusCode ?? 500) < 300;
          resolve({
            code: isFine ? 'accepted' : (body.code ?? `status ${String(response.statusCode)}`),
            role: body.role,
            said: said + JSON.stringify(response.headers),
          });
        });
      });
      call.end();
    });
}

/** `lms-live token check`. */
const check: Entry = async ({ env, token, tenant }) => {
  let said = '';
  const note = (text: string): void => {
    said += text;
  };
  const exit = await tokenCommand({
    args: ['check', '--json', ...(tenant === undefined ? [] : ['--tenant', tenant]), '--', token],
    env,
    now: Date.now,
    readInput: () => Promise.reject(new Error('nothing is read')),
    print: note,
    complain: note,
  });
  const { problems } = JSON.parse(said) as { problems: { code: string }[] };
  return { code: exit === 0 ? 'accepted' : (problems[0]?.code ?? `exit ${String(exit)}`), said };
};

export const ENTRIES = {
  hello,
  refresh,
  read: http('GET', '/v1/rooms/algebra'),
  join: http('POST', '/v1/rooms/algebra/join'),
  check,
} as const satisfies Readonly<Record<string, Entry>>;

export type EntryName = keyof typeof ENTRIES;

/** What cannot be a header at all: whoever sends it is refused by their own HTTP library. */
export function fitsHeader(token: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(token);
}
