/** Options of a command: what it understands is what `--help` says. */
import { parseArgs } from 'node:util';

const NAME_CHARS = 20;

/** @typedef {{ type: 'string', default: string } | { type: 'boolean', default: boolean }} Option */

/**
 * Ends the process after `--help` (0) and after what it does not know (2).
 *
 * @template {Record<string, Option>} O
 * @param {string} usage the command, and what it does
 * @param {O} options as `parseArgs` of Node takes them, each with its default
 * @returns {{ [K in keyof O]: O[K]['default'] extends boolean ? boolean : string }}
 */
export function readOptions(usage, options) {
  const help = [
    usage,
    ...Object.entries(options).map(
      ([name, { type, default: value }]) =>
        `  --${name}${type === 'string' ? ' …' : ''}`.padEnd(NAME_CHARS) +
        (type === 'string' ? `  default ${value}` : ''),
    ),
  ].join('\n');
  try {
    const read = parseArgs({ options: { ...options, help: { type: 'boolean' } } });
    const values = /** @type {Record<string, unknown>} */ (read.values);
    if (values['help'] === true) {
      console.log(help);
      process.exit(0);
    }
    return /** @type {ReturnType<typeof readOptions<O>>} */ (values);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${help}`);
    process.exit(2);
  }
}
