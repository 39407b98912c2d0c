import type { TokenReport } from './token-report.js';

const LABEL_CHARS = 10;

/** A report as a person reads it. */
export function tokenReportText(report: TokenReport): string {
  const { accepted, problems, notes } = report;
  const lines = [accepted ? 'Accepted: the server lets its holder connect.' : 'Not accepted.', ''];
  for (const { code, message, mend } of problems) lines.push(`✗ ${message} (${code})`, `  ${mend}`, '');
  const facts = factsOf(report);
  if (facts.length > 0) lines.push(...facts.map(([label, text]) => `${label.padEnd(LABEL_CHARS)} ${text}`), '');
  if (report.key === null && facts.length > 0)
    lines.push('What stands here was not signed by a key of the tenant: do not believe it.', '');
  for (const note of notes) lines.push(`· ${note}`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function factsOf({ tenant, header, key, times, claims }: TokenReport): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [];
  if (tenant) facts.push(['tenant', `${tenant.id} (${FOUND_BY[tenant.foundBy]}), admits by ${tenant.admission}`]);
  if (header) facts.push(['signature', `${header.alg}${key === null ? ': by no key of the tenant' : `, by ${key}`}`]);
  if (times.issuedAt !== null) facts.push(['made', momentOf(times.issuedAt, times.now)]);
  if (times.expiresAt !== null) facts.push(['expires', momentOf(times.expiresAt, times.now)]);
  for (const { what, from, found, became } of claims) {
    const source = from === '' ? 'is not read' : `${from} = ${found}`;
    facts.push([what, `${became ?? 'cannot be read'}    ← ${source}`]);
  }
  return facts;
}

const FOUND_BY = {
  iss: 'by its `iss`',
  name: 'as named',
  only: 'the only one without an issuer',
} as const;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;
/** ECMA-262 §21.4.1.1. */
const MAX_DATE_MS = 8.64e15;

function momentOf(ms: number, now: number): string {
  if (Math.abs(ms) > MAX_DATE_MS) return 'at a time that there is not';
  const away = Math.abs(ms - now);
  const [unit, size] = UNITS.find(([, one]) => away >= one) ?? UNITS[3];
  const span = `${String(Math.floor(away / size))} ${unit}`;
  return `${new Date(ms).toISOString().replace('.000Z', 'Z')}, ${ms < now ? `${span} ago` : `in ${span}`}`;
}
