/** An LMS of the tests' own: pages of plain HTML, and tokens of every kind, good and bad. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeLater } from './cleanup.js';
import type { TenantEntry } from './product.js';

const SECRET = 'a-secret-of-a-school-that-exists-in-tests-only';
const ISSUER = 'https://school.test';
/** Another school that the live server knows; its pages are elsewhere. */
const COLLEGE = { origin: 'https://college.test', secret: 'the-secret-of-another-school-in-tests-only' };
const LIFETIME_S = 600;

export interface Claims {
  readonly sub?: string;
  readonly role?: string;
  readonly name?: string;
  readonly picture?: string;
  readonly room?: string | readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  /** Negative: it has expired. */
  readonly expiresInS?: number;
  readonly secret?: string;
}

/** Pages under `http://localhost`, the origin that the live server knows; the same pages are at `http://127.0.0.1`, which it does not. */
export class School {
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  readonly #answers = new Map<string, (response: ServerResponse) => void>();
  #pages = 0;

  private constructor(server: Server) {
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.#onRequest(request, response));
  }

  static async open(): Promise<School> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    closeLater(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return new School(server);
  }

  /** This school, and the other one. */
  get tenants(): readonly TenantEntry[] {
    const { origin, secret } = COLLEGE;
    return [
      { id: 'school', issuer: ISSUER, origins: [this.origin], keys: [{ kind: 'secret', secret: SECRET }] },
      { id: 'college', issuer: origin, origins: [origin], keys: [{ kind: 'secret', secret }] },
    ];
  }

  /** Answers at a path from now on. */
  answer(path: string, answer: (response: ServerResponse) => void): void {
    this.#answers.set(path, answer);
  }

  /** Puts up a page. @returns its address */
  page(html: string, policy: string | null): string {
    this.#pages += 1;
    const path = `/page-${this.#pages}`;
    this.answer(path, (response) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        ...(policy !== null && { 'content-security-policy': policy }),
      });
      response.end(html);
    });
    return this.origin + path;
  }

  #onRequest({ url = '/' }: IncomingMessage, response: ServerResponse): void {
    // Browsers ask for it by themselves.
    if (url === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    this.requests.push(url);
    const answer = this.#answers.get(new URL(url, this.origin).pathname);
    if (answer) answer(response);
    else response.writeHead(404).end();
  }
}

/** Signs as an LMS does with a shared secret: HS256 of RFC 7515. */
export function signer(audience: string): (claims?: Claims) => string {
  return ({
    sub = 'ada',
    role = 'student',
    name = sub,
    room = 'algebra',
    iss = ISSUER,
    aud = audience,
    expiresInS = LIFETIME_S,
    secret = SECRET,
    ...more
  } = {}) => {
    const now = Math.floor(Date.now() / 1_000);
    const iat = Math.min(now, now + expiresInS - 1);
    const payload = { sub, role, name, room, iss, aud, iat, exp: now + expiresInS, ...more };
    const content = [{ alg: 'HS256', typ: 'JWT' }, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
  };
}

/** In a token of the other school. */
export const OF_THE_COLLEGE: Claims = { iss: COLLEGE.origin, secret: COLLEGE.secret };
