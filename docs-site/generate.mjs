/**
 * Writes the pages that come from the code, before each build: one for each element (from the manifest of the package),
 * and what other pages include: the members of the client, the settings of the server, the tokens of the theme, and test vectors.
 * It reads the built packages, as any user has them: `npm run build` in the root makes them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bodyDigest, canonical, genesisHash, linkHash, toHex } from '@lms-live/protocol';
import * as client from '@lms-live/client';
import * as classes from '@lms-live/elements';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const NOTICE = '<!-- Written by generate.mjs from the code. -->';

/** @param {string} file @param {string[]} blocks */
function write(file, blocks) {
  const path = join(here, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

/** Text of a docstring in Markdown: tags outside of code would become elements of the page. @param {string} text */
function prose(text = '') {
  return text
    .trim()
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;')))
    .join('');
}

/** In a cell of a table. @param {string} text */
const cell = (text) =>
  prose(text)
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ');

/** @param {string} text */
const code = (text = '') => (text === '' ? '' : `\`${text.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|')}\``);

/**
 * @param {string} title
 * @param {string[]} columns
 * @param {string[][]} rows
 */
function section(title, columns, rows) {
  if (rows.length === 0) return '';
  const lines = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${title === '' ? '' : `## ${title}\n\n`}${lines.join('\n')}`;
}

// ── Elements ────────────────────────────────────────────────────────────────────────────────────────────────────────

function elementPages() {
  const manifest = JSON.parse(readFileSync(require.resolve('@lms-live/elements/custom-elements.json'), 'utf8'));
  const elements = manifest.modules
    .flatMap(({ declarations = [] }) => declarations)
    .filter(({ customElement, tagName }) => customElement && tagName);
  if (elements.length === 0)
    throw new Error('The manifest of the elements names none. Run `npm run build` in the root.');
  const stale = readdirSync(join(here, 'elements')).filter((file) => file.startsWith('lms-'));
  for (const file of stale) rmSync(join(here, 'elements', file));
  for (const element of elements) write(`elements/${element.tagName}.md`, elementPage(element));
  return elements.length;
}

function elementPage({ tagName, name, summary, description, members = [], attributes = [], ...rest }) {
  const attributeOf = new Map(attributes.map((attribute) => [attribute.fieldName ?? attribute.name, attribute.name]));
  const fields = members.filter(
    ({ kind, privacy, static: isStatic }) => kind === 'field' && !isStatic && (privacy ?? 'public') === 'public',
  );
  const methods = members.filter(({ kind, privacy }) => kind === 'method' && (privacy ?? 'public') === 'public');
  const entry = tagName.replace(/^lms-/, '');
  return [
    `# \`<${tagName}>\``,
    NOTICE,
    prose(summary),
    prose(description),
    `\`\`\`js\nimport '@lms-live/elements/define/${entry}'; // defines the tag\nimport { ${name} } from '@lms-live/elements'; // the class alone\n\`\`\``,
    section(
      'Attributes and properties',
      ['attribute · property', 'type', 'meaning'],
      fields
        .filter(({ description: text }) => text)
        .map((field) => [
          [attributeOf.get(field.name), field.name]
            .filter((spelling, index, all) => spelling !== undefined && all.indexOf(spelling) === index)
            .map(code)
            .join('<br>'),
          `${code(field.type?.text ?? '')}${field.readonly ? '<br>read-only' : ''}`,
          cell(field.description),
        ]),
    ),
    section(
      'Methods',
      ['method', 'gives', 'meaning'],
      methods
        .filter(({ description: text }) => text)
        .map(({ name: method, parameters = [], return: result, description: text }) => [
          code(`${method}(${parameters.map((parameter) => parameter.name).join(', ')})`),
          code(result?.type?.text ?? ''),
          cell(text),
        ]),
    ),
    section(
      'Events',
      ['event', '`detail`', 'when'],
      (rest.events ?? []).map((event) => [
        code(event.name),
        code((event.type?.text ?? '').replace(/^CustomEvent<(.*)>$/s, '$1').replaceAll('readonly ', '')),
        cell(event.description),
      ]),
    ),
    section(
      'Slots',
      ['slot', 'what goes there'],
      (rest.slots ?? []).map((slot) => [slot.name === '' ? '(default)' : code(slot.name), cell(slot.description)]),
    ),
    section(
      'Parts',
      ['part', 'what it is'],
      (rest.cssParts ?? []).map((part) => [code(part.name), cell(part.description)]),
    ),
    section(
      'Custom properties',
      ['property', 'default', 'what it changes'],
      (rest.cssProperties ?? []).map((property) => [
        code(property.name),
        code(property.default ?? ''),
        cell(property.description),
      ]),
    ),
    section(
      'States',
      ['state', 'when'],
      (rest.cssStates ?? []).map((state) => [code(`:state(${state.name})`), cell(state.description)]),
    ),
    (rest.cssParts ?? []).length > 0
      ? 'Colours and fonts that all elements share are in [Looks](/elements/theming).'
      : '',
  ];
}

// ── The theme ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Read from the style sheets themselves: `--_name: var(--lms-token, default)`. */
function themeTokens() {
  /** @type {Map<string, { light: string, dark: string }>} */
  const tokens = new Map();
  for (const exported of Object.values(classes)) {
    const sheets = [Object(exported).styles ?? []].flat(Infinity);
    for (const { cssText } of sheets) {
      for (const [, token, light, dark, plain] of cssText.matchAll(
        /--_[\w-]+:\s*var\((--lms-[\w-]+),\s*(?:light-dark\(([^,()]+),\s*([^,()]+)\)|([^;]*))\)/g,
      )) {
        if (!tokens.has(token)) tokens.set(token, { light: light ?? plain ?? '', dark: dark ?? plain ?? '' });
      }
    }
  }
  if (tokens.size === 0) throw new Error('No theme tokens were found in the styles of the elements.');
  const swatch = (/** @type {string} */ value) =>
    value.startsWith('#')
      ? `<span class="swatch" style="background:${value}"></span> \`${value}\``
      : `\`${value.replace(/\s+/g, ' ').trim()}\``;
  return section(
    '',
    ['token', 'light', 'dark'],
    [...tokens].map(([token, { light, dark }]) => [code(token), swatch(light), light === dark ? '' : swatch(dark)]),
  );
}

// ── The client ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the page shows of the types of `@lms-live/client`, in this order. */
const CLIENT_TYPES = [
  { name: 'ConnectOptions', title: 'Options of `connect`' },
  { name: 'RoomClient', title: 'What `connect` gives' },
  { name: 'RoomState', title: 'The state' },
  { name: 'Connection', title: 'The connection' },
  { name: 'ConnectionState', title: 'States' },
  { name: 'Pending', title: 'What is on its way' },
  { name: 'RoomEvents', title: 'Events' },
  { name: 'LmsErrorDetail', title: 'Errors' },
  { name: 'Permission', title: 'Permissions' },
];

const clientDist = join(dirname(require.resolve('@lms-live/client/package.json')), 'dist');

/** @param {string} file */
function declarationsOf(file) {
  const path = join(clientDist, file);
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
}

/** The functions that derive from the state what an interface shows. */
function selectors() {
  const rows = readdirSync(join(clientDist, 'selectors'))
    .filter((file) => file.endsWith('.d.ts'))
    .flatMap((file) => [...declarationsOf(`selectors/${file}`).statements])
    .flatMap((statement) => {
      const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
      const name = declared?.name?.getText();
      if (name === undefined || !(name in client)) return [];
      return [[code(name), cell(docOf(statement))]];
    });
  if (rows.length === 0) throw new Error('@lms-live/client has no selectors any more.');
  return section('Selectors', ['function of the state', 'what it gives'], rows);
}

function clientTypes() {
  const source = declarationsOf('types.d.ts');
  return CLIENT_TYPES.flatMap(({ name, title }) => {
    const node = source.statements.find(
      (statement) =>
        (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) && statement.name.text === name,
    );
    if (node === undefined) throw new Error(`@lms-live/client has no type ${name} any more: see CLIENT_TYPES.`);
    const heading = `## ${title}`;
    if (ts.isTypeAliasDeclaration(node)) return [heading, stateList(docOf(node))];
    if (!ts.isInterfaceDeclaration(node)) return [];
    // As it stands in the package: what a signature says better than a table, with the words beside it.
    const declaration = node
      .getText()
      .replace(/^export (declare )?/, '')
      .replace(/^ {4}/gm, '  ');
    return [heading, prose(docOf(node)), `\`\`\`ts\n${declaration}\n\`\`\``];
  });
}

/** A docstring that explains each of some words, with a dot between: `idle`: not started · … @param {string} doc */
function stateList(doc) {
  return doc
    .split(/\s·\s/)
    .map((line) => `- ${prose(line.trim())}`)
    .join('\n');
}

/** @param {ts.Node} node */
function docOf(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  if (doc === undefined) return '';
  const text = ts.getTextOfJSDocComment(doc.comment) ?? '';
  const tags = (doc.tags ?? []).map((tag) => {
    const words = ts.getTextOfJSDocComment(tag.comment) ?? '';
    if (tag.tagName.text === 'returns') return `Gives: ${words}.`;
    if (tag.tagName.text === 'throws')
      return `Throws ${/** @type {ts.JSDocThrowsTag} */ (tag).typeExpression?.getText().replace(/[{}]/g, '') ?? ''} ${words}.`;
    return '';
  });
  return [text, ...tags].filter((part) => part !== '').join(' ');
}

// ── The chain ───────────────────────────────────────────────────────────────────────────────────────────────────────

function chainVectors() {
  /** @param {Uint8Array} bytes */
  const sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const log = {
    tenant: 'school',
    room: 'algebra-1',
    log: /** @type {const} */ ('all'),
    participant: null,
    epoch: 'e1',
  };
  const genesis = genesisHash(sha256, log);
  const salt = '000102030405060708090a0b0c0d0e0f';
  const body = '{"id":"m1","text":"Grüezi 👋"}';
  const digest = bodyDigest(sha256, salt, body);
  const event = { offset: 1, id: 'ev-1', type: 'chat.posted', by: 'p1', at: 1_790_000_000_000, digest };
  const first = linkHash(sha256, genesis, event);
  const second = linkHash(sha256, first, { ...event, offset: 2, id: 'ev-2', by: null, at: 1_790_000_000_001 });
  return section(
    '',
    ['input', 'result'],
    [
      ['`enc("a", null, 7)`', code(toHex(canonical(['a', null, 7])))],
      [
        `\`h(0)\` of tenant \`${log.tenant}\`, room \`${log.room}\`, log \`all\`, participant null, epoch \`${log.epoch}\``,
        code(genesis),
      ],
      [`\`digest\` of salt \`${salt}\` and body \`${body}\``, code(digest)],
      [`\`h(1)\` of offset 1, id \`ev-1\`, type \`chat.posted\`, by \`p1\`, at ${event.at}, that digest`, code(first)],
      [
        `\`h(2)\` of offset 2, id \`ev-2\`, type \`chat.posted\`, by null, at ${event.at + 1}, the same digest`,
        code(second),
      ],
    ],
  );
}

// ── Settings ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What `lms-live config` says. */
function configReference() {
  const cli = join(dirname(require.resolve('@lms-live/server/package.json')), 'dist/cli.js');
  return execFileSync(process.execPath, [cli, 'config'], { encoding: 'utf8' });
}

/** The page about tokens shows a tenants file, so that it is whole without a build; it is the one of the reference. @param {string} reference */
function checkTenantsExample(reference) {
  const [inReference, inPage] = [reference, readFileSync(join(here, 'tokens.md'), 'utf8')].map((text) =>
    [...text.matchAll(/```json\n([\s\S]*?)\n```/g)]
      .map(([, json = '']) => json)
      .filter((json) => json.includes('"tenants"'))
      .map((json) => JSON.stringify(JSON.parse(json))),
  );
  if (inReference?.[0] === undefined || inReference[0] !== inPage?.[0])
    throw new Error('The tenants file in tokens.md is another than the one that `lms-live config` prints.');
}

/** For programs that read the documentation: the list in the root, with the addresses of the site. */
function llmsText() {
  const text = readFileSync(join(here, '..', 'llms.txt'), 'utf8');
  return text.replace(/\(docs-site\/([^)]*?)(?:index)?\.md\)/g, '(/$1)');
}

const reference = configReference();
const count = elementPages();
write('generated/theme-tokens.md', [themeTokens()]);
write('generated/client-api.md', [...clientTypes(), selectors()]);
write('generated/chain-vectors.md', [chainVectors()]);
write('generated/configuration.md', [reference]);
checkTenantsExample(reference);
write('public/llms.txt', [llmsText().trim()]);
process.stdout.write(`Wrote ${count} element pages and 4 parts of others.\n`);
