import { resolve } from 'node:path';
import { quote } from './problems.js';
import type { TenantPlace } from './types.js';

/** A secret or a key as it is written: in the document, or in a file that it names. */
export interface Material {
  readonly name: 'secret' | 'pem';
  readonly inline: string | undefined;
  readonly file: string | undefined;
}

/** Its text; null, with a problem, where there is none. */
export function readMaterial({ name, inline, file }: Material, context: TenantPlace): string | null {
  const { where, problems, files, folder } = context;
  if (inline !== undefined && file !== undefined) {
    problems.push(`${where} has both ${name} and ${name}File; write one of them.`);
    return null;
  }
  if (file === undefined) {
    // A wrong value of either has its own sentence already.
    if (inline === undefined && !problems.some((problem) => problem.startsWith(`${where}.${name}`))) {
      problems.push(`${where} has no key; write ${name} or ${name}File.`);
    }
    return inline ?? null;
  }
  try {
    return withoutLastLineBreak(files.read(resolve(folder, file)));
  } catch (error) {
    problems.push(
      `${where}.${name}File is ${quote(file)}, which cannot be read (${codeOf(error)}); write the path of a readable file.`,
    );
    return null;
  }
}

/** Editors and `echo` end a file with one; nobody means it as part of a secret. */
export function withoutLastLineBreak(text: string): string {
  return text.replace(/\r?\n$/, '');
}

export function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unreadable';
}
