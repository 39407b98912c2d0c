import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REQUIREMENTS } from './requirements/index.js';

const PAGE = fileURLToPath(new URL('../docs-site/protocol/index.md', import.meta.url));

describe('the requirements', () => {
  const headings = new Set([...readFileSync(PAGE, 'utf8').matchAll(/^#+ (.+)$/gmu)].map(([, heading]) => heading));

  it('stand under a heading of the page each', () => {
    expect(REQUIREMENTS.filter(({ clause }) => !headings.has(clause)).map(({ id }) => id)).toEqual([]);
  });

  it('leave out no heading that demands something of a server', () => {
    const ofClients = [
      'A class is a log',
      'The protocol',
      'Check your implementation',
      'A minimal client',
      'Test vectors',
      'What a tab wants',
      'The list',
      'Making a connection',
    ];
    const clauses = new Set(REQUIREMENTS.map(({ clause }) => clause));
    expect(
      [...headings].filter((heading) => heading !== undefined && !clauses.has(heading) && !ofClients.includes(heading)),
    ).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(REQUIREMENTS.map(({ id }) => id)).size).toBe(REQUIREMENTS.length);
  });
});
