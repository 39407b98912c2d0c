import { STORE_FAULTS } from '../storage/store-fault.js';
import { StoreUnavailable, type Store } from '../storage/types.js';
import type { HttpResponse } from '../transport/types.js';
import { problem } from './problem.js';
import { json } from './types.js';

/** `/readyz`: whether requests and sockets may be sent here. */
export async function ready(store: Store, isReady: boolean): Promise<HttpResponse> {
  if (!isReady) return json(503, { status: 'stopping' });
  try {
    await store.check();
    return json(200, { status: 'ready' });
  } catch (error) {
    const fault = error instanceof StoreUnavailable ? error.fault : 'unavailable';
    const { message, help } = STORE_FAULTS[fault];
    return problem({
      code: 'store_unavailable',
      retryAfterMs: 1_000,
      detail: { fault, reason: message, todo: help },
    });
  }
}
