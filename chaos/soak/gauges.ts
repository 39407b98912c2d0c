/** What `/metrics` of the server says at one moment. */
export interface Gauges {
  readonly atMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly fds: number;
  readonly sockets: number;
  readonly rooms: number;
  readonly waiting: number;
  /** Timers that the process has running. */
  readonly timers: number;
}

/** @throws where it does not answer */
export async function readGauges(metricsPort: number): Promise<Gauges> {
  const text = await (await fetch(`http://127.0.0.1:${String(metricsPort)}/metrics`)).text();
  const value = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length + 1));
  };
  return {
    atMs: performance.now(),
    heapBytes: value('nodejs_heap_size_used_bytes'),
    rssBytes: value('process_resident_memory_bytes'),
    fds: value('process_open_fds'),
    sockets: value('lms_live_sockets'),
    rooms: value('lms_live_rooms'),
    waiting: value('lms_live_waiting'),
    timers: value('nodejs_active_resources{type="Timeout"}'),
  };
}
