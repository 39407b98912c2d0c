/** The `lms-live` command: starts the server, checks a configuration, prints the reference of its variables. */
import { parseArgs } from 'node:util';
import { text } from 'node:stream/consumers';
import { auditCommand } from './audit/audit-command.js';
import { DEFAULT_DATA_DIR } from './config/environment.js';
import { ConfigError, configReference, readConfig } from './config/index.js';
import { tokenCommand } from './cli/token-command.js';
import { coturnConfigCommand } from './ice/coturn-config-command.js';
import { statementCommand } from './signing/statement-command.js';
import { VERSION } from './version.js';

const USAGE = `lms-live ${VERSION}

  lms-live start           start the server from LMS_LIVE_… variables
  lms-live check-config    read the configuration, say everything that is wrong with it
  lms-live audit [folder]  check the data of a server that is stopped (default: LMS_LIVE_DATA_DIR, or ./data)
    [--statement file]     and hold it against what a host has kept of it; as often as there are files
  lms-live statement       verify what was signed at the end of a class, or make a new key (--help)
  lms-live coturn-config   the configuration of a TURN server for the credentials of this one (--help)
  lms-live token check <jwt>   which tenant, which key, what each claim became, what is wrong and how to mend it
  lms-live token mint      a token for a trial (lms-live token --help)
  lms-live openapi         the OpenAPI document of the HTTP API; --markdown: as a page
  lms-live config          print every variable with its unit, default and reason (Markdown)
  lms-live --version
`;

const [command] = process.argv.slice(2);
switch (command) {
  case undefined:
  case 'start':
    await import('./main.js');
    break;
  case 'check-config':
    checkConfig();
    break;
  case 'statement':
    process.exitCode = await statementCommand({
      args: process.argv.slice(3),
      dataDir: process.env['LMS_LIVE_DATA_DIR'] || DEFAULT_DATA_DIR,
      print: (text) => process.stdout.write(text),
      complain: (text) => process.stderr.write(text),
    });
    break;
  case 'audit': {
    const { positionals, values } = parseArgs({
      args: process.argv.slice(3),
      allowPositionals: true,
      options: { statement: { type: 'string', multiple: true } },
    });
    // The process ends here and now: closing the database would write to it.
    process.exit(
      await auditCommand({
        dataDir: positionals[0] ?? (process.env['LMS_LIVE_DATA_DIR'] || DEFAULT_DATA_DIR),
        statementFiles: values.statement ?? [],
        print: (text) => process.stdout.write(text),
        complain: (text) => process.stderr.write(text),
      }),
    );
  }
  // eslint-disable-next-line no-fallthrough -- it has ended
  case 'coturn-config':
    process.exitCode = coturnConfigCommand({
      args: process.argv.slice(3),
      env: process.env,
      print: (text) => process.stdout.write(text),
      complain: (text) => process.stderr.write(text),
    });
    break;
  case 'token':
    process.exitCode = await tokenCommand({
      args: process.argv.slice(3),
      env: process.env,
      now: Date.now,
      readInput: () => text(process.stdin),
      print: (words) => process.stdout.write(words),
      complain: (words) => process.stderr.write(words),
    });
    break;
  case 'openapi': {
    // What writes the document is loaded for it alone.
    const { openApiCommand } = await import('./cli/openapi-command.js');
    openApiCommand(process.argv.slice(3), (words) => process.stdout.write(words));
    break;
  }
  case 'config':
    process.stdout.write(configReference());
    break;
  case '--version':
    process.stdout.write(`${VERSION}\n`);
    break;
  default:
    process.stderr.write(USAGE);
    process.exitCode = command === '--help' ? 0 : 64;
}

function checkConfig(): void {
  try {
    const { tenants } = readConfig(process.env);
    process.stdout.write(`The configuration is right: ${String(tenants.length)} tenant(s).\n`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 78;
  }
}
