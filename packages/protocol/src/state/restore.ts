import { IdMap } from './id-map.js';
import { MessageList, type Listed } from './message-list.js';

/**
 * Fills an empty state with what `JSON.stringify` made of a full one. Whatever is missing or of another shape stays as it is in `empty`,
 * so that a state of an older or a newer version can be read; never throws.
 */
export function restore<S extends object>(empty: S, given: unknown): S {
  const values = isPlain(given) ? given : {};
  return Object.freeze(
    Object.fromEntries(
      Object.entries(empty).map(([key, initial]: [string, unknown]) => [
        key,
        Object.hasOwn(values, key) ? restored(initial, values[key]) : initial,
      ]),
    ),
  ) as S;
}

function restored(initial: unknown, value: unknown): unknown {
  if (initial instanceof IdMap) return Array.isArray(value) ? IdMap.from(value.filter(isEntry)) : initial;
  if (initial instanceof MessageList) return Array.isArray(value) ? MessageList.from(value.filter(isListed)) : initial;
  if (Array.isArray(initial)) return Array.isArray(value) ? value : initial;
  if (isPlain(initial)) return isPlain(value) ? { ...value, ...restore(initial, value) } : initial;
  // null stands where a string, a number or a truth value may be.
  if (initial === null) return typeof value === 'object' ? initial : value;
  return typeof value === typeof initial ? value : initial;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function isListed(value: unknown): value is Listed {
  return (
    isPlain(value) && Number.isInteger(value['offset']) && (value['id'] === null || typeof value['id'] === 'string')
  );
}
