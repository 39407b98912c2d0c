/** Runs a script with Debian's Python and Debian's packages: `sh scripts/system-packages.sh` brings them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the script unpacks packages for those who are not root. */
const UNPACKED = fileURLToPath(new URL('../../../../.cache/system/root/', import.meta.url));
/** Another Python on the PATH has other packages. */
const PYTHONS = ['/usr/bin/python3', fileURLToPath(new URL('../../../../.cache/system/bin/python3', import.meta.url))];

/** @throws where Python or a package is missing, saying so: a library that is not there proves nothing */
export function runPython(script: string, input: unknown): unknown {
  const python = PYTHONS.find((path) => existsSync(path));
  if (python === undefined) throw new Error('There is no Debian Python: run `sh scripts/system-packages.sh`.');
  const packages = [`${UNPACKED}usr/lib/python3/dist-packages`, process.env['PYTHONPATH'] ?? ''];
  try {
    const out = execFileSync(python, [fileURLToPath(new URL(script, import.meta.url))], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONPATH: packages.filter((path) => path !== '').join(delimiter) },
    });
    return JSON.parse(out);
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    const missing = /No module named '([^']+)'/.exec(stderr)?.[1];
    if (missing === undefined) throw error;
    throw new Error(`Debian's Python has no module ${missing}: run \`sh scripts/system-packages.sh\`.`, {
      cause: error,
    });
  }
}
