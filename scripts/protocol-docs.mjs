/**
 * Writes `docs-site/reference/*.md` from the tables of the protocol, which both sides run: rights, settings, codes, events, commands, limits.
 * It takes the package as it is built. With `--check` it writes nothing and fails where a page is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  CLIENT_ERRORS,
  CLOSE_CODES,
  COMMAND_TYPES,
  COMMANDS,
  ERRORS,
  EVENT_TYPES,
  EVENTS,
  GRANTS,
  LIMITS,
  LOGS,
  POLICY,
  POLICY_KEYS,
  POLICY_MEANS,
  RESERVED_FAMILIES,
  RIGHTS,
  ROLES,
  ROOM_STATES,
  SIGNALS,
  TRANSITIONS,
  afterClose,
} from '@lms-live/protocol';
import { format, resolveConfig } from 'prettier';

const FOLDER = 'docs-site/reference';
const NOTICE = '<!-- Written by scripts/protocol-docs.mjs from the tables of packages/protocol. -->';
const LIMITS_SOURCE = 'packages/protocol/src/tables/limits.ts';

/** @param {string | number} text */
const code = (text) => `\`${text}\``;

/** In a cell, with what would be an element of the page made text. @param {string} text */
const cell = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;')))
    .join('')
    .replaceAll('|', String.raw`\|`);

/**
 * @param {string[]} columns
 * @param {string[][]} rows
 */
function table(columns, rows) {
  return [columns, columns.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** @param {string} title @param {...string} blocks */
const page = (title, ...blocks) => [`# ${title}`, NOTICE, ...blocks].join('\n\n');

// ── The shape of a body, from its schema ────────────────────────────────────────────────────────────────────────────

/**
 * What is read of a valibot schema.
 * @typedef {{ type: string, wrapped?: Schema, item?: Schema, key?: Schema, value?: Schema, entries?: Record<string, Schema>,
 *   literal?: string, options?: (Schema | string)[], pipe?: { kind: string, type: string, requirement?: unknown }[] }} Schema
 */

/** @param {Schema} schema @returns {string} */
function typeOf(schema) {
  switch (schema.type) {
    case 'optional':
      return typeOf(/** @type {Schema} */ (schema.wrapped));
    case 'nullable':
      return `${typeOf(/** @type {Schema} */ (schema.wrapped))} or null`;
    case 'array':
      return `list of ${typeOf(/** @type {Schema} */ (schema.item))}`;
    case 'picklist':
      return (schema.options ?? []).map((option) => code(String(option))).join(', ');
    case 'variant':
      return (schema.options ?? []).map((option) => kindOf(/** @type {Schema} */ (option))).join('; or ');
    case 'strict_object':
      return `object of ${fieldsOf(schema)}`;
    case 'union':
      return (schema.options ?? []).map((option) => typeOf(/** @type {Schema} */ (option))).join(' or ');
    case 'record':
      return `object of ${typeOf(/** @type {Schema} */ (schema.value))}`;
    case 'string':
      return isId(schema) ? 'id' : `text${most(schema)}`;
    case 'unknown':
      return 'anything';
    case 'number':
    case 'boolean':
      return `${schema.type}${most(schema)}`;
    default:
      throw new Error(`There are no words for a schema of type ${schema.type}.`);
  }
}

/** One of several objects that a `type` tells apart. @param {Schema} schema */
function kindOf({ entries: { type, ...others } = {} }) {
  const fields = fieldsOf({ entries: others });
  return fields === '' ? code(`${type?.literal}`) : `${code(`${type?.literal}`)} with ${fields}`;
}

/** @param {Schema} schema */
const isId = ({ pipe = [] }) => pipe.some(({ type }) => type === 'regex');

/** @param {Schema} schema */
function most({ pipe = [] }) {
  const limit = pipe.find(({ type }) => type === 'max_length' || type === 'max_value')?.requirement;
  return typeof limit === 'number' ? ` ≤ ${limit}` : '';
}

/** @param {unknown} body */
function fieldsOf(body) {
  const { entries = {} } = /** @type {Schema} */ (body);
  return Object.entries(entries)
    .map(([key, schema]) => `${code(schema.type === 'optional' ? `${key}?` : key)} (${typeOf(schema)})`)
    .join(', ');
}

// ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A cell for each role. @param {(role: import('@lms-live/protocol').Role) => string} cellOf */
const byRole = (cellOf) => ROLES.map(cellOf);

/** @param {import('@lms-live/protocol').Grant} grant */
const marks = (grant) => byRole((role) => (RIGHTS[grant].roles.includes(role) ? '✓' : '–'));

/** What takes no grant by itself: whose the thing is decides, and this right for what is not one’s own. `null`: everybody in the class may. */
const OF_OTHERS = /** @type {Record<string, import('@lms-live/protocol').Grant | null>} */ ({
  'person.join': null,
  'person.leave': null,
  'chat.delete': 'chat.moderate',
  'question.edit': 'question.moderate',
  'question.remove': 'question.moderate',
  'hand.lower': 'people.moderate',
});

/** @param {import('@lms-live/protocol').CommandType} type */
function commandRights(type) {
  const { grant } = COMMANDS[type];
  if (grant !== null) return [code(type), ...marks(grant), code(grant)];
  if (type === 'room.change') return [code(type), ...ROLES.map(() => ''), 'by what it changes, see below'];
  const others = OF_OTHERS[type];
  if (others === undefined) throw new Error(`Say in OF_OTHERS who may ${type}: it takes no grant.`);
  // A service is nobody in the class, and has nothing of its own there.
  if (others === null)
    return [code(type), ...byRole((role) => (role === 'service' ? '–' : '✓')), 'everybody, for themselves'];
  const cells = byRole((role) => {
    if (RIGHTS[others].roles.includes(role)) return '✓';
    return role === 'service' ? '–' : 'own';
  });
  return [code(type), ...cells, `what is not one’s own: ${code(others)}`];
}

function rights() {
  const staff = ROLES.filter((role) => role !== 'service' && RIGHTS['staff.read'].roles.includes(role));
  const promoting = staff.filter((role) => RIGHTS['people.promote'].roles.includes(role));
  return page(
    'Rights',
    'What each role may do. A token adds or takes away single grants with its claim `grants`; a role that was given in class stands over the one of the token.',
    table(
      ['grant', ...ROLES, 'allows to'],
      GRANTS.map((grant) => [code(grant), ...marks(grant), RIGHTS[grant].means]),
    ),
    'Students send audio and video, and share a screen, as far as the settings `media.students` and `media.share` allow.',
    '## Commands by role',
    'Without the right a command is refused as `forbidden`, and `detail.grant` names what is missing. `own`: for what one has written or raised oneself. `chat.edit` is for the author alone, whatever the role. A service sends no commands: it has [routes](/reference/http) for those that are marked.',
    table(['command', ...ROLES, 'takes'], COMMAND_TYPES.map(commandRights)),
    '## Signals by role',
    'What is said without the right goes nowhere; `mute`, `ask` and `lobby.message` are then refused as `forbidden`.',
    table(
      ['signal', ...ROLES, 'takes'],
      Object.entries(SIGNALS).map(([kind, { grant }]) => [
        code(kind),
        // Sent on sockets, which a service has not.
        ...byRole((role) => (role !== 'service' && (grant === null || RIGHTS[grant].roles.includes(role)) ? '✓' : '–')),
        grant === null ? 'a media session' : code(grant),
      ]),
    ),
    '## Settings by role',
    'Who changes [a setting](/reference/policy) during class, by `room.change` or over HTTP. A setting that the host has given with `"teacherEditable": false` is changed by a service alone; others are refused as `policy_fixed`.',
    table(
      ['setting', ...ROLES, 'takes'],
      POLICY_KEYS.map((key) => {
        const { grant, fixed } = POLICY[key];
        if (fixed === true) return [code(key), ...ROLES.map(() => '–'), 'nothing: it is set when the room is made'];
        return [code(key), ...marks(grant), code(grant)];
      }),
    ),
    '## Who acts on whom',
    `${sentenceOf(staff)} act on students and observers. On ${sentenceOf(staff, 'or')} only who has ${code('people.promote')} acts (of these: ${sentenceOf(promoting)}); anybody else is refused as ${code('role_required')}. Nobody acts on themselves: ${code('self_refused')}. So it is with ${['person.role', 'person.media', 'person.remove', 'person.bar'].map(code).join(', ')}.`,
    '## Owners',
    'A room that an instructor has made has an owner. Its record (title, description, times, visibility, capacity, engine, list of the expected, password) is changed by its owners and by services, and so is the room deleted; other instructors teach in it: they start and end the class, lock it, and change its settings. A room without owners is managed by everybody with `room.manage`.',
    '## Routes',
    'Each route names its right in [HTTP routes](/reference/http).',
    'All of this is checked on the wire, cell by cell, by the suite in [`conformance/`](https://github.com/lms-live/lms-live/tree/main/conformance): `npm run conformance -- --matrix`.',
  );
}

/** @param {readonly string[]} words */
function sentenceOf(words, and = 'and') {
  const last = words.at(-1) ?? '';
  const text = words.length > 1 ? `${words.slice(0, -1).join(', ')} ${and} ${last}` : last;
  return and === 'and' ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function policy() {
  /** @param {import('@lms-live/protocol').PolicyRow} row */
  const values = (row) => {
    if (row.kind === 'choice') return row.choices.map(code).join(' ');
    return row.kind === 'integer' ? `${row.min} to ${row.max}` : '`true` `false`';
  };
  return page(
    'Settings of a room',
    'Each setting is given as a value, or by the host as `{ "value": …, "teacherEditable": false }` to keep it from the teacher. Who has the grant may change it during class.',
    table(
      ['setting', 'values', 'default', 'grant', 'meaning'],
      POLICY_KEYS.map((key) => {
        const row = POLICY[key];
        const grant = row.fixed === true ? 'at creation only' : code(row.grant);
        return [code(key), values(row), code(String(row.default)), grant, POLICY_MEANS[key]];
      }),
    ),
  );
}

function errors() {
  const codes = /** @type {(keyof typeof ERRORS)[]} */ (Object.keys(ERRORS));
  return page(
    'Errors',
    'One code for each thing that can go wrong, the same on the socket (`refused`), over HTTP (`application/problem+json`, RFC 9457) and in `lms-error`. A code is never reused. Where a close code is given, the refusal ends the connection, and the code is the close reason.',
    table(
      ['code', 'HTTP', 'retry', 'close', 'people read', 'look at'],
      codes.map((name) => {
        const { status, retryable, close, message, help } = ERRORS[name];
        return [
          code(name),
          status === 0 ? '' : String(status),
          retryable ? 'yes' : 'no',
          close === undefined ? '' : String(close),
          message,
          help,
        ];
      }),
    ),
    `Those without an HTTP status never cross the wire. A client tells these by itself: ${Object.keys(CLIENT_ERRORS).map(code).join(', ')}.`,
    '## Close codes',
    'From 4000 to 4099: come back. From 4100 to 4199: refresh the token, then come back. From 4500 to 4599: stay away. Any other code, 1006 above all: come back.',
    table(
      ['code', 'name', 'then', 'meaning'],
      Object.entries(CLOSE_CODES).map(([number, { name, means }]) => [
        number,
        code(name),
        { retry: 'come back', refresh: 'refresh, come back', stop: 'stay away' }[afterClose(Number(number))],
        means,
      ]),
    ),
  );
}

function events() {
  return page(
    'Events',
    'What stands in the logs of a room: `all` for everyone, `staff`, and `me`, one for each person. `at` is when an event was committed, `by` the participant who caused it, or null. A body that may be erased is null once it was; the rest of the event, its hash too, stays.',
    table(
      ['event', ...LOGS.map(code), 'erasable', 'body'],
      EVENT_TYPES.map((type) => {
        const { logs, erasable, body } = EVENTS[type];
        return [
          code(type),
          ...LOGS.map((log) => (logs.includes(log) ? '✓' : '')),
          erasable ? 'yes' : 'no',
          fieldsOf(body),
        ];
      }),
    ),
    `An event of a type that is not in this table moves the position and changes nothing. Kept for later versions: ${RESERVED_FAMILIES.map((family) => code(`${family}.*`)).join(', ')}.`,
    '## States of a room',
    table(
      ['from', 'to'],
      ROOM_STATES.map((state) => [code(state), TRANSITIONS[state].map(code).join(' ')]),
    ),
  );
}

function commands() {
  return page(
    'Commands',
    'What a client may ask for in a `command` frame. Without the grant it is refused as `forbidden`. Where no grant is named it depends on whose the thing is: one’s own, or anyone’s with the right to moderate; in `room.change` on what is changed.',
    table(
      ['command', 'grant', 'body'],
      COMMAND_TYPES.map((type) => {
        const { grant, body } = COMMANDS[type];
        return [code(type), grant === null ? '' : code(grant), fieldsOf(body)];
      }),
    ),
    'An id is 1 to 128 characters of `A–Z a–z 0–9 _ . ~ -`, a time in milliseconds since 1970. A body with a field that is not listed is refused as `frame_malformed`, a longer text as `text_too_long`.',
    '## Signals',
    'What a client may say past the logs in a `signal` frame: to everyone in the room, to those whom it is about, or to one media session.',
    table(
      ['signal', 'grant', 'to', 'body'],
      Object.entries(SIGNALS).map(([kind, { grant, to, body }]) => [
        code(kind),
        grant === null ? '' : code(grant),
        to,
        fieldsOf(body),
      ]),
    ),
  );
}

function limits() {
  const reasons = new Map(
    [...readFileSync(LIMITS_SOURCE, 'utf8').matchAll(/\/\*\* (.+) \*\/\n {2}(\w+):/g)].map(
      ([, reason, name]) => /** @type {const} */ ([name, reason]),
    ),
  );
  return page(
    'Limits',
    'The numbers that both sides hold each other to. A server may announce smaller ones in `welcome`, never larger. The name says the unit.',
    table(
      ['limit', 'value', 'of what'],
      Object.entries(LIMITS).map(([name, value]) => {
        const reason = reasons.get(name);
        if (reason === undefined) throw new Error(`${LIMITS_SOURCE}: ${name} says nothing of what it limits.`);
        return [code(name), value.toLocaleString('en'), reason];
      }),
    ),
  );
}

// ── Write or check ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Each page as it has to be. @returns {Promise<{ path: string, text: string }[]>} */
export async function pages() {
  const settings = await resolveConfig(`${FOLDER}/rights.md`);
  return Promise.all(
    Object.entries({ rights, policy, errors, events, commands, limits }).map(async ([name, make]) => ({
      path: `${FOLDER}/${name}.md`,
      text: await format(make(), { ...settings, parser: 'markdown' }),
    })),
  );
}

/** @param {{ path: string, text: string }} page */
export function isStale({ path, text }) {
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const stale = (await pages()).filter(isStale);
  if (options.check && stale.length > 0) {
    console.error(`Stale: ${stale.map(({ path }) => path).join(', ')}. Run: node scripts/protocol-docs.mjs`);
    process.exitCode = 1;
  } else {
    mkdirSync(FOLDER, { recursive: true });
    for (const { path, text } of stale) writeFileSync(path, text);
  }
}
