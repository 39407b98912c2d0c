import type { TenantConfig } from '../config/types.js';
import { type UnverifiedToken, shown } from './compact-jws.js';
import { Jwks, type JwksOptions } from './jwks.js';
import { type VerificationKey, configuredKey } from './keys.js';
import { AuthError } from './types.js';
import { verifySignature } from './verify-signature.js';

type Environment = Pick<JwksOptions, 'now' | 'fetch' | 'log'>;

/** The keys of one tenant; nothing of them is shared with another. */
export class TenantKeys {
  readonly #configured: readonly VerificationKey[];
  readonly #published: readonly Jwks[];
  readonly #algorithms: ReadonlySet<string>;

  /** @throws {TypeError} on a key that cannot be used */
  constructor(tenant: TenantConfig, environment: Environment) {
    const configured: VerificationKey[] = [];
    const published: Jwks[] = [];
    const algorithms = new Set<string>();
    for (const config of tenant.keys) {
      if (config.kind === 'jwks') {
        published.push(new Jwks({ url: config.url, algorithms: config.algorithms, ...environment }));
        for (const algorithm of config.algorithms) algorithms.add(algorithm);
      } else {
        configured.push(configuredKey(config));
        algorithms.add(config.algorithm);
      }
    }
    if (algorithms.size === 0) throw new TypeError(`The tenant ${tenant.id} has no key.`);
    this.#configured = configured;
    this.#published = published;
    this.#algorithms = algorithms;
  }

  /**
   * The key that the token is signed with.
   *
   * @throws {AuthError} `token_algorithm`, `token_signature`, `token_keys_unavailable`
   */
  async verify(token: UnverifiedToken): Promise<VerificationKey> {
    const { algorithm, kid } = token;
    if (!this.#algorithms.has(algorithm)) throw wrongAlgorithm(algorithm, [...this.#algorithms]);

    const named = this.#configured.filter((key) => kid === null || key.kid === null || key.kid === kid);
    const direct = await firstThatVerifies(token, named);
    if (direct !== null) return direct;

    const candidates = [...named];
    const unavailable: string[] = [];
    for (const jwks of this.#published) {
      const answer = await jwks.find(kid);
      if ('unavailable' in answer) {
        unavailable.push(answer.unavailable);
        continue;
      }
      candidates.push(...answer.keys);
      const key = await firstThatVerifies(token, answer.keys);
      if (key !== null) return key;
    }

    const [reason] = unavailable;
    if (reason !== undefined) {
      throw new AuthError('token_keys_unavailable', `The JWKS URL of the tenant ${reason}.`, { detail: { kid } });
    }
    if (candidates.length > 0 && !candidates.some((key) => fits(key, algorithm))) {
      throw wrongAlgorithm(algorithm, [...new Set(candidates.flatMap((key) => key.algorithms))]);
    }
    throw new AuthError(
      'token_signature',
      candidates.length === 0
        ? 'No key of the tenant has the `kid` of the token.'
        : 'The signature of the token does not hold.',
      { detail: { alg: algorithm, kid, keys: candidates.length } },
    );
  }

  /** Whether a key that verified a token before would still do so. */
  isCurrent(key: VerificationKey): boolean {
    return this.#configured.includes(key) || this.#published.some((jwks) => jwks.isCurrent(key));
  }

  close(): void {
    for (const jwks of this.#published) jwks.close();
  }
}

async function firstThatVerifies(
  token: UnverifiedToken,
  keys: readonly VerificationKey[],
): Promise<VerificationKey | null> {
  for (const key of keys) {
    if (fits(key, token.algorithm) && (await verifySignature(token, key))) return key;
  }
  return null;
}

function fits({ algorithms }: VerificationKey, algorithm: string): boolean {
  return (algorithms as readonly string[]).includes(algorithm);
}

function wrongAlgorithm(algorithm: string, accepted: readonly string[]): AuthError {
  return new AuthError('token_algorithm', 'The `alg` of the token is not the one of its key.', {
    detail: { alg: shown(algorithm), accepted },
  });
}
