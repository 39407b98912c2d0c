/** Put before a program by `NODE_OPTIONS=--import`: on SIGUSR2 it collects its garbage, so that what is left is what it needs. */
import { isMainThread } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const TIMES = 3;

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  /** @type {() => void} */
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    for (let time = 0; time < TIMES; time += 1) collect();
  });
}
