/** What says who may be in a room: the key `admission` of a tenant. */
import * as v from 'valibot';
import type { Admission } from '../auth/types.js';
import { readMaterial } from './material.js';
import { httpAddress, option, textAs } from './options.js';
import { readTable } from './read-table.js';
import { HOW_TO_MAKE_A_SECRET, weakness } from './secrets.js';
import type { TenantPlace } from './types.js';

/** Standard Webhooks: a secret is this and 24 to 64 bytes in base64. */
const PREFIX = 'whsec_';
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const HOW_TO_MAKE_IT = `write ${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} random bytes in base64, as \`echo "${PREFIX}$(openssl rand -base64 32)"\` makes it`;

export const HOOK_OPTIONS = {
  by: option<'hook'>({
    unit: 'word',
    defaultText: 'required',
    reason: 'The server asks the host.',
    write: 'hook',
    schema: v.literal('hook'),
  }),
  url: option<string>({
    unit: 'URL',
    defaultText: 'required',
    reason: 'Where it asks. It says who may be in which class, so it is https except on this machine.',
    write: 'an https address such as https://lms.school.example/live/admission, without a user, query or fragment',
    schema: textAs((text) => (httpAddress(text, false) === null ? null : text)),
  }),
  secret: option<string>({
    unit: `\`${PREFIX}\` and base64`,
    isOptional: true,
    isSecret: true,
    defaultText: 'this or `secretFile`',
    reason:
      'Signs the questions (Standard Webhooks), so that the host answers this server alone. Never the secret that signs tokens.',
    write: `${PREFIX} and ${MIN_BYTES} to ${MAX_BYTES} random bytes in base64`,
    schema: v.pipe(v.string(), v.minLength(1)),
  }),
  secretFile: option<string>({
    unit: 'path, relative to the tenants file',
    isOptional: true,
    defaultText: 'this or `secret`',
    reason: 'Keeps the secret out of the tenants file.',
    write: 'the path of a file with the secret',
    schema: v.pipe(v.string(), v.minLength(1)),
  }),
} as const;

type Written = 'claim' | 'roster' | Readonly<Record<string, unknown>>;

export const admissionOption = option<Written>({
  unit: '`claim`, `roster` or an object',
  fallback: 'claim',
  defaultText: '`claim`',
  reason:
    'What says that a person may be in a room, and as what. `claim`: the token. `roster`: the list that your back end gives with the room. An object: your back end is asked, see below. With the last two a token needs no room and no role.',
  write: 'claim, roster, or an object such as {"by": "hook", "url": "https://…", "secretFile": "hook.secret"}',
  schema: v.union([v.picklist(['claim', 'roster']), v.record(v.string(), v.unknown())]),
});

export function readAdmission(written: Written, context: TenantPlace): Admission {
  if (typeof written === 'string') return { by: written };
  const place = { ...context, where: `${context.where}.admission` };
  const read = readTable(written, HOOK_OPTIONS, place);
  const text = readMaterial({ name: 'secret', inline: read.secret, file: read.secretFile }, place);
  const secret = text === null ? null : readSecret(text.trim(), place);
  // What is missing is a problem already, and the server does not start.
  return read.url === undefined || secret === null ? { by: 'claim' } : { by: 'hook', url: read.url, secret };
}

function readSecret(text: string, { where, problems, production }: TenantPlace): Uint8Array | null {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES || bytes.toString('base64') !== base64) {
    problems.push(`${where}.secret is not valid; ${HOW_TO_MAKE_IT}.`);
    return null;
  }
  const weak = production ? (weakness(base64) ?? weakness(bytes.toString('latin1'))) : null;
  if (weak !== null) problems.push(`${where}: The secret ${weak}; ${HOW_TO_MAKE_A_SECRET}.`);
  return new Uint8Array(bytes);
}
