import { LIMITS } from '@lms-live/protocol';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LONE_SURROGATE = /\p{Surrogate}/u;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the bytes of a JSON object in the one way that two readers cannot understand differently: well-formed UTF-8 without
 * a byte order mark, no name twice in one object (RFC 7519 §4), no `__proto__`, no lone surrogate, not nested deeper than
 * `LIMITS.maxJsonDepth`.
 *
 * Read members of the result with `member`, so that what stands on `Object.prototype` is not taken for a claim.
 *
 * @throws {SyntaxError} saying what is wrong, without quoting the text
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new SyntaxError('is not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The message of the engine quotes the text.
    throw new SyntaxError('is not JSON');
  }
  if (!isJsonObject(value)) throw new SyntaxError('is not a JSON object');
  checkNames(text);
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member, or undefined. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Walks over text that is known to be JSON; `names` holds, for each open bracket, the names seen in it (null: an array). */
function checkNames(text: string): void {
  const names: (Set<string> | null)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    switch (code) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        isName = code === OPEN_OBJECT;
        names.push(isName ? new Set() : null);
        if (names.length > LIMITS.maxJsonDepth) throw new SyntaxError('is nested too deep');
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        names.pop();
        break;
      case COMMA:
        isName = names.at(-1) !== null;
        break;
      case COLON:
        isName = false;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        const content = contentOf(text.slice(at, end + 1));
        if (isName) addName(names.at(-1), content);
        at = end;
        break;
      }
      default:
    }
  }
}

/** What a string in quotes says. Decoded strictly, the bytes hold no lone surrogate: only an escape can write one. */
function contentOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  const content = JSON.parse(quoted) as string;
  if (LONE_SURROGATE.test(content)) throw new SyntaxError('holds a lone surrogate');
  return content;
}

function addName(names: Set<string> | null | undefined, name: string): void {
  if (name === '__proto__') throw new SyntaxError('holds the name __proto__');
  if (names?.has(name) === true) throw new SyntaxError('holds a name twice');
  names?.add(name);
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1;
  return at;
}
