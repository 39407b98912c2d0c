import type { Lease, RoomKey } from '../storage/types.js';

/** The same leases, gathered by their rooms. */
export function leasesByRoom(leases: readonly Lease[]): ReadonlyMap<RoomKey, readonly Lease[]> {
  const byRoom = new Map<RoomKey, Lease[]>();
  for (const lease of leases) {
    const others = byRoom.get(lease.key);
    if (others) others.push(lease);
    else byRoom.set(lease.key, [lease]);
  }
  return byRoom;
}
