/** Puts the built elements beside the compiled server, which serves them under /sdk/. */
import { cp, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../packages/elements/dist/cdn/', import.meta.url));
const to = fileURLToPath(new URL('./dist/sdk/', import.meta.url));

if (!(await stat(from).catch(() => null))) {
  throw new Error('The elements are not built yet: run `npm run build` at the root of the repository.');
}
await rm(to, { recursive: true, force: true });
await cp(from, to, { recursive: true });
