import * as v from 'valibot';

/**
 * `v.object`, whose entries have no prototype: a page may have put something on that of everything, and valibot would take it for one more entry
 * (`for … in`) and throw at each frame.
 */
/* @__NO_SIDE_EFFECTS__ */
export function object<const E extends v.ObjectEntries>(entries: E): v.ObjectSchema<E, undefined> {
  return v.object(Object.assign(Object.create(null) as E, entries));
}
