/** Hooks of `planted-server.mjs` (Node, `module.register`): they run beside the program and see each file before it does. */

/** @type {{ file: string, find: string, put: string }} */
let planted;

/** @param {typeof planted} data */
export function initialize(data) {
  planted = data;
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => Promise<{ source?: unknown }>} next
 */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith(planted.file)) return loaded;
  const source = Buffer.from(/** @type {Uint8Array} */ (loaded.source)).toString();
  const pattern = new RegExp(planted.find, 'gu');
  if (!pattern.test(source)) throw new Error(`There is no ${planted.find} in ${planted.file}.`);
  return { ...loaded, source: source.replace(pattern, planted.put) };
}
