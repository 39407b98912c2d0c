import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openSigningKey } from './signing-key.js';
import type { TokenSigner } from './token-signer.js';

/** As Django REST framework simplejwt has it. */
const LIFETIME_S = 300;
const SERVICE_LIFETIME_S = 60;
/** What `claims.role.values` of the tenant makes a service of; nobody can choose it. */
const SERVICE_WORD = 'live-service';

/**
 * The tokens that the API of this LMS has anyway, as Django REST framework simplejwt makes them: who somebody is, and neither a class nor a
 * role. The list of the class says the rest.
 */
export async function createStockSigner({ dataDir }: { readonly dataDir: string }): Promise<TokenSigner> {
  const { sign, jwks } = await openSigningKey(join(dataDir, 'api-key.pem'));
  const access = (claims: Readonly<Record<string, string>>, lifetimeS: number): Promise<string> =>
    sign({ token_type: 'access', jti: randomUUID().replaceAll('-', ''), ...claims }, lifetimeS);
  return {
    tenant: 'northfield-api',
    forPerson: ({ id }) => access({ user_id: id }, LIFETIME_S),
    forService: (room) => access({ user_id: 'back-end', role: SERVICE_WORD, room }, SERVICE_LIFETIME_S),
    jwks,
  };
}
