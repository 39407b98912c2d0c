/**
 * The storage as it is published: plain JavaScript. Node 20 cannot run TypeScript in a worker thread or in a child
 * process, so the sources are transpiled, file by file, into a directory for the tests.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import type * as storage from '../../src/storage/index.js';

const SOURCES = fileURLToPath(new URL('../../src/storage/', import.meta.url));
const LIBRARIES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface BuiltStorage {
  /** The module, as a URL that can be imported. */
  readonly url: string;
  readonly openSqliteStore: typeof storage.openSqliteStore;
  remove(): Promise<void>;
}

export async function buildStorage(): Promise<BuiltStorage> {
  const outDir = await mkdtemp(join(tmpdir(), 'lms-live-built-'));
  await symlink(LIBRARIES, join(outDir, 'node_modules'));
  await writeFile(join(outDir, 'package.json'), '{"type":"module"}');
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (file.endsWith('.ts')) await transpile(join(SOURCES, file), join(outDir, file.replace(/\.ts$/, '.js')));
  }
  const url = pathToFileURL(join(outDir, 'index.js')).href;
  const { openSqliteStore } = (await import(/* @vite-ignore */ url)) as typeof storage;
  return { url, openSqliteStore, remove: () => rm(outDir, { recursive: true, force: true }) };
}

async function transpile(from: string, to: string): Promise<void> {
  const { outputText } = ts.transpileModule(await readFile(from, 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, outputText);
}
