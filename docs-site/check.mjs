/**
 * Looks at what is written once more: the links of the Markdown files outside the site lead somewhere (VitePress checks
 * those within it), and no built page loads anything from another host.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const dist = join(here, '.vitepress/dist');

const FOLDERS = ['.', 'docs', 'docs/decisions', 'packages/protocol', 'packages/client', 'packages/elements', 'server'];
const WRITTEN = /\.(md|txt)$/;
const LINK = /\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"\s]+)"/g;
const ELSEWHERE = /^(https?:|mailto:|#)/;
/** What a browser fetches by itself; a link that a reader may follow is none. */
const FETCHED =
  /<(?:script|img|iframe|source)\b[^>]*?\b(?:src|srcset)="(?:https?:)?\/\/|<link\b[^>]*?\bhref="(?:https?:)?\/\//i;

/** @returns {string[]} */
function deadLinks() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && WRITTEN.test(entry.name) && entry.name !== 'CHANGELOG.md')
      .map((entry) => join(root, folder, entry.name)),
  );
  return files.flatMap((file) =>
    [...withoutCode(readFileSync(file, 'utf8')).matchAll(LINK)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((link) => !ELSEWHERE.test(link) && !existsSync(join(dirname(file), link.split('#')[0] ?? '')))
      .map((link) => `${relative(root, file)}: there is no ${link}`),
  );
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** @returns {string[]} */
function foreignFiles() {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
  if (pages.length === 0) return ['no page was built'];
  return pages.flatMap((page) => {
    const found = FETCHED.exec(readFileSync(join(dist, page), 'utf8'));
    return found === null ? [] : [`${page} loads from another host: ${found[0]}`];
  });
}

const faults = [...deadLinks(), ...foreignFiles()];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
