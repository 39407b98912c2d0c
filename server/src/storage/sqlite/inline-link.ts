import { openEngine, type EngineOptions } from './engine.js';
import type { Link, LinkEvents } from './link.js';
import type { Request } from './messages.js';

/**
 * The engine in this thread, which it blocks: for tests and tools. Messages are cloned and wait for a turn of their
 * own, as they would on their way to the worker.
 */
export async function openInlineLink(options: EngineOptions, events: LinkEvents): Promise<Link> {
  const engine = await openEngine(options);
  let waiting: Request[] = [];
  const handle = () => {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    events.onReplies(structuredClone(engine.handle(group)));
    engine.tidy();
  };
  return {
    send(request) {
      waiting.push(structuredClone(request));
      queueMicrotask(handle);
    },
    async close() {
      handle();
      engine.close();
    },
  };
}
