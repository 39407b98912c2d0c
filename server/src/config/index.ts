export { NODE_FILES, readConfig } from './config.js';
export { ConfigError } from './problems.js';
export { configReference } from './reference.js';
export type { Config, ConfigFiles, KeyConfig, TenantConfig } from './types.js';
