import { open, readFile, stat } from 'node:fs/promises';

export const PAGE_BYTES = 4_096;
const BROKEN = 0xff;

/** Overwrites one page of a file, counted from 0, below 0 from its end. @returns what puts it back */
export async function breakPage(path: string, page: number): Promise<() => Promise<void>> {
  const { size } = await stat(path);
  const pages = Math.floor(size / PAGE_BYTES);
  return overwrite(path, (page < 0 ? pages + page : page) * PAGE_BYTES, Buffer.alloc(PAGE_BYTES, BROKEN));
}

/** Replaces a text in a file by another of the same length, everywhere. @returns what puts it back */
export async function forge(path: string, text: string, by: string): Promise<() => Promise<void>> {
  const content = await readFile(path);
  const undo: (() => Promise<void>)[] = [];
  for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1))
    undo.push(await overwrite(path, at, Buffer.from(by)));
  if (undo.length === 0) throw new Error(`${text} is not in ${path}`);
  return async () => {
    for (const one of undo) await one();
  };
}

async function overwrite(path: string, at: number, bytes: Buffer): Promise<() => Promise<void>> {
  const before = Buffer.alloc(bytes.length);
  const write = async (content: Buffer) => {
    const file = await open(path, 'r+');
    await file.write(content, 0, content.length, at);
    await file.close();
  };
  const file = await open(path, 'r');
  await file.read(before, 0, before.length, at);
  await file.close();
  await write(bytes);
  return () => write(before);
}
