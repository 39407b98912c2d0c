import { parseArgs } from 'node:util';
import type { Subject } from './lib/stage.js';
import { runSuite, type Outcome } from './lib/suite.js';
import { sign } from './lib/tokens.js';
import { REQUIREMENTS } from './requirements/index.js';
import { linesOf, lookAt, summaryOf } from './rights/cells.js';
import { MATRIX } from './rights/index.js';

const USAGE = `Checks a live server against the page “The protocol”, from the outside.

  npm run conformance -- --url wss://live.school.example/v1/socket --token eyJ…

  --url                where the socket is
  --token              of a teacher (role instructor). With a room such as "check-*" each check gets a room of its own
  --student-token      of a student of the same room
  --second-student-token
  --mint-secret        the secret that the tenant's tokens are signed with (HS256): then all tokens are made here, and everything is checked
  --issuer             \`iss\` of these tokens; left out where they have none
  --audience           \`aud\` of these tokens; by default the address of the server
  --stop-pid           process to send SIGTERM to, last of all: checks how the server stops
  --matrix             checks who may do what in place of the page: every cell of role × command, signal, setting and route (takes --mint-secret)
  --only               ids, or beginnings of ids, with commas
  --json               print the outcomes as JSON

The exit code is 1 where a requirement failed, 2 where nothing could be checked.
`;

const MARKS = { pass: 'ok  ', fail: 'FAIL', skip: 'skip' } as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      'student-token': { type: 'string' },
      'second-student-token': { type: 'string' },
      'mint-secret': { type: 'string' },
      issuer: { type: 'string' },
      audience: { type: 'string' },
      'stop-pid': { type: 'string' },
      only: { type: 'string' },
      matrix: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { url, token, 'mint-secret': secret, 'stop-pid': pid, only, json } = values;
  if (values.help || url === undefined || (token === undefined && secret === undefined)) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const { 'student-token': student, 'second-student-token': second, issuer } = values;
  const audience = values.audience ?? new URL(url).origin.replace(/^ws/u, 'http');
  const subject: Subject = {
    url,
    tokens: {
      ...(token === undefined ? {} : { teacher: token }),
      ...(student === undefined ? {} : { student }),
      ...(second === undefined ? {} : { second }),
    },
    ...(secret === undefined ? {} : { mint: (claims) => sign({ secret, issuer: issuer ?? null, audience }, claims) }),
    ...(pid === undefined ? {} : { stop: async () => void process.kill(Number(pid), 'SIGTERM') }),
  };
  if (values.matrix) return runMatrix(subject);
  const wanted = only?.split(',') ?? [''];
  const requirements = REQUIREMENTS.filter(({ id }) => wanted.some((start) => id.startsWith(start)));
  const outcomes = await runSuite(subject, { requirements, onOutcome: json ? () => undefined : print });
  if (json) console.log(JSON.stringify(outcomes, null, 2));
  else summarise(outcomes);
  if (outcomes.some(({ state }) => state === 'fail')) return 1;
  return outcomes.some(({ state, id }) => state === 'pass' && id !== 'frames.shape') ? 0 : 2;
}

async function runMatrix(subject: Subject): Promise<number> {
  if (subject.mint === undefined) {
    console.log(USAGE);
    return 2;
  }
  const results = await lookAt(subject, MATRIX);
  const lines = results.flatMap(({ deviations }) => linesOf(deviations));
  console.log([...lines, summaryOf(results)].join('\n'));
  return lines.length === 0 ? 0 : 1;
}

function print({ state, id, clause, must, why, ms }: Outcome): void {
  console.log(
    `${MARKS[state]} ${id} (${clause}) ${must}${why === null ? '' : `\n     ${why}`}${ms > 2_000 ? ` [${ms} ms]` : ''}`,
  );
}

function summarise(outcomes: readonly Outcome[]): void {
  const of = (wanted: Outcome['state']) => outcomes.filter(({ state }) => state === wanted).length;
  console.log(
    `\n${of('pass')} passed, ${of('fail')} failed, ${of('skip')} skipped, of ${outcomes.length} requirements.`,
  );
}
