/**
 * Loaded before the server (`--import`), in its threads as well: lets the storage thread die at a commit, either before it
 * has seen it or after it has carried it out and before it says so. Which, and when, a file says, which is then removed.
 */
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';

const require = createRequire(new URL('../../server/package.json', import.meta.url));
const ORDER = process.env['DYING_STORE_ORDER'] ?? '';

/** Whether this was ordered; once. @param {string} order */
function take(order) {
  if (!existsSync(ORDER) || readFileSync(ORDER, 'utf8') !== order) return false;
  unlinkSync(ORDER);
  return true;
}

if (!isMainThread && typeof workerData?.dataDir === 'string') {
  /** @type {{ DatabaseSync: { prototype: object } } | undefined} */
  const nodeSqlite = /** @type {any} */ (process.getBuiltinModule('node:sqlite'));
  const prototypes = [require('libsql').prototype, nodeSqlite?.DatabaseSync.prototype];
  for (const prototype of prototypes) {
    if (!prototype) continue;
    const { exec } = prototype;
    let hasCommand = false;
    const { prepare } = prototype;
    /** @param {string} sql */
    prototype.prepare = function (sql) {
      const statement = prepare.call(this, sql);
      if (!sql.startsWith('insert into commands')) return statement;
      const { run } = statement;
      /** @param {readonly unknown[]} values */
      statement.run = (...values) => {
        hasCommand = true;
        return run.apply(statement, values);
      };
      return statement;
    };
    /** @param {string} sql */
    prototype.exec = function (sql) {
      const isCommand = sql === 'COMMIT' && hasCommand;
      if (isCommand && take('before')) process.exit();
      const result = exec.call(this, sql);
      if (isCommand && take('after')) process.exit();
      if (sql === 'COMMIT') hasCommand = false;
      return result;
    };
  }
}
