import { describe, expect, it } from 'vitest';
import { runSuite } from './lib/suite.js';
import { REQUIREMENTS } from './requirements/index.js';
import { startSubject } from './support.js';

const LONGEST_MS = 120_000;

describe.each(['uws', 'ws'] as const)('the built server on %s', (transport) => {
  it(
    'does everything that the page demands',
    async () => {
      const { server, subject } = await startSubject(transport);
      try {
        const outcomes = await runSuite(subject, { requirements: REQUIREMENTS });
        const told = outcomes
          .filter(({ state }) => state !== 'pass')
          .map(({ id, state, why }) => `${state} ${id}: ${why}`);
        expect(told).toEqual([]);
      } finally {
        await server.close();
      }
    },
    LONGEST_MS,
  );
});
