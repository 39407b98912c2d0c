import { afterAll, beforeAll } from 'vitest';
import { openSqliteStore } from '../../src/storage/index.js';
import { buildStorage, type BuiltStorage } from './built.js';
import { describeStore } from './contract.js';

const HAS_NODE_SQLITE = process.getBuiltinModule('node:sqlite') !== undefined;

let built: BuiltStorage;
beforeAll(async () => {
  built = await buildStorage();
});
afterAll(() => built.remove());

describeStore('libsql', (dataDir) => openSqliteStore({ dataDir, inline: true, driver: 'libsql' }));
describeStore('libsql in a worker', (dataDir) => built.openSqliteStore({ dataDir, inline: false, driver: 'libsql' }));
// Node 20 has no such module, so there is nothing to run.
if (HAS_NODE_SQLITE) {
  describeStore('node:sqlite', (dataDir) => openSqliteStore({ dataDir, inline: true, driver: 'node:sqlite' }));
  describeStore('node:sqlite in a worker', (dataDir) => built.openSqliteStore({ dataDir, driver: 'node:sqlite' }));
}
