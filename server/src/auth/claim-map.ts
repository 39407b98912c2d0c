/** Where a host's tokens say what the server has to know, and what their words for roles mean. */
import type { Role } from '@lms-live/protocol';
import { type JsonObject, isJsonObject, member } from './strict-json.js';

/** Names of members, from the outermost in. One name is a claim of exactly this name, whatever dots and slashes it holds. */
export type ClaimPath = readonly string[];

export interface ClaimMap {
  /** The person's id: text, or a whole number. */
  readonly person: ClaimPath;
  /** The first of these that says something; the parts of one are joined by a space. */
  readonly name: readonly (readonly ClaimPath[])[];
  /** null: is not read. */
  readonly picture: ClaimPath | null;
  readonly locale: ClaimPath | null;
  /** null: a foreign claim of this name changes no rights. */
  readonly grants: ClaimPath | null;
  readonly role: RoleMap;
  /** null: the tokens name no room. */
  readonly room: RoomMap | null;
  /** What a token for another purpose of the same keys does not say (RFC 8725 §3.11). */
  readonly require: readonly RequiredClaim[];
}

export interface RoleMap {
  readonly from: ClaimPath;
  /** A word of the host and the role that it means, in the order of rank: of several words of a token the first row counts. */
  readonly values: readonly (readonly [word: string, role: Role])[];
  /** Whether the claim may be a list; a list is no word. */
  readonly isList: boolean;
  /** Of a token without the claim; null: by `admission`, `student` or a refusal. */
  readonly default: LeastRole | null;
}

/** What somebody may be without a word that says so. */
export type LeastRole = 'student' | 'observer';

export interface RoomMap {
  readonly from: ClaimPath;
  /** A room or a prefix with `{}` where the claim goes (`course-{}`, `course-{}-*`); null: the claim is that itself. */
  readonly template: string | null;
}

export interface RequiredClaim {
  readonly claim: string;
  /** Any of these. */
  readonly values: readonly string[];
}

/** The place of the claim in a room's template. */
export const ROOM_PLACE = '{}';

/** What stands at a path; undefined: nothing does. */
export function valueAt(payload: JsonObject, path: ClaimPath): unknown {
  let value: unknown = payload;
  for (const name of path) {
    if (!isJsonObject(value)) return undefined;
    value = member(value, name);
  }
  return value;
}

/** A path as a sentence names it: `realm_access › roles`. */
export function pathText(path: ClaimPath): string {
  return path.join(' › ');
}
