/**
 * Loaded before the server (`--import`), in its threads as well: the store no longer waits for the disk. The same server,
 * with one word of it changed, to see that a test notices.
 */
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../server/package.json', import.meta.url));
const FLUSHES = /^PRAGMA synchronous = FULL$/;
const DOES_NOT = 'PRAGMA synchronous = OFF';

/** @type {{ DatabaseSync: { prototype: object } } | undefined} */
const nodeSqlite = /** @type {any} */ (process.getBuiltinModule('node:sqlite'));
const prototypes = [require('libsql').prototype, nodeSqlite?.DatabaseSync.prototype];
for (const prototype of prototypes) {
  if (!prototype) continue;
  const { prepare } = prototype;
  /** @param {string} sql */
  prototype.prepare = function (sql) {
    return prepare.call(this, sql.replace(FLUSHES, DOES_NOT));
  };
}
