import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The rows of the first table of a page of the reference, cell by cell, or of the table under a heading. */
export function tableOf(page: string, heading?: string): readonly (readonly string[])[] {
  const path = fileURLToPath(new URL(`../../docs-site/reference/${page}.md`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const from = heading === undefined ? 0 : text.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new Error(`${page}.md has no heading “${heading}”.`);
  const lines = text.slice(from).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const table = lines.slice(
    first,
    lines.findIndex((line, index) => index > first && !line.startsWith('|')),
  );
  return table.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/u)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The names in the first column of such a table, without their quotes. */
export function namesOf(page: string, heading?: string): readonly string[] {
  return tableOf(page, heading).map(([name = '']) => name.replaceAll('`', ''));
}
