/** A server's tenants as an operator writes them, with the keys of their hosts, and a catcher for requests that nobody may make. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spki } from '../auth/forge.js';
import { ORIGIN, PUBLIC_URL } from '../support/rig.js';

export const SECRET = 'jK4wVq8ZtR2nXb7LcYp5HsD9mGf3AeUx';
export const OTHER_SECRET = 'Tg6yBn3MxQz8WvKr2LpJf9HsDc5EaUk7';
export const PLAIN_SECRET = 'Pz5uYx8VbQw2NtMk7RjLg4HfDs9CaEe3';
export const DJANGO_SECRET = 'Vh2sJq9XmBz6TnKw4RyLp8GcFd3EaUt5';

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const psRsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ed = generateKeyPairSync('ed25519');
export const published = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const PUBLISHED_KID = 'published-1';

/** A local server that answers everything and counts. */
export interface Catcher {
  readonly url: string;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function startCatcher(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('{}'),
): Promise<Catcher> {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${String(request.method)} ${String(request.url)}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

export function jwkOf(key: KeyObject, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...key.export({ format: 'jwk' }), use: 'sig', ...more };
}

/** Serves a JWKS document. */
export function startJwks(keys: readonly Record<string, unknown>[]): Promise<Catcher> {
  return startCatcher((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys }));
  });
}

const issuerOf = (id: string): string => `https://${id}.example`;
const origins = [ORIGIN];

/** The tenants file; `jwksUrl` is the only address that the server may ask. */
export function tenantsFile(jwksUrl: string): { readonly tenants: readonly Record<string, unknown>[] } {
  const pem = (algorithm: string, key: KeyObject) => ({ kind: 'pem', algorithm, pem: spki(key) });
  return {
    tenants: [
      { id: 'school', issuer: issuerOf('school'), origins, keys: [{ kind: 'secret', secret: SECRET }] },
      { id: 'other', issuer: issuerOf('other'), origins, keys: [{ kind: 'secret', secret: OTHER_SECRET }] },
      { id: 'rs', issuer: issuerOf('rs'), origins, keys: [pem('RS256', rsa.publicKey)] },
      { id: 'ps', issuer: issuerOf('ps'), origins, keys: [pem('PS256', psRsa.publicKey)] },
      { id: 'es', issuer: issuerOf('es'), origins, keys: [{ ...pem('ES256', ec.publicKey), kid: 'es-1' }] },
      { id: 'ed', issuer: issuerOf('ed'), origins, keys: [pem('EdDSA', ed.publicKey)] },
      { id: 'jwks', issuer: issuerOf('jwks'), origins, keys: [{ kind: 'jwks', url: jwksUrl, algorithms: ['RS256'] }] },
      {
        id: 'plain',
        issuer: null,
        audiences: null,
        origins,
        keys: [{ kind: 'secret', secret: PLAIN_SECRET }],
      },
      {
        id: 'django',
        issuer: issuerOf('django'),
        audiences: null,
        origins,
        claims: { preset: 'simplejwt', role: { default: 'student' }, room: 'room' },
        keys: [{ kind: 'secret', secret: DJANGO_SECRET }],
      },
    ],
  };
}

export { issuerOf, PUBLIC_URL };
