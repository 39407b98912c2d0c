import { parseArgs } from 'node:util';
import { openApiOf } from '../http/openapi/document.js';
import { referencePage } from '../http/openapi/reference-page.js';
import { ROUTES } from '../http/routes.js';

/** `lms-live openapi`: the OpenAPI document of the HTTP API, or with `--markdown` the same as a page; needs no server and no configuration. */
export function openApiCommand(args: readonly string[], print: (text: string) => void): void {
  const { values } = parseArgs({ args: [...args], options: { markdown: { type: 'boolean', default: false } } });
  print(values.markdown ? referencePage(ROUTES) : `${JSON.stringify(openApiOf(ROUTES), null, 2)}\n`);
}
