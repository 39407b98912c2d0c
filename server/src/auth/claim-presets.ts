/** Ready-made claim maps for the tokens of common hosts; single keys of `claims` override them. */
import { ROLES, type Role } from '@lms-live/protocol';
import type { ClaimMap, ClaimPath, RoleMap } from './claim-map.js';

export interface Preset {
  /** What it is for, in the reference. */
  readonly about: string;
  /** `namespace`: the text before the names of the host's own claims. */
  readonly map: (namespace: string) => ClaimMap;
  readonly needsNamespace?: true;
}

const NAMES_IN_PARTS: readonly ClaimPath[] = [['given_name'], ['family_name']];

/** Words that LMSs use. `service` is not among them: a back end is named by its operator alone. */
const COMMON_WORDS: RoleMap['values'] = [
  ['instructor', 'instructor'],
  ['teacher', 'instructor'],
  ['assistant', 'assistant'],
  ['teaching-assistant', 'assistant'],
  ['teaching_assistant', 'assistant'],
  ['student', 'student'],
  ['learner', 'student'],
  ['observer', 'observer'],
];

/** Tokens made for this server, with its own names and words. */
export const NATIVE_CLAIMS: ClaimMap = {
  person: ['sub'],
  name: [[['name']]],
  picture: ['picture'],
  locale: ['locale'],
  grants: ['grants'],
  role: {
    from: ['role'],
    values: ROLES.map((role): readonly [string, Role] => [role, role]),
    isList: false,
    default: null,
  },
  room: { from: ['room'], template: null },
  require: [],
};

/** Tokens of a key for the back end alone: whatever else it signs is refused, so that it makes no people (RFC 8725 §3.11). */
export const SERVICE_CLAIMS: ClaimMap = {
  ...NATIVE_CLAIMS,
  role: { ...NATIVE_CLAIMS.role, values: [['service', 'service']] },
  require: [{ claim: 'role', values: ['service'] }],
};

/** What any host's own claims are called, without rights that it did not mean to give. */
const PLAIN: ClaimMap = {
  ...NATIVE_CLAIMS,
  grants: null,
  role: { from: ['role'], values: COMMON_WORDS, isList: true, default: null },
};

const LTI = 'https://purl.imsglobal.org/spec/lti/claim/';
/** LTI 1.3 core, A.2.3. A sub-role comes beside its principal role and says more, so it stands first; roles of the institution or the system say nothing about the course. */
const LTI_ROLES: RoleMap['values'] = (
  [
    ['membership/Instructor#TeachingAssistant', 'assistant'],
    ['membership#Instructor', 'instructor'],
    ['membership#Mentor', 'observer'],
    ['membership#Learner', 'student'],
  ] as const
).map(([word, role]) => [`http://purl.imsglobal.org/vocab/lis/v2/${word}`, role]);

/** FastAPI has no tokens of its own: this is what its tutorial makes, with the library that it used before or uses now. */
const fastApi = (library: string): Preset => ({
  about: `FastAPI with ${library}, as in its tutorial: \`sub\` is the user name; \`name\` or \`full_name\`, and \`role\`, where you add them`,
  map: () => ({ ...PLAIN, name: [[['name']], [['full_name']]] }),
});

const table = {
  'lms-live': { about: 'tokens made for this server, as above', map: () => NATIVE_CLAIMS },
  simplejwt: {
    about:
      'Django REST framework simplejwt: access tokens alone, `user_id` as the person; `name`, or `first_name` and `last_name`, and `role`, where you add them',
    map: () => ({
      ...PLAIN,
      person: ['user_id'],
      name: [[['name']], [['first_name'], ['last_name']], [['username']]],
      require: [{ claim: 'token_type', values: ['access'] }],
    }),
  },
  'python-jose': fastApi('python-jose'),
  pyjwt: fastApi('PyJWT'),
  keycloak: {
    about: 'Keycloak: access tokens alone, the roles of the realm',
    map: () => ({
      ...PLAIN,
      name: [[['name']], NAMES_IN_PARTS, [['preferred_username']]],
      role: { ...PLAIN.role, from: ['realm_access', 'roles'] },
      require: [{ claim: 'typ', values: ['Bearer'] }],
    }),
  },
  auth0: {
    about:
      'Auth0 and others with namespaced claims: `roles`, `name`, `picture`, `locale` and `room` behind `namespace`',
    needsNamespace: true,
    map: (namespace) => ({
      ...PLAIN,
      name: [[[`${namespace}name`]], [['name']], [['nickname']]],
      picture: [`${namespace}picture`],
      locale: [`${namespace}locale`],
      role: { ...PLAIN.role, from: [`${namespace}roles`] },
      room: { from: [`${namespace}room`], template: null },
    }),
  },
  'moodle-lti': {
    about:
      'Moodle and other LTI 1.3 platforms: launches of a resource, roles in the course, and `course-` with the id of the course as the room',
    map: () => ({
      ...PLAIN,
      name: [[['name']], NAMES_IN_PARTS],
      locale: [`${LTI}launch_presentation`, 'locale'],
      role: { from: [`${LTI}roles`], values: LTI_ROLES, isList: true, default: null },
      room: { from: [`${LTI}context`, 'id'], template: 'course-{}' },
      require: [
        { claim: `${LTI}message_type`, values: ['LtiResourceLinkRequest'] },
        { claim: `${LTI}version`, values: ['1.3.0'] },
      ],
    }),
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof table;

export const PRESETS: Readonly<Record<PresetName, Preset>> = table;
