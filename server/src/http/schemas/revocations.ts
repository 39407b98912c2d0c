/** Tokens that count no more. */
import * as v from 'valibot';
import { pageOf, sub, time } from './fields.js';

const kind = v.picklist(['sub', 'jti']);

export const revocation = v.strictObject({
  kind,
  value: sub,
  /** Of a person: tokens issued before this, and those that do not say when, count no more. null: of one token. */
  issuedBefore: v.nullable(time),
  /** When every such token has expired anyway. */
  until: time,
});

export const revocations = pageOf(revocation);

export const revocationRequest = v.union([
  v.strictObject({ sub, issuedBefore: v.optional(time) }),
  v.strictObject({ jti: sub }),
]);
export type RevocationRequest = v.InferOutput<typeof revocationRequest>;
