/**
 * The built server with a fault in it, to see whether the matrix finds it: its own program, with one piece of its source replaced as it is read.
 * `PLANTED` is JSON: `{file, find, put}`, the end of the file's address, a regular expression, and what to put in the place of each match.
 */
import { register } from 'node:module';

register('./planted-hooks.mjs', import.meta.url, { data: JSON.parse(process.env['PLANTED'] ?? 'null') });
await import(new URL('../../server/dist/main.js', import.meta.url).href);
