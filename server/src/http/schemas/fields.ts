/** The fields that routes share. */
import { LIMITS, type CommandBody, type CommandInput, type CommandType, COMMANDS } from '@lms-live/protocol';
import * as v from 'valibot';

export const id = v.pipe(v.string(), v.regex(/^[\w.~-]{1,128}$/u));
/** Milliseconds since 1970. */
export const time = v.pipe(v.number(), v.integer(), v.minValue(0));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const sub = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.maxIdChars));

const position = v.strictObject({ epoch: v.string(), offset: count, hash: v.string() });
/** Where logs stand: what a socket of this person has to have to see what was done. */
export const positions = v.strictObject({
  all: v.optional(position),
  me: v.optional(position),
  staff: v.optional(position),
});

/** What a command made or changed. */
export const made = v.strictObject({ id, positions });

/** One page: `next` null where there is no more. */
export function pageOf<S extends v.GenericSchema>(item: S) {
  return v.strictObject({ items: v.array(item), next: v.nullable(v.string()) });
}

/** A whole number in a query. */
export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/u),
    v.transform(Number),
    v.number(),
    v.minValue(min),
    v.maxValue(max),
    v.metadata({ json: { type: 'integer', minimum: min, maximum: max } }),
  );
}

/** Several of a list in a query, with commas between them. */
export function severalOf<const T extends string>(options: readonly T[]) {
  return v.pipe(
    v.string(),
    v.transform((text) => text.split(',')),
    v.array(v.picklist(options)),
    v.metadata({ json: { type: 'array', items: { type: 'string', enum: options } } }),
  );
}

/** Yes or no in a query. */
export const flag = v.pipe(
  v.picklist(['true', 'false']),
  v.transform((text) => text === 'true'),
  v.metadata({ json: { type: 'boolean' } }),
);

/** The body of a command, without what the path says already. */
export function bodyOf<T extends CommandType, K extends string = never>(
  type: T,
  ...inPath: readonly K[]
): v.GenericSchema<Omit<CommandInput<T>, K>, Omit<CommandBody<T>, K>> {
  const { entries } = COMMANDS[type].body as unknown as { readonly entries: v.ObjectEntries };
  const rest = Object.entries(entries).filter(([name]) => !(inPath as readonly string[]).includes(name));
  return v.strictObject(Object.fromEntries(rest)) as unknown as v.GenericSchema<
    Omit<CommandInput<T>, K>,
    Omit<CommandBody<T>, K>
  >;
}
