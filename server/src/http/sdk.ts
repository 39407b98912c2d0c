import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { HttpResponse, RequestHead } from '../transport/types.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
/** A file whose name carries the hash of its content never changes. */
const HASHED = /-[\w-]{8,}\.js(\.map)?$/u;
const YEAR_S = 31_536_000;

interface Asset {
  readonly body: Uint8Array;
  readonly type: string;
  readonly etag: string;
  readonly cache: string;
}

/** The files of the elements under `/sdk/`, read once: any page of any origin may load them. */
export class Sdk {
  readonly #assets: ReadonlyMap<string, Asset>;

  private constructor(assets: ReadonlyMap<string, Asset>) {
    this.#assets = assets;
  }

  /** @param folder where the built files are; a missing folder serves nothing */
  static async read(folder: string): Promise<Sdk> {
    const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
    const assets = new Map<string, Asset>();
    for (const name of names) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const body = await readFile(join(folder, name));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
      const cache = HASHED.test(name) ? `public, max-age=${String(YEAR_S)}, immutable` : 'public, no-cache';
      assets.set(name.replaceAll('\\', '/'), { body, type, etag, cache });
    }
    return new Sdk(assets);
  }

  get isEmpty(): boolean {
    return this.#assets.size === 0;
  }

  /** Answers a request for `/sdk/…`, or null where there is no such file. */
  answer(head: RequestHead): HttpResponse | null {
    const asset = this.#assets.get(head.path.slice('/sdk/'.length));
    if (!asset) return null;
    const headers = {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': asset.cache,
      'content-type': asset.type,
      etag: asset.etag,
    };
    if (head.headers.get('if-none-match') === asset.etag) return { status: 304, headers };
    return { status: 200, headers, body: head.method === 'HEAD' ? null : asset.body };
  }
}
