import { afterEach, describe, expect, it, vi } from 'vitest';
import { type MetricsServer, createMetrics, serveMetrics } from '../../src/observe/index.js';

const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn(), child: vi.fn() };

describe('the metrics', () => {
  it('count what they are told', async () => {
    const metrics = createMetrics();
    metrics.started({ version: '0.1.0', transport: 'uws' });
    metrics.socketsOpen(3);
    metrics.socketClosed(4002);
    metrics.roomsInMemory(2);
    metrics.command('chat.post', 'accepted');
    metrics.command('chat.post', 'accepted');
    metrics.command('chat.post', 'refused');
    metrics.committed({ commands: 3, durationMs: 4 });
    metrics.refused('slow_mode');
    metrics.answered({ method: 'GET', route: '/v1/rooms/{id}', status: 200, durationMs: 12 });
    metrics.storeFailed('append');
    const text = await metrics.text();
    for (const line of [
      'lms_live_info{version="0.1.0",transport="uws"} 1',
      'lms_live_sockets 3',
      'lms_live_socket_closes_total{code="4002"} 1',
      'lms_live_rooms 2',
      'lms_live_commands_total{type="chat.post",outcome="accepted"} 2',
      'lms_live_commands_total{type="chat.post",outcome="refused"} 1',
      'lms_live_commit_duration_seconds_bucket{le="0.005"} 1',
      'lms_live_commit_duration_seconds_bucket{le="0.0025"} 0',
      'lms_live_commit_commands_sum 3',
      'lms_live_refusals_total{code="slow_mode"} 1',
      'lms_live_http_request_duration_seconds_count{method="GET",route="/v1/rooms/{id}",status="200"} 1',
      'lms_live_store_errors_total{operation="append"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('let nobody outside make labels', async () => {
    const metrics = createMetrics();
    for (let code = 3_000; code < 4_000; code += 1) metrics.socketClosed(code);
    for (let count = 0; count < 100; count += 1) metrics.command(`x${count}`, 'refused');
    for (let count = 0; count < 100; count += 1) {
      metrics.answered({ method: `M${count}`, route: 'none', status: 405, durationMs: 1 });
    }
    const text = await metrics.text();
    expect(text).toContain('lms_live_socket_closes_total{code="other"} 1000');
    expect(text).toContain('lms_live_commands_total{type="unknown",outcome="refused"} 100');
    expect(text).toContain(
      'lms_live_http_request_duration_seconds_count{method="other",route="none",status="405"} 100',
    );
  });

  it('of two servers in one process are apart', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.roomsInMemory(5);
    expect(await two.text()).toContain('lms_live_rooms 0');
  });

  describe('are served', () => {
    let server: MetricsServer | null = null;
    afterEach(async () => {
      await server?.close();
      server = null;
    });
    const start = async (metrics = createMetrics()) => {
      server = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics, log);
      return `http://127.0.0.1:${server.port}`;
    };

    it('at /metrics in the format of Prometheus', async () => {
      const response = await fetch(`${await start()}/metrics`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(await response.text()).toMatch(/^# HELP lms_live_sockets Open WebSockets\.$/m);
    });

    it.each(['/', '/metrics/', '/metricsx', '/v1/rooms', '/..%2fmetrics'])('and not at %s', async (path) => {
      expect((await fetch((await start()) + path)).status).toBe(404);
    });

    it('to readers only', async () => {
      const url = `${await start()}/metrics`;
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
      const posted = await fetch(url, { method: 'POST', body: 'x' });
      expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    });

    it('with 500 where they cannot be collected', async () => {
      const metrics = { ...createMetrics(), text: () => Promise.reject(new Error('the cause of it')) };
      const response = await fetch(`${await start(metrics)}/metrics`);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain('the cause of it');
      expect(log.error).toHaveBeenCalled();
    });

    it('on a port that must be free', async () => {
      const url = new URL(await start());
      await expect(serveMetrics({ host: '127.0.0.1', port: Number(url.port) }, createMetrics(), log)).rejects.toThrow(
        /Cannot serve metrics on 127\.0\.0\.1:\d+\. Set LMS_LIVE_METRICS_HOST or LMS_LIVE_METRICS_PORT\./,
      );
    });
  });
});
