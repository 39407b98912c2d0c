/** What a person is in a room. `service` is the LMS's own back end; `system` (the server's clock and leases) is no role that a token can carry. */
export const ROLES = ['instructor', 'assistant', 'student', 'observer', 'service'] as const;
/** What a person is in a room. */
export type Role = (typeof ROLES)[number];

/** Whether this is the name of a role. */
export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && (ROLES as readonly string[]).includes(value);
}

/** Each right, what it allows, and the roles that have it by default. */
const table = {
  'room.create': { means: 'create a room', roles: ['instructor', 'service'] },
  'room.manage': { means: 'change the title, the schedule and the record of a room', roles: ['instructor', 'service'] },
  'room.start': { means: 'start the class, or start it again', roles: ['instructor', 'assistant', 'service'] },
  'room.end': { means: 'end the class for all', roles: ['instructor', 'service'] },
  'room.enterAlways': { means: 'come in past lobby, lock, password and capacity', roles: ['instructor', 'assistant'] },
  'staff.read': {
    means: 'read the staff log: moderation queue, unpublished questions, who asked',
    roles: ['instructor', 'assistant', 'service'],
  },
  'media.audio': { means: 'send audio', roles: ['instructor', 'assistant', 'student'] },
  'media.video': { means: 'send video', roles: ['instructor', 'assistant', 'student'] },
  'media.share': { means: 'share a screen', roles: ['instructor', 'assistant', 'student'] },
  'chat.post': { means: 'write in the chat', roles: ['instructor', 'assistant', 'student'] },
  'question.ask': { means: 'ask a question', roles: ['instructor', 'assistant', 'student'] },
  vote: { means: 'vote for a question', roles: ['instructor', 'assistant', 'student'] },
  'hand.raise': { means: 'raise a hand', roles: ['instructor', 'assistant', 'student'] },
  react: { means: 'send a reaction', roles: ['instructor', 'assistant', 'student'] },
  'chat.moderate': {
    means: 'delete and pin messages, set the chat mode',
    roles: ['instructor', 'assistant', 'service'],
  },
  'question.moderate': {
    means: 'publish, decline, label, archive and remove questions',
    roles: ['instructor', 'assistant', 'service'],
  },
  'question.answer': { means: 'answer questions in writing', roles: ['instructor', 'assistant', 'service'] },
  'people.moderate': { means: 'mute, remove, ban, admit, lock', roles: ['instructor', 'assistant', 'service'] },
  'people.promote': { means: 'change the role of a person in this room', roles: ['instructor', 'service'] },
  'recording.run': {
    means: 'start and stop a recording, where the policy allows it',
    roles: ['instructor', 'assistant', 'service'],
  },
  'reports.read': {
    means: 'read attendance and statistics of all (students: their own)',
    roles: ['instructor', 'assistant', 'service'],
  },
  'people.erase': { means: 'erase what a person left in a room', roles: ['service'] },
  'tenant.manage': { means: 'act on the whole tenant', roles: ['service'] },
} as const satisfies Record<string, { means: string; roles: readonly Role[] }>;

/** One right. */
export type Grant = keyof typeof table;

/** The table of the rights. */
export const RIGHTS: Readonly<Record<Grant, { readonly means: string; readonly roles: readonly Role[] }>> = table;
/** The names of all rights. */
export const GRANTS = /* @__PURE__ */ Object.keys(table) as readonly Grant[];

/** Whether this is the name of a right. */
export function isGrant(value: unknown): value is Grant {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

const grantsOfRoles = /* @__PURE__ */ new Map<Role, ReadonlySet<Grant>>();

/** The grants of a role, with the single ones that a token adds (`true`) or takes away (`false`). Unknown names are ignored. */
export function grantsOf(role: Role, changes: Readonly<Record<string, boolean>> = {}): ReadonlySet<Grant> {
  if (Object.keys(changes).length > 0) {
    return new Set(
      GRANTS.filter((grant) =>
        Object.hasOwn(changes, grant) ? changes[grant] === true : RIGHTS[grant].roles.includes(role),
      ),
    );
  }
  // Nearly everyone has those of their role: thousands share one set.
  let grants = grantsOfRoles.get(role);
  if (!grants)
    grantsOfRoles.set(role, (grants = new Set(GRANTS.filter((grant) => RIGHTS[grant].roles.includes(role)))));
  return grants;
}

/** Whether somebody of this role teaches: they take no place of a class that may be full, and only who promotes acts on them. */
export function isStaffRole(role: Role | undefined): boolean {
  return role === 'instructor' || role === 'assistant';
}

/** Staff are those who read the staff log. */
export function isStaff(grants: ReadonlySet<Grant>): boolean {
  return grants.has('staff.read');
}
