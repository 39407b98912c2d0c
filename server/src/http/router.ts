import type { RequestHead } from '../transport/types.js';

export interface RouteRow<R> {
  readonly method: string;
  /** `/v1/rooms/{id}`: each `{name}` takes one segment. */
  readonly pattern: string;
  readonly route: R;
}

export type Match<R> =
  | {
      readonly kind: 'found';
      readonly route: R;
      readonly pattern: string;
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'method'; readonly pattern: string; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

/** Finds the route of a request, or which methods its path has. */
export function match<R>(
  rows: readonly RouteRow<R>[],
  { method, path }: Pick<RequestHead, 'method' | 'path'>,
): Match<R> {
  const here = rows.flatMap((row) => {
    const params = paramsOf(row.pattern, path);
    return params ? [{ ...row, params }] : [];
  });
  const [first] = here;
  if (!first) return { kind: 'none' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const row = here.find((candidate) => candidate.method === wanted);
  return row
    ? { kind: 'found', route: row.route, pattern: `${row.method} ${row.pattern}`, params: row.params }
    : { kind: 'method', pattern: first.pattern, allow: [...new Set(here.map((candidate) => candidate.method))] };
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const names = pattern.split('/');
  const segments = path.split('/');
  if (names.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const segment = segments[index] as string;
    if (name.startsWith('{')) {
      if (!/^[\w.~-]{1,128}$/u.test(segment)) return null;
      params[name.slice(1, -1)] = segment;
    } else if (name !== segment) return null;
  }
  return params;
}
