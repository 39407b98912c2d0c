#!/usr/bin/env node
/** The `lms-live` command. npm links it while it installs, and in a checkout nothing is built by then: so it is a file of its own. */
import { existsSync } from 'node:fs';

const UNAVAILABLE = 69; // as `sysexits.h` has it

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  process.stderr.write('lms-live is not built yet: run `npm run build` first.\n');
  process.exitCode = UNAVAILABLE;
}
