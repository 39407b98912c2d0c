/** The shape of the tables of options, and how a value is read with a row. */
import * as v from 'valibot';

export interface OptionRow<T = unknown> {
  /** What the number counts, or what kind of text it is. */
  readonly unit: string;
  /** Where nothing is written; without it the option is required, or as `defaultText` says. */
  readonly fallback?: T;
  /** The default as the reference shows it. */
  readonly defaultText: string;
  /** Why the option is there and why this default. */
  readonly reason: string;
  /** Ends the sentence "… is wrong; write …". */
  readonly write: string;
  readonly schema: v.GenericSchema<unknown, T>;
  /** Nothing has to be written, and there is no default. */
  readonly isOptional?: true;
  /** Never quoted in a sentence, and also read from the file that the same name with `_FILE` names. */
  readonly isSecret?: true;
}

/** Keeps the type of each row's value. */
export function option<T>(row: OptionRow<T>): OptionRow<T> {
  return row;
}

export type OptionValue<R> = R extends OptionRow<infer T> ? T : never;

/** A schema of text that holds where `read` returns something else than null. */
export function textAs<T>(read: (text: string) => T | null): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value);
      if (value !== null) return value;
      addIssue({ message: 'wrong' });
      return NEVER;
    }),
  );
}

export function wholeNumber(text: string, least: number, most: number): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

/** The entries of a list with commas, without the space around them. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An http(s) address without user, query and fragment; plain http only where `allowsHttp` or on this machine. */
export function httpAddress(text: string, allowsHttp: boolean): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && (allowsHttp || isLocal(url)) ? url : null;
}

export function isLocal(url: URL): boolean {
  return LOCAL_HOSTS.has(url.hostname) || url.hostname.endsWith('.localhost');
}
