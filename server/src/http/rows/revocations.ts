import { LIMITS } from '@lms-live/protocol';
import * as v from 'valibot';
import { forTenant, type RouteRow } from '../row.js';
import * as handlers from '../routes/revocations.js';
import { wholeNumber } from '../schemas/fields.js';
import { revocation, revocationRequest, revocations } from '../schemas/revocations.js';

/** `jti` or `sub`, a space, and up to 128 characters. */
const MAX_CURSOR_CHARS = LIMITS.maxIdChars + 4;
const MAX_PAGE = 500;

/** Tokens that count no more. */
export const REVOCATION_ROWS: readonly RouteRow[] = [
  forTenant({
    id: 'revocations.create',
    method: 'POST',
    path: '/v1/revocations',
    tag: 'tokens',
    summary: 'Withdraw the tokens of a person, or one token.',
    description:
      'Every connection and every request that uses such a token ends within two seconds, on every server of the store. `sub`: all tokens of this person that were issued before `issuedBefore` (milliseconds since 1970 by the clock of the LMS; default: now), and those that do not say when they were issued; a newer one counts. `jti`: the one token with this id. It is forgotten when every such token has expired.',
    grant: 'tenant.manage',
    body: revocationRequest,
    answers: { 201: { means: 'they count no more', schema: revocation } },
    errors: ['busy'],
    repeats: 'request',
    run: handlers.post,
  }),
  forTenant({
    id: 'revocations.list',
    method: 'GET',
    path: '/v1/revocations',
    tag: 'tokens',
    summary: 'Read what is withdrawn now.',
    grant: 'tenant.manage',
    query: v.strictObject({
      after: v.optional(v.pipe(v.string(), v.maxLength(MAX_CURSOR_CHARS))),
      limit: v.optional(wholeNumber({ min: 1, max: MAX_PAGE }), '100'),
    }),
    answers: { 200: { means: 'a page; give `next` as `after` for the one behind it', schema: revocations } },
    run: handlers.list,
  }),
  forTenant({
    id: 'revocations.remove',
    method: 'DELETE',
    path: '/v1/revocations/{kind}/{value}',
    tag: 'tokens',
    summary: 'Let withdrawn tokens count again, until they expire.',
    grant: 'tenant.manage',
    answers: { 204: { means: 'they count again' } },
    errors: ['not_found', 'revocation_unknown'],
    run: handlers.remove,
  }),
];
