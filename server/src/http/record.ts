import { hashPassword } from '../admission/password.js';
import { QueueFull } from '../admission/queue.js';
import { mayManage } from '../gateway/admission.js';
import type { PrivateRecord } from '../storage/types.js';
import type { HttpResponse } from '../transport/types.js';
import { etagOf, names, tagged } from './etag.js';
import type { Guard } from './run-command.js';
import type { RoomRequest } from './schemas/room.js';
import { HttpError, json, type Call, type RoomCall } from './types.js';
import { viewOf } from './view.js';

/** The parts of a room that belong to whoever teaches it; the others are of its record. */
const OF_THE_CLASS: ReadonlySet<string> = new Set(['policy', 'locked']);

const BUSY_MS = 1_000;

/** Whether a caller reads back what of the record stands in no log. */
export function readsRecord({ live, identity, actor }: RoomCall): boolean {
  return actor.grants.has('room.manage') && mayManage(live, identity);
}

/** A room as this caller may see it. */
export async function roomFor(call: RoomCall): Promise<object> {
  const { room } = await viewOf(call.live);
  if (!readsRecord(call)) return room;
  const { owners, externalRef, expected } = call.live.room.row;
  return { ...room, owners, externalRef, expected };
}

/** A room as an answer, with the tag by which a change can name it. */
export async function roomAnswer(
  call: RoomCall,
  { status = 200, headers = {}, ifNoneMatch }: AnswerOptions = {},
): Promise<HttpResponse> {
  return tagged(json(status, await roomFor(call), headers), ifNoneMatch);
}

interface AnswerOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ifNoneMatch?: string | undefined;
}

/** Whoever changes a record manages rooms, and this one is theirs. @throws {HttpError} `forbidden` */
export function requireManager({ live, identity, actor }: RoomCall): void {
  if (!actor.grants.has('room.manage')) throw new HttpError('forbidden', { detail: { grant: 'room.manage' } });
  if (!mayManage(live, identity)) throw new HttpError('forbidden', { detail: { grant: 'owner' } });
}

/** As `requireManager`, where the change is of the record. */
export function requireManagerFor(call: RoomCall, changes: RoomRequest): void {
  if (Object.keys(changes).some((key) => !OF_THE_CLASS.has(key))) requireManager(call);
}

/**
 * Looks whether the room is what `If-Match` says.
 * @returns what says right before a command is decided whether it still is
 * @throws {HttpError} `precondition_failed`
 */
export async function requireMatch(call: RoomCall): Promise<Guard | undefined> {
  const wanted = call.request.headers.get('if-match');
  if (wanted === undefined) return undefined;
  // Read before the view: what comes between makes the guard refuse.
  const { room } = call.live.room.rules.all;
  const { refusal } = failed('If-Match');
  if (!names(wanted, etagOf(JSON.stringify(await roomFor(call))), { weak: false })) throw failed('If-Match');
  return (rules) => (rules.all.room === room ? null : { ok: false, ...refusal });
}

/** What a caller has made a condition of is not so. */
export function failed(header: 'If-Match' | 'If-None-Match'): HttpError {
  return new HttpError('precondition_failed', { detail: { header } });
}

/** One change of a record after another. */
export function alone<T>({ api, identity }: Call, id: string, work: () => Promise<T>): Promise<T> {
  return api.records.run(JSON.stringify([identity.tenant.id, id]), work);
}

/** Writes what of a room stands in no log; what is absent stays. */
export async function writeRecord(
  { live }: Pick<RoomCall, 'live'>,
  { owners, roster, ...record }: RoomRequest,
): Promise<void> {
  const patch = { ...(owners === undefined ? {} : { owners: [...new Set(owners)] }), ...(await recordOf(record)) };
  if (Object.keys(patch).length > 0) await live.room.changeRecord(patch);
  if (roster !== undefined) await live.setRoster(roster);
}

/** As it is stored. @throws {HttpError} `busy` where too many passwords are being hashed */
export async function recordOf({
  externalRef,
  password,
}: {
  readonly externalRef?: string | null | undefined;
  readonly password?: string | null | undefined;
}): Promise<Partial<Pick<PrivateRecord, 'externalRef' | 'passwordHash'>>> {
  return {
    ...(externalRef === undefined ? {} : { externalRef }),
    ...(password === undefined ? {} : { passwordHash: password === null ? null : await hashed(password) }),
  };
}

async function hashed(password: string): Promise<string> {
  try {
    return await hashPassword(password);
  } catch (error) {
    if (error instanceof QueueFull) throw new HttpError('busy', { retryAfterMs: BUSY_MS });
    throw error;
  }
}
