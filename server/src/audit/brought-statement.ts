import { readFile } from 'node:fs/promises';
import { readJws } from '../signing/jws.js';

/** A statement that a host has fetched and kept. */
export interface BroughtStatement {
  /** How findings call it. */
  readonly name: string;
  readonly jws: string;
  /** Tenant and id of the room that it says it is of; null: it is no statement. */
  readonly room: string | null;
}

/** Reads a file with one statement in it. @throws where there is no such file */
export async function readBroughtStatement(file: string): Promise<BroughtStatement> {
  const jws = (await readFile(file, 'utf8')).trim();
  const { tenant, room } = (readJws(jws)?.payload ?? {}) as { readonly tenant?: unknown; readonly room?: unknown };
  const isOfRoom = typeof tenant === 'string' && typeof room === 'string';
  return { name: `the statement in ${file}`, jws, room: isOfRoom ? `${tenant}/${room}` : null };
}
