import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PRESETS } from '../../src/auth/claim-presets.js';
import { readConfig } from '../../src/config/index.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs-site/server/tenants.md', import.meta.url)), 'utf8');
const documented = [...PAGE.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
  ([, json = '']) => JSON.parse(json) as Record<string, unknown>,
);
const SERVICE_SECRET = 'Zk7uNq3VxB9wTm5RyLp2HsDc8GfJ4EaK';
const PEOPLE_SECRET = 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa';
const tenants = documented.filter(({ id }) => id !== undefined);

const read = (tenant: unknown) =>
  readConfig(
    {
      NODE_ENV: 'production',
      LMS_LIVE_PUBLIC_URL: 'https://live.school.example',
      LMS_LIVE_TENANTS: JSON.stringify({ tenants: [tenant] }),
    },
    { read: (path) => (basename(path) === 'service.secret' ? SERVICE_SECRET : PEOPLE_SECRET) },
  ).tenants[0];

test.each(tenants.map((tenant) => ({ tenant, preset: (tenant['claims'] as { preset: string }).preset })))(
  'the tenant that the page shows for $preset starts in production',
  ({ tenant }) => {
    expect(read(tenant)).toMatchObject({ id: tenant['id'] });
  },
);

test('the example of claims is right', () => {
  const [example] = documented.filter(({ id, claims }) => id === undefined && claims !== undefined);
  expect(read({ ...tenants[0], ...example })?.claims?.room).toEqual({ from: ['course_id'], template: 'course-{}' });
});

test('every tenant that the page shows has a key for its back end, the one that it explains', () => {
  const [explained] = documented.filter((block) => block['for'] === 'service');
  expect(explained).toBeDefined();
  for (const { keys } of tenants) expect(keys).toContainEqual(explained);
});

test('the page shows a tenant for each kind of host', () => {
  const shown = tenants.map((tenant) => (tenant['claims'] as { preset: string }).preset);
  // The same map under two names; and tokens made for classes need none.
  const rest = Object.keys(PRESETS).filter((name) => !['lms-live', 'python-jose'].includes(name));
  expect(shown.sort()).toEqual(rest.sort());
});
