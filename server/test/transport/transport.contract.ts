import { httpContract } from './http.contract.js';
import { lifecycleContract } from './lifecycle.contract.js';
import { messagesContract } from './messages.contract.js';
import { pressureContract } from './pressure.contract.js';
import { upgradeContract } from './upgrade.contract.js';

/** Everything that a `Transport` promises, on real sockets. */
export function transportContract(name: 'uws' | 'ws'): void {
  httpContract(name);
  upgradeContract(name);
  messagesContract(name);
  pressureContract(name);
  lifecycleContract(name);
}
