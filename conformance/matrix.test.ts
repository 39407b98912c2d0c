import { describe, expect, it } from 'vitest';
import { namesOf, tableOf } from './lib/reference.js';
import { ACTED } from './rights/acts.js';
import { linesOf, lookAt, summaryOf } from './rights/cells.js';
import { MATRIX } from './rights/index.js';
import { RECORDED, SET } from './rights/parts/settings.js';
import { SIGNALLED } from './rights/parts/signals.js';
import { GRANTS, has, ROLES } from './rights/roles.js';
import { startSubject } from './support.js';

const LONGEST_MS = 180_000;

describe('the matrix', () => {
  it('has a row for every command, signal, setting and right of the reference, and for nothing else', () => {
    const sorted = (names: Iterable<string>) => [...names].sort();
    expect(sorted(ACTED)).toEqual(sorted(namesOf('commands')));
    expect(sorted(SIGNALLED)).toEqual(sorted(namesOf('commands', 'Signals')));
    expect(sorted(SET)).toEqual(sorted(namesOf('policy')));
    expect(sorted(GRANTS)).toEqual(sorted(namesOf('rights')));
  });

  it('has a row for every field of `room.change`', () => {
    const row = tableOf('commands').find(([name]) => name === '`room.change`');
    const fields = [...(row?.[2] ?? '').matchAll(/`(\w+)\??` \(/gu)].map(([, field]) => String(field));
    expect(fields).toContain('title');
    expect(fields.filter((field) => !RECORDED.has(field))).toEqual([]);
  });

  it('has the rights of the roles as they are published', () => {
    const published = tableOf('rights').map(([grant = '', ...cells]) => [grant.replaceAll('`', ''), cells] as const);
    for (const [grant, cells] of published)
      for (const [index, role] of ROLES.entries())
        expect(`${grant} ${role} ${cells[index]}`).toBe(
          `${grant} ${role} ${has(role, grant as (typeof GRANTS)[number]) ? '✓' : '–'}`,
        );
  });
});

describe('the built server', () => {
  it(
    'lets everybody do what the tables say, and nothing else',
    async () => {
      const { server, subject } = await startSubject('uws');
      const faults = new Set<string>();
      try {
        const results = await lookAt(subject, MATRIX, { onFault: (fault) => faults.add(fault) });
        console.log(summaryOf(results));
        expect(results.flatMap(({ deviations }) => linesOf(deviations))).toEqual([]);
        expect([...faults]).toEqual([]);
      } finally {
        await server.close();
      }
    },
    LONGEST_MS,
  );
});
