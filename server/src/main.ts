/** Starts the server from the environment; stops cleanly on SIGTERM and SIGINT. */
import { ConfigError, readConfig } from './config/index.js';
import { createLogger } from './observe/logger.js';
import { openSqliteStore, reportNewDatabase, reportStore } from './storage/index.js';

const EXIT_CONFIG = 78; // EX_CONFIG of sysexits.h
const EXIT_FAILED = 1;

try {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  // The thread of the store starts while this one reads the rest of the program: after a crash a whole class waits for both.
  const [store, { startServer }] = await Promise.all([
    openSqliteStore({ dataDir: config.dataDir, onChange: reportStore(log), onNew: reportNewDatabase(log) }),
    import('./server.js'),
  ]);
  const server = await startServer({ config, log, store });
  const stop = (signal: NodeJS.Signals): void => {
    log.info('A signal asks the server to stop.', { signal });
    // Whoever presses Ctrl+C waits for it; and a second signal means now.
    server
      .stop(signal === 'SIGINT' ? { drainMs: 0 } : {})
      .then(() => store.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error('The server did not stop cleanly.', { error });
          process.exit(EXIT_FAILED);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', (error) => {
    log.error('Something failed that nobody waited for.', { error });
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED);
}
