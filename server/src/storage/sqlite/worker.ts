/** The thread that has the file: takes what waits, carries it out, answers. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { openEngine, type Engine, type EngineOptions } from './engine.js';
import { failureOf, type FromWorker, type FromStore, type Request } from './messages.js';

/** One transaction takes at most so many, lest the first wait for too long. */
const MAX_GROUP = 128;

if (parentPort === null) throw new Error('this file is the entry of a worker thread');
await serve(parentPort, workerData as EngineOptions);

async function serve(port: MessagePort, options: EngineOptions): Promise<void> {
  const say = (message: FromWorker) => port.postMessage(message);
  let engine: Engine;
  try {
    engine = await openEngine(options);
  } catch (error) {
    say({ kind: 'failed', failure: failureOf(error) });
    port.close();
    return;
  }
  port.on('message', (first: FromStore) => {
    const group: Request[] = [];
    let message: FromStore | undefined = first;
    while (message !== undefined && message !== 'close') {
      group.push(message);
      message = group.length < MAX_GROUP ? next(port) : undefined;
    }
    if (group.length > 0) say({ kind: 'replies', replies: engine.handle(group) });
    engine.tidy();
    if (message !== 'close') return;
    engine.close();
    port.close();
  });
  say({ kind: 'ready' });
}

function next(port: MessagePort): FromStore | undefined {
  return (receiveMessageOnPort(port) as { message: FromStore } | undefined)?.message;
}
