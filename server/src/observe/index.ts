export { createLogger, type LogLevel } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export { serveMetrics, type MetricsServer } from './metrics-server.js';
export type { Log, LogFields } from './types.js';
