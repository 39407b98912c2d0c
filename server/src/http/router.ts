import type { RequestHead } from '../transport/types.js';
import type { Method } from './row.js';

interface Routed {
  readonly method: Method;
  readonly path: string;
}

export type Match<R> =
  | { readonly kind: 'found'; readonly row: R; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'method'; readonly path: string; readonly allow: readonly string[] }
  /** A part of the path is not what its `{name}` takes. */
  | { readonly kind: 'param'; readonly path: string; readonly name: string }
  | { readonly kind: 'none' };

const ID = /^[\w.~-]{1,128}$/u;
/** What a `{name}` takes where it is no id; a person is called as their host calls them. */
const PARAMS: Readonly<Record<string, RegExp>> = { sub: /^.{1,128}$/su, value: /^.{1,128}$/su };

/** Finds the route of a request, or which methods its path has. */
export function match<R extends Routed>(
  rows: readonly R[],
  { method, segments }: Pick<RequestHead, 'method' | 'segments'>,
): Match<R> {
  const here = rows.flatMap((row) => {
    const params = paramsOf(row.path, segments);
    return params ? [{ row, params }] : [];
  });
  const [first] = here;
  if (!first) return { kind: 'none' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = here.find(({ row }) => row.method === wanted);
  if (found) {
    const wrong = Object.entries(found.params).find(([name, value]) => !(PARAMS[name] ?? ID).test(value));
    return wrong ? { kind: 'param', path: found.row.path, name: wrong[0] } : { kind: 'found', ...found };
  }
  const methods = here.flatMap((other) => (other.row.method === 'GET' ? ['GET', 'HEAD'] : [other.row.method]));
  return { kind: 'method', path: first.row.path, allow: [...new Set(methods)] };
}

const parts = new Map<string, readonly string[]>();

function partsOf(path: string): readonly string[] {
  const known = parts.get(path) ?? path.slice(1).split('/');
  parts.set(path, known);
  return known;
}

function paramsOf(path: string, segments: readonly string[]): Record<string, string> | null {
  const names = partsOf(path);
  if (names.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const segment = segments[index] as string;
    if (name.startsWith('{')) {
      if (segment === '') return null;
      params[name.slice(1, -1)] = segment;
    } else if (name !== segment) return null;
  }
  return params;
}
