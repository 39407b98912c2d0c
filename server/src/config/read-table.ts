import * as v from 'valibot';
import type { OptionRow, OptionValue } from './options.js';
import { quote, unknownName } from './problems.js';

export type Table = Readonly<Record<string, OptionRow>>;
export type TableValues<T extends Table> = { readonly [K in keyof T]: OptionValue<T[K]> | undefined };

/**
 * Reads an object of the tenants file by its table. What is wrong becomes a problem and is `undefined` in the result.
 *
 * @param where how a sentence names the object, e.g. `tenants.json: tenants[0]`
 */
export function readTable<T extends Table>(
  input: Readonly<Record<string, unknown>>,
  table: T,
  { where, problems }: { readonly where: string; readonly problems: string[] },
): TableValues<T> {
  const names = Object.keys(table);
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) problems.push(`${where}.${unknownName(name, names)}`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(table)) {
    const value = input[name];
    if (value === undefined) {
      values[name] = row.fallback;
      if (row.fallback === undefined && row.isOptional !== true) {
        problems.push(`${where}.${name} is missing; write ${row.write}.`);
      }
      continue;
    }
    const read = v.safeParse(row.schema, value);
    if (read.success) values[name] = read.output;
    else problems.push(wrongValue(`${where}.${name}`, value, row));
  }
  return values as TableValues<T>;
}

/** The sentence for a value that its row does not accept. */
export function wrongValue(name: string, value: unknown, row: OptionRow): string {
  return `${name} is ${row.isSecret === true ? 'not valid' : quote(value)}; write ${row.write}.`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
