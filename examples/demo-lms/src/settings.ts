import { fileURLToPath } from 'node:url';

/** Where this LMS is and where its live server is; read once at the start. */
export interface Settings {
  /** Address of this machine to listen on. There are no passwords here: by default nobody else can come in. */
  readonly host: string;
  readonly port: number;
  /** Address of this LMS in browsers, and the `iss` of its tokens. */
  readonly publicUrl: string;
  /** Address of the live server in browsers, and the `aud` of the tokens. */
  readonly liveServerUrl: string;
  /** For the signing key and the session secret. */
  readonly dataDir: string;
  /** null: one is made and kept in `dataDir`. */
  readonly sessionSecret: string | null;
}

const DEFAULT_PORT = 3_000;
const MIN_SECRET_CHARS = 32;

/** @throws {TypeError} with what to write instead */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const port = Number(env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError('PORT is a number from 0 to 65535, such as 3000.');
  }
  const sessionSecret = env['SESSION_SECRET'] ?? null;
  if (sessionSecret !== null && sessionSecret.length < MIN_SECRET_CHARS) {
    throw new TypeError(`SESSION_SECRET has at least ${MIN_SECRET_CHARS} characters; leave it out to have one made.`);
  }
  return {
    host: env['LISTEN_ADDRESS'] ?? '127.0.0.1',
    port,
    publicUrl: origin('PUBLIC_URL', env['PUBLIC_URL'] ?? `http://localhost:${port}`),
    liveServerUrl: origin('LIVE_SERVER_URL', env['LIVE_SERVER_URL'] ?? 'http://localhost:8080'),
    dataDir: env['DATA_DIR'] ?? fileURLToPath(new URL('../.data', import.meta.url)),
    sessionSecret,
  };
}

function origin(name: string, value: string): string {
  if (URL.canParse(value)) {
    const url = new URL(value);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.origin;
  }
  throw new TypeError(`${name} is an address such as https://live.school.example.`);
}
