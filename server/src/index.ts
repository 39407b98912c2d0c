/** @packageDocumentation The LMS Live server as a library: `readConfig`, `createLogger`, `startServer`; `openSqliteStore` and `BusHub` for several in one process. */
export { BusHub, type Bus, type Carry, type Hint } from './bus/index.js';
export { ConfigError, readConfig } from './config/index.js';
export type { Config, KeyConfig, TenantConfig } from './config/types.js';
export { createLogger, type Log, type Metrics } from './observe/index.js';
export { startServer, type RunningServer, type ServerOptions } from './server.js';
export { openSqliteStore, type SqliteStoreOptions, type Store } from './storage/index.js';
