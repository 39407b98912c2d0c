/** What a token can make of somebody. */
export const ROLES = ['instructor', 'assistant', 'student', 'observer', 'service'] as const;
export type Role = (typeof ROLES)[number];
/** The roles that come by socket. */
export const PEOPLE = ['instructor', 'assistant', 'student', 'observer'] as const;
export type Person = (typeof PEOPLE)[number];

const LETTERS: Readonly<Record<Role, string>> = {
  instructor: 'i',
  assistant: 'a',
  student: 's',
  observer: 'o',
  service: 'v',
};

/** The published table of the rights, written down a second time: by the initials of the roles, `v` for a service. */
const TABLE = {
  'room.create': 'iv',
  'room.manage': 'iv',
  'room.start': 'iav',
  'room.end': 'iv',
  'room.enterAlways': 'ia',
  'staff.read': 'iav',
  'media.audio': 'ias',
  'media.video': 'ias',
  'media.share': 'ias',
  'chat.post': 'ias',
  'question.ask': 'ias',
  vote: 'ias',
  'hand.raise': 'ias',
  react: 'ias',
  'chat.moderate': 'iav',
  'question.moderate': 'iav',
  'question.answer': 'iav',
  'people.moderate': 'iav',
  'people.promote': 'iv',
  'recording.run': 'iav',
  'reports.read': 'iav',
  'people.erase': 'v',
  'tenant.manage': 'v',
} as const;

/** The name of a right. */
export type Grant = keyof typeof TABLE;
/** All of them. */
export const GRANTS = Object.keys(TABLE) as readonly Grant[];

/** Whether a role has a right by itself. */
export function has(role: Role, grant: Grant): boolean {
  return TABLE[grant].includes(LETTERS[role]);
}

/** The rights of a role, with those that a token adds or takes away. */
export function grantsOf(role: Role, changes: Partial<Record<Grant, boolean>> = {}): ReadonlySet<Grant> {
  return new Set(GRANTS.filter((grant) => changes[grant] ?? has(role, grant)));
}
