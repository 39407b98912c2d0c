import { readFileSync } from 'node:fs';

const TYPES: Readonly<Record<string, string>> = {
  'northfield.css': 'text/css; charset=utf-8',
  'class-page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The few files that pages load, read at the start; by name, so that no path of a request reaches the disk. */
const FILES = new Map(
  Object.entries(TYPES).map(([name, type]) => [
    name,
    { type, content: readFileSync(new URL(`../public/${name}`, import.meta.url)) },
  ]),
);

export function asset(name: string): { readonly type: string; readonly content: Uint8Array<ArrayBuffer> } | null {
  const file = FILES.get(name);
  return file === undefined ? null : { type: file.type, content: new Uint8Array(file.content) };
}
