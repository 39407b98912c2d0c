import type { CloseCode } from '@lms-live/protocol';
import type { Socket } from '../transport/types.js';

/** Closes with a code of the table; the reason is an error code or the name of the close code, well below 123 bytes. */
export function closeWith(socket: Socket, code: CloseCode, reason: string): void {
  socket.close(code, reason);
}
