/** Where a text stops being JSON. The engine’s own message quotes the text, and a tenants file holds secrets. */

export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** Ends the sentence "… is not valid JSON: …". */
  readonly why: string;
}

/** The first place that cannot be JSON (RFC 8259), or that gives a name a second time; null: there is none. */
export function jsonFault(text: string): JsonFault | null {
  const scanner = new Scanner(text);
  const why = scanner.document();
  if (why === null) return null;
  const before = text.slice(0, scanner.at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, why };
}

const MAX_DEPTH = 32;
const SPACE = /[\t\n\r ]*/y;
const STRING = /"(?:[^"\\\0-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Each method stands behind what it has read, or says what it expected where it stands. */
class Scanner {
  at = 0;
  constructor(readonly text: string) {}

  document(): string | null {
    const why = this.#value(0);
    if (why !== null) return why;
    return this.#next() === '' ? null : 'nothing may follow here';
  }

  #value(depth: number): string | null {
    if (depth > MAX_DEPTH) return 'it is nested too deep';
    switch (this.#next()) {
      case '{':
        return this.#list('}', () => this.#member(depth), new Set());
      case '[':
        return this.#list(']', () => this.#value(depth + 1));
      case '"':
        return this.#take(STRING) === null ? 'this text does not end, or holds a character that must be escaped' : null;
      default:
        return this.#take(SCALAR) === null ? 'a value is missing' : null;
    }
  }

  #names: Set<string> = new Set();

  #list(close: string, entry: () => string | null, names = this.#names): string | null {
    const outer = this.#names;
    this.#names = names;
    this.at += 1;
    if (this.#next() !== close) {
      for (;;) {
        const why = entry();
        if (why !== null) return why;
        if (this.#next() !== ',') break;
        this.at += 1;
      }
    }
    if (this.#next() !== close) return `\`,\` or \`${close}\` is missing`;
    this.at += 1;
    this.#names = outer;
    return null;
  }

  #member(depth: number): string | null {
    const names = this.#names;
    const start = this.#next() === '"' ? this.at : null;
    const name = start === null ? null : this.#take(STRING);
    if (start === null || name === null) return 'a name in double quotes is missing';
    if (names.has(name)) {
      this.at = start;
      return 'this name came before';
    }
    names.add(name);
    if (this.#next() !== ':') return '`:` is missing';
    this.at += 1;
    return this.#value(depth + 1);
  }

  /** The next character that is no space; empty at the end. */
  #next(): string {
    this.#take(SPACE);
    return this.text.charAt(this.at);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }
}
