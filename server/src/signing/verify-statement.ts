import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { LOGS } from '@lms-live/protocol';
import { isSignedBy, readJws } from './jws.js';
import { STATEMENT_TYPE, type StatementClaims } from './statement.js';

const time = v.pipe(v.number(), v.integer());
const span = v.tuple([time, v.nullable(time)]);
const maybe = v.nullable(v.number());

/** A later version may say more. */
const claims = v.looseObject({
  iss: v.string(),
  iat: time,
  jti: v.string(),
  tenant: v.string(),
  room: v.string(),
  endedAt: time,
  sessions: v.array(v.looseObject({ startedAt: time, endedAt: v.nullable(time), live: v.array(span) })),
  classSeconds: v.number(),
  logs: v.array(
    v.looseObject({
      log: v.picklist(LOGS),
      participant: v.optional(v.string()),
      epoch: v.string(),
      offset: time,
      hash: v.string(),
    }),
  ),
  attendance: v.array(
    v.looseObject({
      participant: v.string(),
      role: v.string(),
      stays: v.array(span),
      secondsPresent: v.number(),
      presentRatio: maybe,
      lateBySeconds: maybe,
      leftEarlyBySeconds: maybe,
      wasPresentAtEnd: v.nullable(v.boolean()),
    }),
  ),
});

export type StatementVerdict =
  | { readonly ok: true; readonly kid: string; readonly claims: StatementClaims }
  | { readonly ok: false; readonly what: string };

/** Whether a text is a statement that one of these keys has signed. @param keys by `kid`, see `readJwks` */
export function verifyStatement(jws: string, keys: ReadonlyMap<string, KeyObject>): StatementVerdict {
  const read = readJws(jws);
  if (!read) return { ok: false, what: 'it is not a compact JWS' };
  const { alg, kid, typ } = read.header;
  if (typ !== STATEMENT_TYPE) return { ok: false, what: `its type is not ${STATEMENT_TYPE}` };
  if (alg !== 'EdDSA') return { ok: false, what: 'it is not signed with EdDSA' };
  const key = keys.get(kid);
  if (!key) return { ok: false, what: `none of the keys has the id ${JSON.stringify(kid)}` };
  if (!isSignedBy(jws, key)) return { ok: false, what: 'its signature does not fit: it was forged or changed' };
  const parsed = v.safeParse(claims, read.payload);
  if (!parsed.success) return { ok: false, what: 'it is signed, and says nothing that this version reads' };
  return { ok: true, kid, claims: parsed.output as unknown as StatementClaims };
}
