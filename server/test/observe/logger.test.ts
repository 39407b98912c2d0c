import { describe, expect, it } from 'vitest';
import { type LogFields, type LogLevel, createLogger } from '../../src/observe/index.js';
import { scrub } from '../../src/observe/scrub.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYXJpYSIsImV4cCI6MX0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
const SDP = 'v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\na=ice-ufrag:Xy9z\r\na=fingerprint:sha-256 AB:CD\r\n';
const CANDIDATE = 'candidate:842163049 1 udp 1677729535 192.0.2.44 46154 typ srflx';
const MESSAGE = 'meet me behind the gym at four';

const logged = (level: LogLevel = 'debug') => {
  const lines: string[] = [];
  const log = createLogger(level, { write: (line: string) => void lines.push(line) });
  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

describe('the log', () => {
  it('writes a line of JSON with time, level, sentence and fields', () => {
    const { log, parsed } = logged();
    log.info('Listening.', { host: '127.0.0.1', port: 8080, transport: 'uws' });
    expect(parsed()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
        message: 'Listening.',
        host: '127.0.0.1',
        port: 8080,
        transport: 'uws',
      },
    ]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('writes at %s what matters as much or more', (level, expected) => {
    const { log, parsed } = logged(level);
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(parsed().map((line) => line['level'])).toEqual(expected);
  });

  it('gives a child its fields', () => {
    const { log, parsed } = logged();
    log.child({ tenant: 'school', room: 'algebra-1' }).child({ connection: 7 }).warn('Slow reader.', { code: 4002 });
    expect(parsed()[0]).toMatchObject({ tenant: 'school', room: 'algebra-1', connection: 7, code: 4002 });
  });

  it('writes an error as name, code, message, frames and causes', () => {
    const { log, parsed } = logged();
    const cause = Object.assign(new TypeError('disk full'), { code: 'SQLITE_FULL' });
    log.error('The store failed.', { error: new Error('cannot commit', { cause }) });
    expect(parsed()[0]?.['error']).toMatchObject({
      name: 'Error',
      message: 'cannot commit',
      frames: expect.arrayContaining([expect.stringMatching(/^at /)]) as unknown,
      cause: { name: 'TypeError', message: 'disk full', code: 'SQLITE_FULL' },
    });
  });

  it('survives errors that are none, and that cause themselves', () => {
    const { log, parsed } = logged();
    const endless = new Error('round');
    endless.cause = endless;
    for (const error of [undefined, null, 'text', 7, {}, Object.create(null), endless]) log.error('Failed.', { error });
    expect(parsed()).toHaveLength(7);
  });

  describe('never writes', () => {
    const parseError = (text: string): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return error;
      }
    };
    const SECRETS = [TOKEN, ...TOKEN.split('.'), 'Xy9z', '192.0.2.44', 'sha-256', MESSAGE, 'hunter2-hunter2'];

    it.each<[string, LogFields]>([
      ['a token in an error', { error: new Error(`invalid token ${TOKEN}`) }],
      ['a header in an error', { error: new Error(`bad header Authorization: Bearer hunter2-hunter2`) }],
      ['a token in a cause', { error: new Error('refused', { cause: new Error(TOKEN) }) }],
      ['a token in a field', { code: TOKEN, instance: `x ${TOKEN} y`, room: TOKEN }],
      ['a session description in an error', { error: new Error(`cannot parse ${SDP}`) }],
      ['a candidate in a field', { code: `a=${CANDIDATE}` }],
      ['a candidate in an error', { error: new Error(`unexpected ${CANDIDATE}`) }],
      ['a message that is no JSON', { error: parseError(MESSAGE) }],
      ['a message that breaks off', { error: parseError(`{"text":"${MESSAGE}`) }],
      ['a message with a wrong type', { error: new Error(`Invalid type: Expected number but received "${MESSAGE}"`) }],
      [
        'the properties of an error',
        { error: Object.assign(new Error('x'), { body: MESSAGE, token: TOKEN, request: { headers: { a: TOKEN } } }) },
      ],
      ['a message that was thrown', { error: { text: MESSAGE } }],
      ['a password in an address', { error: new Error('connect failed: password=hunter2-hunter2 host=db') }],
      ['a field that nobody knows', { token: TOKEN, body: MESSAGE, sdp: SDP } as LogFields],
      ['an object in a known field', { room: { text: MESSAGE } } as unknown as LogFields],
    ])('%s', (_, fields) => {
      const { log, lines } = logged();
      log.error('Failed.', fields);
      log.child(fields).info('Next.');
      expect(lines).toHaveLength(2);
      for (const secret of SECRETS) expect(lines.join('')).not.toContain(secret);
    });

    it('a token in the sentence itself', () => {
      const { log, lines } = logged();
      log.info(`refused ${TOKEN}`);
      expect(lines.join('')).not.toContain(TOKEN.split('.')[1]);
      expect(lines.join('')).toContain('refused [token]');
    });
  });

  it('takes a long text out of a line in little time', () => {
    for (const unit of [
      'a',
      '"',
      'eyJ',
      'bearer ',
      'v=0',
      '-----BEGIN ',
      'received "',
      'token=',
      "Unexpected token '",
    ]) {
      const before = performance.now();
      expect(scrub(unit.repeat(200_000)).length).toBeLessThan(1_000);
      expect(performance.now() - before).toBeLessThan(2_000);
    }
  });
});
