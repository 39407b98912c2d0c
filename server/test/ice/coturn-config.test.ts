import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coturnConfigCommand } from '../../src/ice/coturn-config-command.js';
import { coturnConfig } from '../../src/ice/coturn-config.js';
import { judgeCoturn } from '../../src/ice/coturn-version.js';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const SECRET = 'a-turn-secret-that-exists-in-tests-only';
const ENV = {
  LMS_LIVE_PUBLIC_URL: 'https://live.school.example',
  LMS_LIVE_TURN_URLS: 'turn:turn.school.example?transport=udp,turn:turn.school.example?transport=tcp',
  LMS_LIVE_TURN_SECRET: SECRET,
};
const RELAY = ['--relay-ip', '10.1.2.3', '--external-ip', '198.51.100.9'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lms-live-coturn-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = ENV) {
  let printed = '';
  let complained = '';
  const code = coturnConfigCommand({
    args,
    env,
    print: (text) => void (printed += text),
    complain: (text) => void (complained += text),
  });
  return { code, printed, complained };
}

describe('lms-live coturn-config', () => {
  it('writes the secret into a file of its owner alone, and prints nothing', () => {
    const file = join(folder, 'turnserver.conf');
    expect(run([...RELAY, '--out', file])).toEqual({ code: 0, printed: '', complained: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toBe(
      coturnConfig({
        secret: SECRET,
        realm: 'live.school.example',
        relayIp: '10.1.2.3',
        externalIp: '198.51.100.9',
      }),
    );
    expect(text).toContain(`static-auth-secret=${SECRET}\n`);
    expect(text).toContain('external-ip=198.51.100.9/10.1.2.3\n');
  });

  it('never writes over a file', () => {
    const file = join(folder, 'turnserver.conf');
    writeFileSync(file, 'changed by hand');
    expect(run([...RELAY, '--out', file])).toMatchObject({
      code: 1,
      complained: expect.stringContaining('exists') as string,
    });
    expect(readFileSync(file, 'utf8')).toBe('changed by hand');
  });

  it('shows the rest without the secret', () => {
    const { code, printed } = run(RELAY);
    expect(code).toBe(0);
    expect(printed).not.toContain(SECRET);
    expect(printed).toContain('no-tcp-relay\n');
  });

  it('takes ports, TLS and more denied addresses', () => {
    const env = { ...ENV, LMS_LIVE_TURN_URLS: 'turn:[2001:db8::1]:3479,turns:turn.school.example:443?transport=tcp' };
    const tls = ['--cert', '/run/cert.pem', '--key', '/run/key.pem'];
    const { printed } = run([...RELAY, ...tls, '--deny', '192.0.2.1', '--deny', '11.0.0.1-11.0.0.9'], env);
    expect(printed).toContain('\nlistening-port=3479\n');
    expect(printed).toContain('\ncert=/run/cert.pem\npkey=/run/key.pem\ntls-listening-port=443\n');
    expect(printed).not.toContain('\nno-tls\n');
    expect(printed).toContain('denied-peer-ip=192.0.2.1\ndenied-peer-ip=11.0.0.1-11.0.0.9\n\n');
    expect(run(RELAY, env)).toMatchObject({ code: 64, complained: expect.stringContaining('--cert') as string });
  });

  it.each<[string, string[], Readonly<Record<string, string>>, number, string]>([
    ['no address', [], ENV, 64, '--relay-ip'],
    ['an address of IPv6', ['--relay-ip', '::1'], ENV, 64, 'IPv4'],
    ['another setting in the realm', [...RELAY, '--realm', 'x\nallow-loopback-peers'], ENV, 64, '--realm'],
    ['another setting in a path', [...RELAY, '--cert', 'x\ny', '--key', 'z'], ENV, 64, 'one line'],
    ['another setting in a range', [...RELAY, '--deny', '1.2.3.4\nverbose'], ENV, 64, '--deny'],
    ['half a pair', [...RELAY, '--key', 'z'], ENV, 64, 'go together'],
    ['an unknown option', [...RELAY, '--print-secret'], ENV, 64, 'print-secret'],
    ['no TURN server', RELAY, { LMS_LIVE_PUBLIC_URL: 'https://live.school.example' }, 1, 'LMS_LIVE_TURN_SECRET'],
    ['a wrong configuration', RELAY, { ...ENV, LMS_LIVE_PORT: 'x' }, 78, 'LMS_LIVE_PORT'],
    [
      'a secret that is more than one word',
      RELAY,
      { ...ENV, LMS_LIVE_TURN_SECRET: 'one two\nthree' },
      1,
      'another one',
    ],
  ])('says what is wrong with %s', (_what, args, env, code, said) => {
    const result = run(args, env);
    expect(result).toMatchObject({ code, printed: '' });
    expect(result.complained).toContain(said);
    expect(result.complained).not.toContain(SECRET);
  });

  it('says what is wrong with the version that is packaged, and takes none that was never tried', () => {
    const old = run([...RELAY, '--coturn-version', '4.6.1']);
    expect(old.code).toBe(0);
    for (const hole of ['CVE-2026-73212', 'CVE-2026-43994', 'Take 4.17.2']) expect(old.complained).toContain(hole);
    expect(run([...RELAY, '--coturn-version', 'coturn-4.17.2 (Gorst)'])).toMatchObject({ code: 0, complained: '' });
    expect(run([...RELAY, '--coturn-version', '4.5.2'])).toMatchObject({ code: 1, printed: '' });
    expect(run([...RELAY, '--coturn-version', 'new'])).toMatchObject({ code: 64, printed: '' });
  });
});

describe('what is known of a version', () => {
  it.each([
    ['4.6.1', ['CVE-2026-73212', 'not denied by itself', 'CVE-2026-43994']],
    ['4.10.0', ['CVE-2026-73212', 'not denied by itself']],
    ['4.17.0', ['CVE-2026-73212', 'one hop']],
    ['4.17.1', ['CVE-2026-73212']],
    ['4.17.2', []],
    ['5.0.0', []],
  ])('%s', (version, holes) => {
    const { isSupported, notes } = judgeCoturn(version) ?? { isSupported: false, notes: [] };
    expect(isSupported).toBe(true);
    expect(notes).toHaveLength(holes.length === 0 ? 0 : holes.length + 1);
    for (const [index, hole] of holes.entries()) expect(notes[index]).toContain(hole);
  });
});

describe('deploy/make-secrets.sh', () => {
  it('has the same configuration, with places in it', async () => {
    const [secret, realm, relayIp, externalIp] = ['@SECRET@', '@REALM@', '@RELAY_IP@', '@EXTERNAL_IP@'];
    await expect(coturnConfig({ secret, realm, relayIp, externalIp })).toMatchFileSnapshot(
      join(DEPLOY, 'turnserver.conf.template'),
    );
  });

  it('fills them in', () => {
    for (const name of ['make-secrets.sh', 'turnserver.conf.template'])
      copyFileSync(join(DEPLOY, name), join(folder, name));
    execFileSync('bash', ['make-secrets.sh', 'live.school.example', 'https://lms.school.example'], {
      cwd: folder,
      env: { ...process.env, RELAY_IP: '10.1.2.3', PUBLIC_IP: '198.51.100.9' },
      stdio: 'pipe',
    });
    expect(readFileSync(join(folder, 'secrets/turnserver.conf'), 'utf8')).toBe(
      coturnConfig({
        secret: readFileSync(join(folder, 'secrets/turn.secret'), 'utf8'),
        realm: 'live.school.example',
        relayIp: '10.1.2.3',
        externalIp: '198.51.100.9',
      }),
    );
  });
});
