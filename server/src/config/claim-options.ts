/** The keys of `claims` of a tenant: the reference is generated from these tables. */
import { ROLES, type Role } from '@lms-live/protocol';
import * as v from 'valibot';
import { type ClaimPath, type LeastRole, ROOM_PLACE } from '../auth/claim-map.js';
import { PRESETS, type PresetName } from '../auth/claim-presets.js';
import { option } from './options.js';

const MAX_NAME_CHARS = 256;
const MAX_SEGMENTS = 8;
const MAX_NAMES = 8;
const MAX_VALUES = 200;
const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

const claimName = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_CHARS));
/** One claim of exactly this name, or the names of nested members. */
const path = v.pipe(
  v.union([claimName, v.pipe(v.array(claimName), v.minLength(1), v.maxLength(MAX_SEGMENTS))]),
  v.transform((written): ClaimPath => (typeof written === 'string' ? [written] : written)),
);
const pathOrNull = v.nullable(path);
const PATH_UNIT = 'claim';
const WRITE_PATH = 'a claim such as "sub", or the names of nested ones such as ["realm_access", "roles"]';

const nameSource = v.union([
  v.pipe(
    path,
    v.transform((one): readonly ClaimPath[] => [one]),
  ),
  v.pipe(
    v.strictObject({ join: v.pipe(v.array(path), v.minLength(1), v.maxLength(MAX_NAMES)) }),
    v.transform(({ join }): readonly ClaimPath[] => join),
  ),
]);
const names = v.union([
  v.pipe(
    nameSource,
    v.transform((one): readonly (readonly ClaimPath[])[] => [one]),
  ),
  v.pipe(
    v.strictObject({ first: v.pipe(v.array(nameSource), v.minLength(1), v.maxLength(MAX_NAMES)) }),
    v.transform(({ first }): readonly (readonly ClaimPath[])[] => first),
  ),
]);
const record = v.record(v.string(), v.unknown());
/** A claim alone stands for `{"from": …}`. */
const fromOrObject = v.union([
  v.pipe(
    path,
    v.transform((from): Readonly<Record<string, unknown>> => ({ from })),
  ),
  record,
]);

export const CLAIM_OPTIONS = {
  preset: option<PresetName>({
    unit: PRESET_NAMES.map((name) => `\`${name}\``).join(', '),
    fallback: 'lms-live',
    defaultText: '`lms-live`',
    reason: 'A ready-made map, see below. The other keys change single parts of it.',
    write: PRESET_NAMES.join(', '),
    schema: v.picklist(PRESET_NAMES),
  }),
  namespace: option<string>({
    unit: 'text',
    isOptional: true,
    defaultText: 'none; required by `auth0`',
    reason: 'What stands before the names of the host’s own claims.',
    write: 'the text before the names of its claims with its last character, such as "https://school.example/"',
    schema: v.pipe(v.string(), v.maxLength(MAX_NAME_CHARS), v.regex(/[/:#._-]$/)),
  }),
  person: option<ClaimPath>({
    unit: PATH_UNIT,
    isOptional: true,
    defaultText: 'of the preset',
    reason:
      'The stable id of the person: text of 1 to 128 characters, or a whole number. Nothing that passes on to others, as e-mail addresses do.',
    write: WRITE_PATH,
    schema: path,
  }),
  name: option<readonly (readonly ClaimPath[])[]>({
    unit: `${PATH_UNIT}, \`{"join": [claims]}\` or \`{"first": [these]}\``,
    isOptional: true,
    defaultText: 'of the preset',
    reason:
      'Shown to others. `join` puts a space between, `first` takes the first that says something: `{"first": ["name", {"join": ["given_name", "family_name"]}]}`. Without a name people are called `Guest`.',
    write: 'a claim, {"join": [claims]}, or {"first": [claims and joined ones]}',
    schema: names,
  }),
  picture: option<ClaimPath | null>({
    unit: `${PATH_UNIT} or \`null\``,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'An `https:` address of a picture, shown to others. `null`: is not read.',
    write: `${WRITE_PATH}, or null`,
    schema: pathOrNull,
  }),
  locale: option<ClaimPath | null>({
    unit: `${PATH_UNIT} or \`null\``,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'The language of the person.',
    write: `${WRITE_PATH}, or null`,
    schema: pathOrNull,
  }),
  grants: option<ClaimPath | null>({
    unit: `${PATH_UNIT} or \`null\``,
    isOptional: true,
    defaultText: 'of the preset; only `lms-live` reads it',
    reason: 'An object that adds and removes single rights. Whoever can write this claim can give any right.',
    write: `${WRITE_PATH}, or null`,
    schema: pathOrNull,
  }),
  role: option<Readonly<Record<string, unknown>>>({
    unit: `${PATH_UNIT} or object`,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'What somebody is: see below. A claim alone is `{"from": claim}`.',
    write: 'a claim, or an object such as {"from": "user_type", "values": {"docent": "instructor"}}',
    schema: fromOrObject,
  }),
  room: option<Readonly<Record<string, unknown>> | null>({
    unit: `${PATH_UNIT}, object or \`null\``,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'The rooms that the token is for: see below. `null`: it names none, and `admission` decides.',
    write: 'a claim, an object such as {"from": "course_id", "template": "course-{}"}, or null',
    schema: v.nullable(fromOrObject),
  }),
  require: option<Readonly<Record<string, readonly string[]>>>({
    unit: 'object',
    isOptional: true,
    defaultText: 'of the preset',
    reason:
      'What tokens for classes say and others of the same keys do not, such as `{"token_type": "access"}`; a list means any of its texts. Replaces that of the preset.',
    write: 'an object of claims and the texts that they may be, such as {"token_type": "access"}',
    schema: v.record(
      claimName,
      v.pipe(
        v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))]),
        v.transform((written): readonly string[] => (typeof written === 'string' ? [written] : written)),
      ),
    ),
  }),
} as const;

export const ROLE_OPTIONS = {
  from: option<ClaimPath>({
    unit: PATH_UNIT,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'Text, or a list of texts.',
    write: WRITE_PATH,
    schema: path,
  }),
  values: option<readonly (readonly [string, Role])[]>({
    unit: 'object',
    isOptional: true,
    defaultText: 'of the preset',
    reason:
      'What each word of the host means, the highest first: of a list the first row that is in it counts. Words are compared exactly. Whoever has none of them is a `student`. `service`, which may do everything a back end may, counts only where it is written here.',
    write: `an object of words and roles (${ROLES.join(', ')}), such as {"teacher": "instructor"}`,
    schema: v.pipe(
      v.record(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_CHARS)), v.picklist(ROLES)),
      v.check((values) => Object.keys(values).length <= MAX_VALUES),
      v.transform((values): readonly (readonly [string, Role])[] => Object.entries(values)),
    ),
  }),
  default: option<LeastRole | null>({
    unit: '`student`, `observer` or `null`',
    isOptional: true,
    defaultText: 'none',
    reason:
      'Of a token without the claim. Without a default it is a `student` where a roster or a hook says more, else the token is refused.',
    write: 'student, observer or null',
    schema: v.nullable(v.picklist(['student', 'observer'])),
  }),
} as const;

export const ROOM_OPTIONS = {
  from: option<ClaimPath>({
    unit: PATH_UNIT,
    isOptional: true,
    defaultText: 'of the preset',
    reason: 'A room, a prefix that ends in `*`, or a list of them.',
    write: WRITE_PATH,
    schema: path,
  }),
  template: option<string | null>({
    unit: 'text or `null`',
    isOptional: true,
    defaultText: 'of the preset',
    reason:
      'Makes rooms of the ids of the host: `course-{}` one for each course, `course-{}-*` any number. Letters, digits and `_ . ~ -` around one `{}`, and a `*` at the end where wanted. The claim itself may hold no star then, and may be a number.',
    write: 'text with one {}, such as "course-{}", or null',
    schema: v.nullable(
      v.pipe(
        v.string(),
        v.maxLength(100),
        v.regex(/^[\w.~-]*\{\}[\w.~-]*\*?$/),
        v.check((text) => text.split(ROOM_PLACE).length === 2),
      ),
    ),
  }),
} as const;
