/** @packageDocumentation The LMS Live server as a library: `readConfig`, `createLogger`, `startServer`. */
export { ConfigError, readConfig } from './config/index.js';
export type { Config, KeyConfig, TenantConfig } from './config/types.js';
export { createLogger, type Log, type Metrics } from './observe/index.js';
export { startServer, type RunningServer, type ServerOptions } from './server.js';
export type { Store } from './storage/index.js';
