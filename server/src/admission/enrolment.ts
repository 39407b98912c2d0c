import type { Role } from '@lms-live/protocol';
import { coverage, type Identity } from '../auth/types.js';
import type { LiveRoom } from '../rooms/live-room.js';
import type { Store } from '../storage/types.js';
import { AdmissionError } from './admission-error.js';
import type { HostAnswer, HostAnswers } from './host-answers.js';

export interface EnrolmentOptions {
  readonly store: Pick<Store, 'rosterEntry'>;
  /** What the hosts of tenants with an admission hook say. */
  readonly host: Pick<HostAnswers, 'of'>;
}

/** Whatever says who may come in — a token, a list, the host — ends here as one identity. */
export class Enrolment {
  readonly #options: EnrolmentOptions;

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  /**
   * Somebody as they count in one room: their role, grants and name there, and the room as one that they are covered for, where a list or
   * the host says so. A token that says it all comes back as it is. `live` null: the room does not exist yet.
   * @throws {AdmissionError} `enrolment_refused`, `enrolment_unavailable`
   */
  async of(identity: Identity, room: string, live: LiveRoom | null): Promise<Identity> {
    if (identity.role === 'service') return identity;
    const { by } = identity.tenant.admission;
    if (by === 'hook') return byHost(identity, room, await this.#options.host.of(identity, room));
    const isNamed = coverage(identity.rooms, room) !== null;
    if (by === 'claim' && isNamed) return identity;
    if (!live) return by === 'claim' || isNamed ? identity : asExpected(identity, room);

    const { row, rules } = live.room;
    const hasList = row.expected !== null;
    const entry = hasList ? await this.#options.store.rosterEntry({ key: row.key, sub: identity.sub }) : null;
    if (entry) return enrolled(identity, room, entry);
    if (row.owners.includes(identity.sub)) return enrolled(identity, room, { role: null, name: null });
    // Where the host has given no list, the token is what there is.
    if (isNamed && !hasList) return identity;
    if (rules.all.room.visibility === 'public') return asGuest(identity, room);
    if (by === 'roster') throw new AdmissionError('enrolment_refused');
    return identity;
  }
}

/** Who stands on a list, or owns the room: with the role of the list, else the one of the token. */
function enrolled(
  identity: Identity,
  room: string,
  { role, name }: { readonly role: Role | null; readonly name: string | null },
): Identity {
  return inRoom(identity, room, { role: role ?? identity.role, ...(name === null ? {} : { name }) });
}

/** Anyone of the tenant may come into a public room, and is nothing there that somebody else has to say. */
function asGuest(identity: Identity, room: string): Identity {
  return inRoom(identity, room, { role: identity.role === 'observer' ? 'observer' : 'student' });
}

/** Nobody knows yet who stands on the list of a room that does not exist: whoever asks for it waits, and may nothing else. */
function asExpected(identity: Identity, room: string): Identity {
  return inRoom(identity, room, { role: 'student', grantChanges: {} });
}

function byHost(identity: Identity, room: string, { allow, role, name, grants, reason }: HostAnswer): Identity {
  if (!allow) throw new AdmissionError('enrolment_refused', reason === null ? {} : { reason });
  return inRoom(identity, room, {
    role: role ?? identity.role,
    ...(name === null ? {} : { name }),
    grantChanges: { ...grantsIn(identity, room), ...grants },
  });
}

function inRoom(identity: Identity, room: string, changes: Partial<Identity>): Identity {
  return Object.freeze({
    ...identity,
    grantChanges: grantsIn(identity, room),
    rooms: { exact: [room], prefixes: [] },
    ...changes,
  });
}

/** What a token adds for the rooms that it names counts in no other; what it takes away does. */
function grantsIn({ rooms, grantChanges }: Identity, room: string): Identity['grantChanges'] {
  const isElsewhere = rooms.exact.length + rooms.prefixes.length > 0 && coverage(rooms, room) === null;
  if (!isElsewhere) return grantChanges;
  return Object.fromEntries(Object.entries(grantChanges).filter(([, isGiven]) => !isGiven));
}
