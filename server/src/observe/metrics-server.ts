/** Serves `/metrics` and nothing else, on a port of its own so that a proxy for browsers cannot expose it by accident. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';
import type { Log } from './types.js';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const TIMEOUT_MS = 5_000;

/** @throws where it cannot listen */
export async function serveMetrics(options: MetricsServerOptions, metrics: Metrics, log: Log): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS }, (request, response) => {
    const end = (status: number, headers: Readonly<Record<string, string>>, body: string) => {
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    request.resume();
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      end(404, { 'content-type': 'text/plain' }, 'Metrics are at /metrics.\n');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      end(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' }, 'Use GET.\n');
    } else {
      metrics.text().then(
        (text) => end(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }, text),
        (error: unknown) => {
          log.error('The metrics could not be collected.', { error });
          end(500, { 'content-type': 'text/plain' }, 'The metrics could not be collected.\n');
        },
      );
    }
  });
  await new Promise<void>((resolve, reject) => {
    const { host, port } = options;
    server.once('error', (cause) => {
      reject(
        new Error(`Cannot serve metrics on ${host}:${port}. Set LMS_LIVE_METRICS_HOST or LMS_LIVE_METRICS_PORT.`, {
          cause,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
