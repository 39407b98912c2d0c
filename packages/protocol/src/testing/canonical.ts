import { IdMap, MessageList } from '../index.js';

/** JSON with sorted keys: two states with the same content give the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Freezes a state and everything in it, so that a fold that changed it would throw. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const inner = value instanceof IdMap ? value.values() : value instanceof MessageList ? value : Object.values(value);
  if (Object.isFrozen(value) && !(value instanceof IdMap) && !(value instanceof MessageList)) return value;
  for (const item of inner) deepFreeze(item);
  return Object.freeze(value);
}
