import type { RoomState } from '../types.js';

/**
 * Computes once for each combination of parts, and forgets with them.
 * @param partsOf the objects of the state that the result is made of, by identity
 */
export function memoise<const P extends readonly object[], R>(
  partsOf: (state: RoomState) => P,
  compute: (parts: P) => R,
): (state: RoomState) => R {
  const root = new WeakMap<object, unknown>();
  return (state) => {
    const parts = partsOf(state);
    let map = root;
    for (const part of parts.slice(0, -1)) {
      let next = map.get(part) as WeakMap<object, unknown> | undefined;
      if (!next) map.set(part, (next = new WeakMap()));
      map = next;
    }
    const last = parts.at(-1) as object;
    if (!map.has(last)) map.set(last, compute(parts));
    return map.get(last) as R;
  };
}

/** Stands for `state.me` before the person is admitted. */
export const NOBODY: NonNullable<RoomState['me']> = Object.freeze({
  participant: '',
  role: 'observer',
  grants: new Set<never>(),
});
