/** Who has an account at this college. `id` is the `sub` of the tokens: it never changes and is no name. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: 'instructor' | 'assistant' | 'student';
  /** What they are here, in the words of the college. */
  readonly post: string;
}

export const PEOPLE: readonly Person[] = [
  { id: 'u-1001', name: 'Amara Okafor', role: 'instructor', post: 'Lecturer in mathematics' },
  { id: 'u-1002', name: 'Jonas Lindqvist', role: 'assistant', post: 'Teaching assistant' },
  { id: 'u-2001', name: 'Mei Tanaka', role: 'student', post: 'First year' },
  { id: 'u-2002', name: 'Noor Haddad', role: 'student', post: 'First year' },
  { id: 'u-2003', name: 'Samuel O’Brien', role: 'student', post: 'First year' },
];

export function findPerson(id: string | null | undefined): Person | null {
  return PEOPLE.find((person) => person.id === id) ?? null;
}

export function isStaff({ role }: Person): boolean {
  return role !== 'student';
}
