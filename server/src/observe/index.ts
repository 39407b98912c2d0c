export { createLogger, type LogLevel } from './logger.js';
export { createMetrics, type AnsweredRequest, type CommandOutcome, type Metrics } from './metrics.js';
export { serveMetrics, type MetricsServer, type MetricsServerOptions } from './metrics-server.js';
export type { Log, LogFields } from './types.js';
