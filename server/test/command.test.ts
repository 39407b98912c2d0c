import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SERVER = fileURLToPath(new URL('../', import.meta.url));
const UNAVAILABLE = 69;

let folder: string;
let command: string;

/** The package as npm links it: with the command, and with what is built or not. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lms-live-command-'));
  const manifest = JSON.parse(await readFile(join(SERVER, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
    readonly files: readonly string[];
  };
  const file = manifest.bin['lms-live'] ?? '';
  expect(manifest.files).toContain(dirname(file));
  await mkdir(join(folder, dirname(file)));
  await cp(join(SERVER, file), join(folder, file));
  command = join(folder, 'lms-live');
  await symlink(join(folder, file), command);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** By its own first line, as a shell does. */
function run(...args: string[]): Promise<{ readonly exit: number; readonly out: string; readonly error: string }> {
  return new Promise((resolve) => {
    execFile(command, args, (failure, out, error) => {
      resolve({ exit: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}

describe('npx lms-live', () => {
  it('is there before anything is built, and says what to do', async () => {
    const { exit, error } = await run('token', 'check', 'x');
    expect(exit).toBe(UNAVAILABLE);
    expect(error).toBe('lms-live is not built yet: run `npm run build` first.\n');
  });

  it('runs what is built, with its arguments and its exit code', async () => {
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    const cli = 'process.stdout.write(process.argv.slice(2).join()); process.exitCode = 3;';
    await writeFile(join(folder, 'dist/cli.js'), cli);
    expect(await run('token', '--help')).toEqual({ exit: 3, out: 'token,--help', error: '' });
  });
});
