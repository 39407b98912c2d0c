/** The reference of all options as Markdown, from the tables that the server reads them with. */
import { ENVIRONMENT, NOT_YET } from './environment.js';
import type { OptionRow } from './options.js';
import { CLAIM_OPTIONS, ROLE_OPTIONS, ROOM_OPTIONS } from './claim-options.js';
import { PRESETS } from '../auth/claim-presets.js';
import { HOOK_OPTIONS } from './read-admission.js';
import { KEY_OPTIONS, TENANT_LIMIT_OPTIONS, TENANT_OPTIONS } from './tenant-options.js';

const EXAMPLE = {
  tenants: [
    {
      id: 'school',
      issuer: 'https://lms.school.example',
      origins: ['https://lms.school.example'],
      keys: [{ kind: 'secret', algorithm: 'HS256', secretFile: 'school.secret' }],
    },
  ],
};

const KEY_TITLES = {
  secret: 'A key of the kind `secret`',
  pem: 'A key of the kind `pem`',
  jwks: 'A key of the kind `jwks`',
} as const;

export function configReference(): string {
  return [
    '## Environment variables',
    'An unknown name or a wrong value stops the start, with a sentence for each that says what to write instead. An empty variable counts as not set. Those marked * may also be named by a file: the same name with `_FILE`.',
    table('variable', ENVIRONMENT),
    `Not available in this version, and refused: ${Object.keys(NOT_YET)
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    '## The tenants file',
    'One entry for each LMS:',
    `\`\`\`json\n${JSON.stringify(EXAMPLE, null, 2)}\n\`\`\``,
    table('key', TENANT_OPTIONS),
    '### `admission` by a hook',
    table('key', HOOK_OPTIONS),
    '### `claims` of a tenant',
    'A claim is written as its name, exactly as it stands in the token (`"sub"`, `"https://school.example/role"`), or, where it stands within others, as the list of their names from the outermost in (`["realm_access", "roles"]`). A dot or a slash in a name means nothing.',
    table('key', CLAIM_OPTIONS),
    '### `role` of `claims`',
    table('key', ROLE_OPTIONS),
    '### `room` of `claims`',
    table('key', ROOM_OPTIONS),
    '### Presets of `claims`',
    presets(),
    '### `limits` of a tenant',
    table('key', TENANT_LIMIT_OPTIONS),
    ...Object.entries(KEY_TITLES).flatMap(([kind, title]) => [
      `### ${title}`,
      table('key', KEY_OPTIONS[kind as keyof typeof KEY_TITLES]),
    ]),
    '## In production',
    'With `NODE_ENV=production` the server also refuses to start without `LMS_LIVE_PUBLIC_URL` or with one that is plain http (except on this machine), without a tenant, and with a secret that is short, well known or made for development. The secret of a tenant has 32 bytes at least in any case, and is none that something else is signed with.',
    '',
  ].join('\n\n');
}

function presets(): string {
  const lines = Object.entries(PRESETS).map(([name, { about }]) => `| \`${name}\` | ${about} |`);
  return ['| preset | for |', '| --- | --- |', ...lines].join('\n');
}

function table(title: string, rows: Readonly<Record<string, OptionRow>>): string {
  const lines = Object.entries(rows).map(([name, row]) => {
    const mark = row.isSecret === true && name.startsWith('LMS_LIVE_') ? ' *' : '';
    return `| \`${name}\`${mark} | ${row.unit} | ${row.defaultText} | ${row.reason} |`;
  });
  return [`| ${title} | value | default | why |`, '| --- | --- | --- | --- |', ...lines].join('\n');
}
