import { LEEWAY_S } from '../../auth/read-times.js';
import { speaksForAll } from '../../auth/types.js';
import { MAX_REVOCATIONS } from '../../auth/revocations.js';
import type { Revocation } from '../../storage/types.js';
import type { RevocationRequest } from '../schemas/revocations.js';
import { HttpError, invalid, json, type Call, type Route } from '../types.js';

const KINDS = ['sub', 'jti'] as const;
const LEEWAY_MS = LEEWAY_S * 1_000;

/** `POST /v1/revocations`: every token of a person so far, or one token, counts no more. */
export const post: Route<RevocationRequest> = async (call) => {
  const { api, identity, body } = call;
  requireWhole(call);
  const { revocations } = api.authenticator;
  const tenant = identity.tenant.id;
  const now = api.now();
  const before = ('issuedBefore' in body ? body.issuedBefore : undefined) ?? now;
  if (before > now + LEEWAY_MS) throw invalid('issuedBefore', 'not in the future: newer tokens are to count again');
  if (revocations.isFull(tenant)) {
    throw new HttpError('busy', { detail: { limit: 'maxRevocations', count: MAX_REVOCATIONS } });
  }
  const revocation: Revocation = {
    tenant,
    ...('sub' in body ? { kind: 'sub', value: body.sub } : { kind: 'jti', value: body.jti }),
    before,
    until: endOf(call, Math.max(before, now)),
  };
  await revocations.revoke(revocation);
  const { kind, value } = revocation;
  const location = `/v1/revocations/${kind}/${encodeURIComponent(value)}`;
  return json(201, viewOf(revocation), { location });
};

/** `GET /v1/revocations`: what is withdrawn now. */
export const list: Route<unknown, { readonly after?: string | undefined; readonly limit: number }> = (call) => {
  const { api, identity, query } = call;
  requireWhole(call);
  const all = api.authenticator.revocations.of(identity.tenant.id);
  const { after, limit } = query;
  const start = after === undefined ? 0 : all.findIndex((entry) => cursorOf(entry) > after);
  const page = start === -1 ? [] : all.slice(start, start + limit);
  const last = page.at(-1);
  const next = last !== undefined && start + limit < all.length ? cursorOf(last) : null;
  return Promise.resolve(json(200, { items: page.map(viewOf), next }));
};

/** `DELETE /v1/revocations/{kind}/{value}`: the tokens count again, until they expire. */
export const remove: Route = async (call) => {
  const { api, identity, params } = call;
  requireWhole(call);
  const kind = KINDS.find((one) => one === params['kind']);
  const value = params['value'] ?? '';
  if (kind === undefined) throw new HttpError('not_found');
  const wasThere = await api.authenticator.revocations.lift({ tenant: identity.tenant.id, kind, value });
  if (!wasThere) throw new HttpError('revocation_unknown');
  return { status: 204 };
};

/** A person is withdrawn from all rooms of the tenant: that is for nobody whose token names some of them. */
function requireWhole({ identity }: Pick<Call, 'identity'>): void {
  if (!speaksForAll(identity)) throw new HttpError('forbidden', { detail: { grant: 'tenant.manage' } });
}

/** When the longest-lived token that is meant has expired, by clocks that are as far apart as they may be. */
function endOf({ identity }: Pick<Call, 'identity'>, latestIssue: number): number {
  return latestIssue + identity.tenant.maxLifetimeS * 1_000 + 2 * LEEWAY_MS;
}

function viewOf({ kind, value, before, until }: Revocation): object {
  return { kind, value, issuedBefore: kind === 'sub' ? before : null, until };
}

function cursorOf({ kind, value }: Revocation): string {
  return `${kind} ${value}`;
}
