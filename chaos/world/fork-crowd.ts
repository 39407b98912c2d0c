import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CrowdOrder, CrowdReply } from './crowd-orders.js';

const PROGRAM = fileURLToPath(new URL('./crowd.ts', import.meta.url));

/** A crowd in a process of its own. */
export interface Crowd {
  ask<O extends CrowdOrder>(order: O): Promise<Extract<CrowdReply, { done: O['order'] }>>;
  /** Ends it, whatever it is doing. */
  close(): void;
}

/** Starts the process. It needs the loader of `tsx`, which this process was started with. */
export function forkCrowd(): Crowd {
  const child = fork(PROGRAM, { serialization: 'advanced' });
  return {
    async ask<O extends CrowdOrder>(order: O) {
      const reply = once(child, 'message');
      child.send(order);
      const [message] = (await reply) as [Extract<CrowdReply, { done: O['order'] }>];
      return message;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
