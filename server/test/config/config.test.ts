import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NATIVE_CLAIMS } from '../../src/auth/claim-presets.js';
import { type Config, ConfigError, configReference, readConfig } from '../../src/config/index.js';
import { ENVIRONMENT } from '../../src/config/environment.js';
import { DEFAULT_TENANT_LIMITS } from '../../src/config/tenant-options.js';

/** Random enough, and nobody's. */
const SECRET = 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa';
const OTHER_SECRET = 'Xw3kTz8QnB5vMr2JhL7dFs9YpC4gUe6A';

type Env = Record<string, string>;
type Files = Record<string, string>;

const read = (env: Env, files: Files = {}): Config =>
  readConfig(env, {
    read: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no such file ${path}`), { code: 'ENOENT' });
      return text;
    },
  });

const problemsOf = (env: Env, files: Files = {}): readonly string[] => {
  try {
    read(env, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

const tenant = (changes: Record<string, unknown> = {}) => ({
  id: 'school',
  issuer: 'https://lms.school.example',
  origins: ['https://lms.school.example'],
  keys: [{ kind: 'secret', secret: SECRET }],
  ...changes,
});
const tenants = (...entries: unknown[]) => ({ LMS_LIVE_TENANTS: JSON.stringify({ tenants: entries }) });
const withKey = (key: unknown) => tenants(tenant({ keys: [key] }));
const PRODUCTION = {
  NODE_ENV: 'production',
  LMS_LIVE_PUBLIC_URL: 'https://live.school.example',
  ...tenants(tenant()),
};

const spki = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) =>
  key.export({ type: 'spki', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const ed25519 = generateKeyPairSync('ed25519');

describe('the configuration', () => {
  it('has a default for everything outside production', () => {
    expect(read({})).toEqual({
      production: false,
      host: '127.0.0.1',
      port: 8080,
      metrics: { host: '127.0.0.1', port: 9464 },
      publicUrl: 'http://localhost:8080',
      dataDir: `${process.cwd()}/data`,
      trustedProxies: [],
      iceServers: [],
      stun: null,
      turn: null,
      tls: null,
      logLevel: 'info',
      transport: 'auto',
      drainMs: null,
      maxPendingHellosPerAddress: 200,
      tenants: [],
    });
  });

  it('reads every variable', () => {
    const config = read(
      {
        ...PRODUCTION,
        LMS_LIVE_HOST: '0.0.0.0',
        LMS_LIVE_PORT: '8443',
        LMS_LIVE_METRICS_HOST: '10.0.0.5',
        LMS_LIVE_METRICS_PORT: '9000',
        LMS_LIVE_PUBLIC_URL: 'https://live.school.example/',
        LMS_LIVE_DATA_DIR: '/var/lib/lms-live',
        LMS_LIVE_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        LMS_LIVE_ICE_SERVERS: 'stun:stun.school.example:3478,stun:stun2.school.example',
        LMS_LIVE_STUN_HOST: '203.0.113.7',
        LMS_LIVE_STUN_PORT: '3479',
        LMS_LIVE_TURN_URLS: 'turn:turn.school.example:3478, turns:[2001:db8::1]:443?transport=tcp',
        LMS_LIVE_TURN_SECRET: OTHER_SECRET,
        LMS_LIVE_TLS_CERT_FILE: '/tls/cert.pem',
        LMS_LIVE_TLS_KEY_FILE: '/tls/key.pem',
        LMS_LIVE_LOG_LEVEL: 'debug',
        LMS_LIVE_TRANSPORT: 'ws',
        LMS_LIVE_DRAIN_S: '12',
        LMS_LIVE_MAX_PENDING_PER_ADDRESS: '400',
      },
      { '/tls/cert.pem': 'cert', '/tls/key.pem': 'key' },
    );
    expect(config).toEqual({
      production: true,
      host: '0.0.0.0',
      port: 8443,
      metrics: { host: '10.0.0.5', port: 9000 },
      publicUrl: 'https://live.school.example',
      dataDir: '/var/lib/lms-live',
      trustedProxies: ['10.0.0.0/8', '::1'],
      iceServers: [{ urls: 'stun:stun.school.example:3478' }, { urls: 'stun:stun2.school.example' }],
      stun: { host: '203.0.113.7', port: 3479, isRequired: true },
      turn: {
        urls: ['turn:turn.school.example:3478', 'turns:[2001:db8::1]:443?transport=tcp'],
        secret: OTHER_SECRET,
      },
      tls: { certFile: '/tls/cert.pem', keyFile: '/tls/key.pem' },
      logLevel: 'debug',
      transport: 'ws',
      drainMs: 12_000,
      maxPendingHellosPerAddress: 400,
      tenants: [
        {
          id: 'school',
          issuer: 'https://lms.school.example',
          audiences: ['https://live.school.example'],
          origins: ['https://lms.school.example'],
          maxLifetimeS: 86_400,
          admission: { by: 'claim' },
          claims: NATIVE_CLAIMS,
          limits: DEFAULT_TENANT_LIMITS,
          keys: [{ kind: 'secret', algorithm: 'HS256', secret: SECRET }],
        },
      ],
    });
  });

  it('is frozen to its depths', () => {
    const config = read(PRODUCTION);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.metrics)).toBe(true);
    expect(Object.isFrozen(config.tenants[0]?.keys[0])).toBe(true);
  });

  it('looks at no variable of others, and takes an empty one as not set', () => {
    expect(read({ PATH: '/bin', LMS_LIVING: 'x', LMS_LIVE_PORT: '', LMS_LIVE_TENANTS: '' }).port).toBe(8080);
  });

  it('does without metrics when they are off', () => {
    expect(read({ LMS_LIVE_METRICS_PORT: 'off' }).metrics).toBeNull();
  });

  it('guesses https for its own address where it serves TLS', () => {
    const env = { LMS_LIVE_TLS_CERT_FILE: '/c', LMS_LIVE_TLS_KEY_FILE: '/k' };
    expect(read(env, { '/c': 'x', '/k': 'x' }).publicUrl).toBe('https://localhost:8080');
  });

  it('takes ICE servers as JSON, as a browser does', () => {
    const servers = [
      {
        urls: ['turn:turn.school.example:3478?transport=udp', 'turns:turn.school.example'],
        username: 'u',
        credential: 'c',
      },
      { urls: 'stun:[2001:db8::1]:3478' },
    ];
    expect(read({ LMS_LIVE_ICE_SERVERS: JSON.stringify(servers) }).iceServers).toEqual(servers);
  });

  it('collects every problem before it refuses', () => {
    const problems = problemsOf({
      NODE_ENV: 'production',
      LMS_LIVE_PROT: '80',
      LMS_LIVE_PORT: 'abc',
      LMS_LIVE_LOG_LEVEL: 'verbose',
      ...tenants(tenant({ isuer: 'x' }), tenant({ origins: ['*'] })),
    });
    expect(problems).toEqual([
      'LMS_LIVE_PROT is no option; did you mean LMS_LIVE_PORT?',
      'LMS_LIVE_PORT is "abc"; write a whole number from 0 to 65535.',
      expect.stringContaining('LMS_LIVE_PUBLIC_URL is missing; write '),
      'LMS_LIVE_LOG_LEVEL is "verbose"; write debug, info, warn, error or silent.',
      'LMS_LIVE_TENANTS: tenants[0].isuer is no option; did you mean issuer?',
      'LMS_LIVE_TENANTS: tenants[1].origins[0] is "*"; write each origin out, without wildcards.',
      'LMS_LIVE_TENANTS has two tenants with the id "school"; give each its own.',
      'LMS_LIVE_TENANTS has two tenants with the issuer "https://lms.school.example"; give each its own.',
    ]);
    expect(() => read({ LMS_LIVE_PROT: '1', LMS_LIVE_X: '1' })).toThrow(
      'LMS_LIVE_PROT is no option; did you mean LMS_LIVE_PORT?\nLMS_LIVE_X is no option; remove it.',
    );
  });

  it.each([
    ['LMS_LIVE_PORT', '65536'],
    ['LMS_LIVE_PORT', '-1'],
    ['LMS_LIVE_PORT', '80.5'],
    ['LMS_LIVE_PORT', '0x50'],
    ['LMS_LIVE_METRICS_PORT', 'no'],
    ['LMS_LIVE_HOST', 'two words'],
    ['LMS_LIVE_PUBLIC_URL', 'live.school.example'],
    ['LMS_LIVE_PUBLIC_URL', 'wss://live.school.example'],
    ['LMS_LIVE_PUBLIC_URL', 'https://user:pass@live.school.example'],
    ['LMS_LIVE_PUBLIC_URL', 'https://live.school.example/?a=b'],
    ['LMS_LIVE_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['LMS_LIVE_TRUSTED_PROXIES', 'proxy.example'],
    ['LMS_LIVE_ICE_SERVERS', 'http://stun.example'],
    ['LMS_LIVE_ICE_SERVERS', 'turn:turn.example'],
    ['LMS_LIVE_ICE_SERVERS', '[{"urls": "turn:turn.example", "username": "u"}]'],
    ['LMS_LIVE_ICE_SERVERS', '[{"url": "stun:stun.example"}]'],
    ['LMS_LIVE_ICE_SERVERS', '[{"urls": []}]'],
    ['LMS_LIVE_ICE_SERVERS', '[not json'],
    ['LMS_LIVE_ICE_SERVERS', 'stun:stun.example:65536'],
    ['LMS_LIVE_ICE_SERVERS', 'stun:stun.example:0'],
    ['LMS_LIVE_ICE_SERVERS', 'stun:stun.example?transport=udp'],
    ['LMS_LIVE_ICE_SERVERS', 'stun:2001:db8::1'],
    ['LMS_LIVE_STUN_PORT', '70000'],
    ['LMS_LIVE_STUN_PORT', 'no'],
    ['LMS_LIVE_STUN_HOST', 'stun.school.example'],
    ['LMS_LIVE_STUN_HOST', 'fe80::1%eth0'],
    ['LMS_LIVE_LOG_LEVEL', 'INFO'],
    ['LMS_LIVE_TRANSPORT', 'uwebsockets'],
  ])('refuses %s=%s and says what to write', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} is .+; write .+\\.$`));
  });

  it.each(['LMS_LIVE_DATABASE_URL', 'LMS_LIVE_DATABASE_URL_FILE', 'LMS_LIVE_REDIS_URL'])(
    'refuses %s, which this version does not have',
    (name) => {
      expect(problemsOf({ [name]: 'x' })).toEqual([
        expect.stringMatching(/^LMS_LIVE_\w+ is not available in this version; .+\.$/),
      ]);
    },
  );

  it('does without the STUN server when it is off, and insists on it where somebody wrote its port', () => {
    const lan = { LMS_LIVE_PUBLIC_URL: 'http://192.168.1.7:8080' };
    expect(read(lan).stun).toEqual({ host: '::', port: 3478, isRequired: false });
    expect(read({ ...lan, LMS_LIVE_STUN_PORT: 'off' }).stun).toBeNull();
    expect(read({ ...lan, LMS_LIVE_STUN_PORT: '3478' }).stun?.isRequired).toBe(true);
    // Without a word, a server for this machine alone opens no port to others.
    expect(read({ LMS_LIVE_STUN_PORT: '0' }).stun).toEqual({ host: '::', port: 0, isRequired: true });
    expect(read(PRODUCTION).stun?.isRequired).toBe(true);
  });

  it('wants both parts of TURN, and says which one is missing', () => {
    expect(problemsOf({ LMS_LIVE_TURN_SECRET: OTHER_SECRET })).toEqual([
      expect.stringMatching(/^LMS_LIVE_TURN_SECRET is set and LMS_LIVE_TURN_URLS is not; write .+\.$/),
    ]);
    expect(problemsOf({ LMS_LIVE_TURN_URLS: 'turn:turn.school.example' })).toEqual([
      expect.stringMatching(/^LMS_LIVE_TURN_URLS is set and LMS_LIVE_TURN_SECRET is not; write .+\.$/),
    ]);
  });

  it.each([
    'stun:turn.school.example',
    'turn.school.example',
    'turn:a b',
    'turn:turn.school.example:0',
    ',',
    'turn:x?transport=tls',
  ])('refuses %s as the URL of a TURN server', (url) => {
    const problems = problemsOf({ LMS_LIVE_TURN_URLS: url, LMS_LIVE_TURN_SECRET: OTHER_SECRET });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^LMS_LIVE_TURN_URLS is .+; write TURN addresses .+\.$/);
  });

  it('refuses one port for two servers', () => {
    expect(problemsOf({ LMS_LIVE_PORT: '9464' })).toEqual([
      'LMS_LIVE_METRICS_PORT is 9464, as LMS_LIVE_PORT; write another one, or off.',
    ]);
    expect(problemsOf({ LMS_LIVE_PORT: '0', LMS_LIVE_METRICS_PORT: '0' })).toEqual([]);
  });

  it('wants both files for TLS, and wants to read them', () => {
    expect(problemsOf({ LMS_LIVE_TLS_CERT_FILE: '/c' })).toEqual([
      'LMS_LIVE_TLS_CERT_FILE and LMS_LIVE_TLS_KEY_FILE belong together; set both or none.',
    ]);
    expect(problemsOf({ LMS_LIVE_TLS_CERT_FILE: '/c', LMS_LIVE_TLS_KEY_FILE: '/k' }, { '/c': 'x' })).toEqual([
      'LMS_LIVE_TLS_KEY_FILE is "/k", which cannot be read (ENOENT); write the path of a readable file.',
    ]);
  });

  describe('secrets in files', () => {
    it('come without the line break at their end', () => {
      const env = { NODE_ENV: 'production', LMS_LIVE_PUBLIC_URL: 'https://live.school.example' };
      const files = {
        '/run/secrets/tenants': JSON.stringify({
          tenants: [tenant({ keys: [{ kind: 'secret', secretFile: 'school.key' }] })],
        }),
        '/run/secrets/school.key': `${SECRET}\n`,
        '/run/secrets/turn': `${OTHER_SECRET}\r\n`,
      };
      const config = read(
        {
          ...env,
          LMS_LIVE_TENANTS_FILE: '/run/secrets/tenants',
          LMS_LIVE_TURN_URLS: 'turn:turn.school.example',
          LMS_LIVE_TURN_SECRET_FILE: '/run/secrets/turn',
        },
        files,
      );
      expect(config.tenants[0]?.keys).toEqual([{ kind: 'secret', algorithm: 'HS256', secret: SECRET }]);
      expect(config.turn?.secret).toBe(OTHER_SECRET);
    });

    it('cannot be set twice', () => {
      expect(problemsOf({ LMS_LIVE_TURN_SECRET: 'a', LMS_LIVE_TURN_SECRET_FILE: '/b' })).toEqual([
        'LMS_LIVE_TURN_SECRET and LMS_LIVE_TURN_SECRET_FILE are both set; set one of them.',
      ]);
    });

    it('must be readable', () => {
      expect(problemsOf({ LMS_LIVE_TENANTS_FILE: '/nowhere.json' })).toEqual([
        'LMS_LIVE_TENANTS_FILE is "/nowhere.json", which cannot be read (ENOENT); write the path of a readable file.',
      ]);
      expect(problemsOf(withKey({ kind: 'secret', secretFile: 'nowhere' }))).toEqual([
        'LMS_LIVE_TENANTS: tenants[0].keys[0].secretFile is "nowhere", which cannot be read (ENOENT); write the path of a readable file.',
      ]);
    });

    it('are for secrets only', () => {
      expect(problemsOf({ LMS_LIVE_PORT_FILE: '/port' })).toEqual([
        expect.stringMatching(/^LMS_LIVE_PORT_FILE is no option;/),
      ]);
    });
  });

  describe('the tenants file', () => {
    it.each([
      ['', 1],
      ['[]', 1],
      ['{}', 1],
      ['{"tenants": {}}', 1],
      ['{"tenants": [1, null, "x"]}', 3],
      ['{"tenants": [], "tenant": []}', 1],
    ])('is refused as %j', (text, count) => {
      const problems = problemsOf({ LMS_LIVE_TENANTS_FILE: '/t.json' }, { '/t.json': text });
      expect(problems).toHaveLength(count);
      for (const problem of problems) expect(problem).toMatch(/^\/t\.json.+[;,] (write|did you mean) .+[.?]$/);
    });

    it('says where its JSON breaks, and quotes nothing of it', () => {
      const text = `{"tenants": [\n  {"secret": "${SECRET}"},,\n]}`;
      const [problem] = problemsOf({ LMS_LIVE_TENANTS_FILE: '/t.json' }, { '/t.json': text });
      expect(problem).toBe(
        '/t.json is not valid JSON at line 2, column 50: a value is missing; write {"tenants": [...]}, without comments.',
      );
      expect(problem).not.toContain(SECRET.slice(0, 8));
    });

    it('may begin with the mark that some editors write', () => {
      const text = `\ufeff${JSON.stringify({ tenants: [tenant()] })}`;
      expect(problemsOf({ LMS_LIVE_TENANTS_FILE: '/t.json' }, { '/t.json': text })).toEqual([]);
    });

    it('takes what a tenant may leave out or set to null', () => {
      const config = read(tenants(tenant({ issuer: null, audiences: null, maxLifetimeS: 3_600 })));
      expect(config.tenants[0]).toMatchObject({ issuer: null, audiences: null, maxLifetimeS: 3_600 });
    });

    it('may have limits of its own beside the defaults', () => {
      const config = read(tenants(tenant({ limits: { roomCommandsPerSecond: 500 } })));
      expect(config.tenants[0]?.limits).toEqual({ ...DEFAULT_TENANT_LIMITS, roomCommandsPerSecond: 500 });
    });

    it.each([
      [{ roomCommandsPerSecond: 0 }, 'limits.roomCommandsPerSecond is 0; write a whole number from 1 to 1000000.'],
      [{ tenantCommandBurst: 1.5 }, 'limits.tenantCommandBurst is 1.5; write a whole number from 1 to 1000000.'],
      [{ roomCommandPerSecond: 5 }, 'roomCommandsPerSecond'],
      ['none', 'limits is "none"; write an object'],
    ])('refuses the limits %j', (limits, sentence) => {
      const problems = problemsOf(tenants(tenant({ limits })));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(sentence);
    });

    it.each([
      ['id', 'School 1'],
      ['id', ''],
      ['id', 7],
      ['issuer', ''],
      ['issuer', 7],
      ['audiences', 'https://live.school.example'],
      ['audiences', []],
      ['origins', 'https://lms.school.example'],
      ['origins', []],
      ['maxLifetimeS', 59],
      ['maxLifetimeS', 3_000_000],
      ['maxLifetimeS', '3600'],
      ['maxLifetimeS', 3600.5],
      ['keys', []],
      ['keys', {}],
    ])('refuses the %s %j', (name, value) => {
      const problems = problemsOf(tenants(tenant({ [name]: value })));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(new RegExp(`^LMS_LIVE_TENANTS: tenants\\[0\\]\\.${name} is .+; write .+\\.$`));
    });

    it.each(['id', 'issuer', 'origins', 'keys'])('wants the %s', (name) => {
      expect(problemsOf(tenants(tenant({ [name]: undefined })))).toEqual([
        expect.stringMatching(new RegExp(`^LMS_LIVE_TENANTS: tenants\\[0\\]\\.${name} is missing; write .+\\.$`)),
      ]);
    });

    it.each([
      ['https://lms.school.example/', 'write "https://lms.school.example".'],
      ['https://LMS.school.example', 'write "https://lms.school.example".'],
      ['https://lms.school.example:443', 'write "https://lms.school.example".'],
      ['https://lms.school.example/courses', 'write "https://lms.school.example".'],
      ['https://*.school.example', 'write each origin out, without wildcards.'],
      ['*', 'write each origin out, without wildcards.'],
      ['null', 'write an origin such as https://lms.school.example.'],
      ['lms.school.example', 'write an origin such as https://lms.school.example.'],
      ['file:///x', 'write an origin such as https://lms.school.example.'],
    ])('refuses the origin %s and says which one is meant', (origin, sentence) => {
      expect(problemsOf(tenants(tenant({ origins: ['https://ok.example', origin] })))).toEqual([
        `LMS_LIVE_TENANTS: tenants[0].origins[1] is "${origin}"; ${sentence}`,
      ]);
    });

    it('takes origins with a port, on this machine, and in other scripts as browsers write them', () => {
      const origins = ['http://localhost:3000', 'https://lms.school.example:8443', 'https://xn--schle-kva.example'];
      expect(read(tenants(tenant({ origins }))).tenants[0]?.origins).toEqual(origins);
    });

    it('gives no two tenants one secret', () => {
      const second = tenant({ id: 'college', issuer: null });
      expect(problemsOf(tenants(tenant(), second))).toEqual([
        'LMS_LIVE_TENANTS: the tenants school and college have the same secret, so each could sign for the other; give each its own.',
      ]);
      expect(problemsOf(tenants(tenant(), { ...second, keys: [{ kind: 'secret', secret: OTHER_SECRET }] }))).toEqual(
        [],
      );
    });

    it('gives no two keys of a tenant one kid', () => {
      const keys = [SECRET, OTHER_SECRET].map((secret) => ({ kind: 'secret', secret, kid: '2026' }));
      expect(problemsOf(tenants(tenant({ keys })))).toEqual([
        'LMS_LIVE_TENANTS: tenants[0].keys has two keys with the kid "2026"; give each its own.',
      ]);
    });
  });

  describe('keys', () => {
    it('may be of each kind', () => {
      const keys = [
        { kind: 'secret', algorithm: 'HS256', secret: SECRET, kid: 'a' },
        { kind: 'pem', algorithm: 'RS256', pem: spki(rsa.publicKey), kid: 'b' },
        { kind: 'pem', algorithm: 'PS256', pem: spki(rsa.publicKey) },
        { kind: 'pem', algorithm: 'ES256', pem: spki(p256.publicKey) },
        { kind: 'pem', algorithm: 'EdDSA', pem: spki(ed25519.publicKey) },
        { kind: 'jwks', algorithms: ['RS256'], url: 'https://lms.school.example/jwks.json?v=1' },
      ];
      expect(read(tenants(tenant({ keys }))).tenants[0]?.keys).toEqual(keys);
    });

    it('come from files beside the tenants file', () => {
      const text = JSON.stringify({
        tenants: [tenant({ keys: [{ kind: 'pem', algorithm: 'ES256', pemFile: 'keys/p256.pem' }] })],
      });
      const pem = spki(p256.publicKey);
      const { keys } = read(
        { LMS_LIVE_TENANTS_FILE: '/etc/t.json' },
        { '/etc/t.json': text, '/etc/keys/p256.pem': pem },
      ).tenants[0]!;
      expect(keys).toEqual([{ kind: 'pem', algorithm: 'ES256', pem: pem.trimEnd() }]);
    });

    it.each([
      ['a kind that is none', { kind: 'hmac', secret: SECRET }, /kind is "hmac"; write secret, pem or jwks/],
      ['no kind', { secret: SECRET }, /kind is undefined; write secret, pem or jwks/],
      ['text instead of an object', SECRET, /kind is missing; write secret, pem or jwks/],
      ['no secret', { kind: 'secret' }, /has no key; write secret or secretFile/],
      ['two secrets', { kind: 'secret', secret: SECRET, secretFile: 'x' }, /has both secret and secretFile; write one/],
      [
        'a secret that is a number',
        { kind: 'secret', secret: 7 },
        /secret is not valid; write 32 or more random bytes/,
      ],
      ['a short secret', { kind: 'secret', secret: 'x'.repeat(31) }, /has 31 bytes; it needs at least 32/],
      ['a public key as a secret', { kind: 'secret', secret: spki(p256.publicKey) }, /is a public key/],
      [
        'an RSA algorithm for a secret',
        { kind: 'secret', algorithm: 'RS256', secret: SECRET },
        /algorithm is "RS256"; write HS256/,
      ],
      ['no algorithm for a PEM', { kind: 'pem', pem: spki(rsa.publicKey) }, /algorithm is missing; write RS256, PS256/],
      [
        'a secret’s algorithm for a PEM',
        { kind: 'pem', algorithm: 'HS256', pem: spki(rsa.publicKey) },
        /algorithm is "HS256"; write RS256/,
      ],
      [
        'an RSA key for ES256',
        { kind: 'pem', algorithm: 'ES256', pem: spki(rsa.publicKey) },
        /P-256, which ES256 needs/,
      ],
      [
        'a P-384 key for ES256',
        { kind: 'pem', algorithm: 'ES256', pem: spki(p384.publicKey) },
        /P-256, which ES256 needs/,
      ],
      ['an elliptic key for RS256', { kind: 'pem', algorithm: 'RS256', pem: spki(p256.publicKey) }, /no RSA key/],
      ['an elliptic key for EdDSA', { kind: 'pem', algorithm: 'EdDSA', pem: spki(p256.publicKey) }, /no Ed25519 key/],
      ['a short RSA key', { kind: 'pem', algorithm: 'RS256', pem: spki(shortRsa.publicKey) }, /has 1024 bits/],
      [
        'a private key',
        { kind: 'pem', algorithm: 'EdDSA', pem: ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
        /is a private key/,
      ],
      ['a PEM that is none', { kind: 'pem', algorithm: 'RS256', pem: 'ssh-rsa AAAA' }, /cannot be read/],
      ['a JWKS over http', { kind: 'jwks', url: 'http://lms.school.example/jwks' }, /write an https address/],
      ['a JWKS with a user', { kind: 'jwks', url: 'https://u:p@lms.school.example/jwks' }, /write an https address/],
      ['a JWKS from a file', { kind: 'jwks', url: 'file:///etc/passwd' }, /write an https address/],
      [
        'a JWKS for secrets',
        { kind: 'jwks', url: 'https://x.example/jwks', algorithms: ['HS256'] },
        /algorithms is \["HS256"\]; write/,
      ],
      [
        'an unknown name',
        { kind: 'jwks', uri: 'https://x.example/jwks', url: 'https://x.example/jwks' },
        /uri is no option; did you mean url\?/,
      ],
      [
        'a secret under a wrong name',
        { kind: 'secret', secrets: SECRET, secret: SECRET },
        /secrets is no option; did you mean secret\?/,
      ],
    ])('are refused with %s', (_, key, sentence) => {
      const problems = problemsOf(withKey(key));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(sentence);
      expect(problems[0]).toMatch(/^LMS_LIVE_TENANTS: tenants\[0\]\.keys\[0\]/);
      expect(problems[0]).not.toContain(SECRET);
      expect(problems[0]).not.toContain('MII');
    });

    it.each(['http://localhost:3000/jwks.json', 'http://127.0.0.1/jwks', 'http://[::1]:8000/jwks'])(
      'may come from %s',
      (url) => {
        expect(problemsOf(withKey({ kind: 'jwks', url }))).toEqual([]);
      },
    );
  });

  describe('in production', () => {
    it('starts with what is right', () => expect(problemsOf(PRODUCTION)).toEqual([]));

    it.each([
      ['no tenants', { LMS_LIVE_TENANTS: '' }, /^No LMS may use this server yet/],
      ['an empty list of tenants', { LMS_LIVE_TENANTS: '{"tenants": []}' }, /^No LMS may use this server yet/],
      ['no public address', { LMS_LIVE_PUBLIC_URL: '' }, /^LMS_LIVE_PUBLIC_URL is missing/],
      ['a plain public address', { LMS_LIVE_PUBLIC_URL: 'http://live.school.example' }, /write an https address/],
      [
        'a short TURN secret',
        { LMS_LIVE_TURN_URLS: 'turn:t', LMS_LIVE_TURN_SECRET: 'short' },
        /^LMS_LIVE_TURN_SECRET has 5 bytes/,
      ],
      [
        'a well-known TURN secret',
        { LMS_LIVE_TURN_URLS: 'turn:t', LMS_LIVE_TURN_SECRET: 'changeme'.repeat(4) },
        /^LMS_LIVE_TURN_SECRET is a well-known example/,
      ],
    ])('refuses %s', (_, changes, sentence) => {
      const problems = problemsOf({ ...PRODUCTION, ...changes });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(sentence);
    });

    it.each([
      'changemechangemechangemechangeme',
      'change-me-change-me-change-me-change-me',
      'secret-secret-secret-secret-secret',
      'supersecretpassword-supersecretpassword',
      'your-256-bit-secret-your-256-bit-secret',
      'a-string-secret-at-least-256-bits-long',
      '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
      'django-insecure-8x!q0w9e8r7t6y5u4i3o2p1a0s9d8f7g6h5j4k3l2',
      'demo-q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa',
      'dev-q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa',
      'a'.repeat(64),
      '0123456701234567012345670123456701234567',
    ])('refuses the secret %s', (secret) => {
      const changed = tenants(tenant({ keys: [{ kind: 'secret', secret }] }));
      expect(problemsOf({ ...PRODUCTION, ...changed })).toEqual([
        expect.stringMatching(
          /^LMS_LIVE_TENANTS: tenants\[0\]\.keys\[0\]: The secret .+; write 32 or more random bytes/,
        ),
      ]);
      expect(problemsOf(changed)).toEqual([]);
    });

    it('takes secrets as generators make them', () => {
      const secrets = [
        '4f0d6f2b8c1e4a7d9b3c5e8f1a2d4c6b4f0d6f2b8c1e4a7d9b3c5e8f1a2d4c6b',
        SECRET,
        `${OTHER_SECRET}/+secret==`,
      ];
      for (const secret of secrets)
        expect(problemsOf({ ...PRODUCTION, ...withKey({ kind: 'secret', secret }) })).toEqual([]);
    });

    it('lets this machine try it out over http', () => {
      expect(problemsOf({ ...PRODUCTION, LMS_LIVE_PUBLIC_URL: 'http://localhost:8080' })).toEqual([]);
    });
  });

  it('never quotes a secret in a problem', () => {
    const leaked = 'leaked-value-1234';
    const problems = problemsOf({
      NODE_ENV: 'production',
      LMS_LIVE_PUBLIC_URL: 'https://live.school.example',
      LMS_LIVE_TURN_SECRET: leaked,
      LMS_LIVE_ICE_SERVERS: `[{"urls": "turn:x", "credential": "${leaked}"}]`,
      ...tenants(
        tenant({
          keys: [
            { kind: 'secret', secret: leaked },
            { kind: 'secret', secret: [leaked] },
            leaked,
            { kind: 'pem', algorithm: 'RS256', pem: leaked },
          ],
        }),
      ),
    });
    expect(problems.length).toBeGreaterThanOrEqual(6);
    expect(problems.join('\n')).not.toContain(leaked);
  });
});

describe('the reference of the configuration', () => {
  const reference = configReference();

  it('has a row for each option, with value, default and reason', () => {
    for (const name of Object.keys(ENVIRONMENT)) {
      expect(reference).toMatch(new RegExp(`^\\| \`${name}\`(?: \\*)? \\| [^|]+ \\| [^|]+ \\| [^|]+\\. \\|$`, 'm'));
    }
    for (const name of [
      'id',
      'issuer',
      'audiences',
      'origins',
      'maxLifetimeS',
      'limits',
      'roomCommandsPerSecond',
      'keys',
      'secretFile',
      'pemFile',
      'algorithms',
      'url',
    ]) {
      expect(reference).toMatch(new RegExp(`^\\| \`${name}\` \\| [^|]+ \\| [^|]+ \\| [^|]+ \\|$`, 'm'));
    }
  });

  it('shows a tenants file that the server takes', () => {
    const example = /```json\n([\s\S]+?)```/.exec(reference)?.[1] ?? '';
    const files = { '/etc/tenants.json': example, '/etc/school.secret': `${SECRET}\n` };
    const env = { NODE_ENV: 'production', LMS_LIVE_PUBLIC_URL: 'https://live.school.example' };
    expect(problemsOf({ ...env, LMS_LIVE_TENANTS_FILE: '/etc/tenants.json' }, files)).toEqual([]);
  });

  it('names the defaults that the server has', () => {
    const config = read({});
    expect(reference).toContain(`| \`${config.port}\` |`);
    expect(reference).toContain(`| \`${config.metrics?.port ?? 0}\` |`);
    expect(reference).toContain(`| \`${config.logLevel}\` |`);
  });
});
