import { createHmac } from 'node:crypto';
import { nanoid } from 'nanoid';
import * as v from 'valibot';
import { cleanText, LIMITS } from '@lms-live/protocol';
import { readLimited } from '../auth/read-limited.js';
import { shownName } from '../auth/shown-name.js';
import { parseStrictJson } from '../auth/strict-json.js';
import type { HostAnswer } from './host-answers.js';

/** One question to a host. */
export interface HookCall {
  readonly url: string;
  readonly secret: Uint8Array;
  readonly body: {
    readonly tenant: string;
    readonly sub: string;
    readonly room: string;
    /** The whole payload of the verified token. */
    readonly claims: Readonly<Record<string, unknown>>;
  };
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

const ROLES = ['instructor', 'assistant', 'student', 'observer'] as const;

/** What else a host says is for a later version. */
const answer = v.object({
  allow: v.boolean(),
  role: v.nullish(v.picklist(ROLES), null),
  name: v.nullish(v.string(), null),
  grants: v.nullish(v.record(v.string(), v.boolean()), {}),
  reason: v.nullish(v.string(), null),
});

/**
 * Asks a host about one person and one room: a POST that is signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature: v1,…`). Follows no redirect, and reads so much for so long and no more.
 * @throws what the network throws; {Error} saying what is wrong with the answer, without quoting it
 */
export async function askHost({ url, secret, body, now, fetch, signal }: HookCall): Promise<HostAnswer> {
  const text = JSON.stringify(body);
  const id = `msg_${nanoid()}`;
  const timestamp = String(Math.floor(now / 1_000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${text}`).digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body: text,
    // A redirect could lead into the network of the server, and would be signed for another.
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMITS.hookTimeoutMs)]),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the admission hook answered with the status ${String(response.status)}`);
  }
  return readAnswer(await readLimited(response, LIMITS.maxHookBytes));
}

function readAnswer(bytes: Uint8Array): HostAnswer {
  const read = v.safeParse(answer, parseStrictJson(bytes));
  if (!read.success) {
    const path = v.getDotPath(read.issues[0]) ?? 'the answer';
    throw new Error(`the admission hook answered \`${path}\` as nothing that it may be`);
  }
  const { allow, role, grants } = read.output;
  const name = shownName(read.output.name ?? '');
  const reason = cleanText(read.output.reason ?? '').slice(0, LIMITS.maxReasonChars);
  return Object.freeze({
    allow,
    role,
    name: name === '' ? null : name,
    grants: Object.freeze({ ...grants }),
    reason: reason === '' ? null : reason,
  });
}
