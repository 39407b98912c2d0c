import { describeOutbox } from '../testing/outbox-contract.js';
import { DeferredOutbox } from './deferred-outbox.js';
import { MemoryOutbox } from './memory-outbox.js';

describeOutbox('in memory', () => new MemoryOutbox());
describeOutbox('that is opened later', () => {
  const outbox = new DeferredOutbox();
  queueMicrotask(() => outbox.open(() => new MemoryOutbox()));
  return outbox;
});
