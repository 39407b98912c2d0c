export { readConfig } from './config.js';
export { ConfigError } from './problems.js';
export { configReference } from './reference.js';
export type { Config } from './types.js';
