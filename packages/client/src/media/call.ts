import type { RoomClient } from '../types.js';
import { CallControl } from './call-control.js';
import { createMediaEnvironment } from './environment.js';
import { createMesh } from './mesh.js';
import type { Call, CallOptions } from './types.js';

/**
 * Makes a call in a room; nothing is asked for, captured or connected before `preview` or `join`.
 * One on a page and room: the media session belongs to the last one who wants it. The owner closes it.
 *
 * @param room of `connect`, best with `join: false`: the class is entered by the call
 */
export function createCall(room: RoomClient, options: CallOptions = {}): Call {
  const { environment, warm = true, quality = 'auto' } = options;
  return new CallControl({ room, environment: createMediaEnvironment(environment), createMesh, warm, quality });
}
