/**
 * What SQLite and its bindings do not carry, made such that they do: libsql aborts the process on a boolean and cuts a
 * text that it reads at a NUL; UTF-8 has no lone surrogates, so that two texts could become one.
 */
import type { SqlValue } from './driver.js';

const ESCAPE = '\u001b';
const CANNOT_BE_STORED = /[\0\u001b\ud800-\udfff]/u;
const EACH_OF_THEM = /[\0\u001b\ud800-\udfff]/gu;
const ESCAPED = /\u001b([0-9a-f]{4})/g;
const HEX = 16;
const HEX_DIGITS = 4;

export function toSql(value: SqlValue): string | number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || !CANNOT_BE_STORED.test(value)) return value;
  return value.replace(EACH_OF_THEM, (char) => ESCAPE + char.charCodeAt(0).toString(HEX).padStart(HEX_DIGITS, '0'));
}

/** A list as one value: `LIST_OF_VALUES` in a statement takes it apart. */
export function listToSql(values: readonly string[]): string {
  return JSON.stringify(values.map(toSql));
}

export const LIST_OF_VALUES = '(select value from json_each(?))';

/** Undoes `toSql` for the texts of a row, in place. A text that was read as bytes becomes one, whatever they are. */
export function fromSql(row: Record<string, unknown>): Record<string, unknown> {
  for (const name in row) {
    const value = row[name];
    const text = value instanceof ArrayBuffer || value instanceof Uint8Array ? textOf(value) : value;
    if (typeof text === 'string') row[name] = text.includes(ESCAPE) ? unescape(text) : text;
  }
  return row;
}

/** Bytes that are no UTF-8 become U+FFFD: what a damaged page holds is found by its hash. */
function textOf(bytes: ArrayBuffer | Uint8Array): string {
  return (
    bytes instanceof ArrayBuffer ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  ).toString('utf8');
}

function unescape(text: string): string {
  return text.replace(ESCAPED, (_, hex: string) => String.fromCharCode(parseInt(hex, HEX)));
}
