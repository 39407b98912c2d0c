const BYTE_ORDER_MARK = '\uFEFF';
const LINE_END = '\r\n';

/**
 * A table as CSV (RFC 4180), in UTF-8 with a byte order mark, since spreadsheets take it for another encoding without one. Each field stands in
 * quotes, and none is a formula to a spreadsheet: see `safeField`.
 */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => row.map(quoted).join(',') + LINE_END).join('');
}

/** What spreadsheets begin a formula with, also in their full-width forms; whatever they pass over before it counts too. */
const FORMULA = /^[\s\p{Cf}"']*[=+\-@|%\uFF1D\uFF0B\uFF0D\uFF20]/u;
/** A spreadsheet that separates by something else begins a cell behind it. */
const INNER_FORMULA = /([,;|]["'\s\p{Cf}]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/gu;
/** White space is one space, so that nothing is left that ends a line or a cell; other control characters go. */
const CONTROL = /\p{Cc}/gu;
const WHITE_SPACE = /[\s\u2028\u2029]+/gu;

/** A text that no spreadsheet takes for a formula: where it could, an apostrophe stands before it. */
export function safeField(text: string): string {
  const line = text.replace(WHITE_SPACE, ' ').replace(CONTROL, '').replace(INNER_FORMULA, "$1'").trim();
  return FORMULA.test(line) ? `'${line}` : line;
}

function quoted(text: string): string {
  return `"${safeField(text).replaceAll('"', '""')}"`;
}
