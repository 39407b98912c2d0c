/** Takes out of a text what must never stand in a log. A second net: the first is that nobody passes it. */

const MAX_CHARS = 300;

const HIDDEN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/-----BEGIN [\s\S]*?(?:-----END [A-Z ]*-----|$)/g, '[key]'],
  // From the first line of a session description, or of a candidate, to the end: nothing after it is ours.
  [/(?:\bv=0\r?\n|\ba=|\bcandidate:)[\s\S]*$/g, '[session description]'],
  [/\beyJ[\w-]*(?:\.[\w-]*)*/g, '[token]'],
  [/\b(bearer|basic)\s+[^\s,;"']+/gi, '$1 [secret]'],
  [/\b(password|secret|credential|token|authorization)(["']?\s*[=:]\s*)["']?[^\s,;&"']+/gi, '$1$2[secret]'],
  // What JSON.parse and validators quote is what somebody sent.
  [/"[\s\S]*" is not valid JSON/g, '[text] is not valid JSON'],
  [/\bUnexpected token (?:'[\s\S]'|\S+)/g, 'Unexpected token'],
  [/\breceived "[\s\S]*"/gi, 'received [text]'],
];

export function scrub(text: string): string {
  let clean = text.length > MAX_CHARS * 4 ? text.slice(0, MAX_CHARS * 4) : text;
  for (const [pattern, instead] of HIDDEN) clean = clean.replace(pattern, instead);
  return clean.length > MAX_CHARS ? `${clean.slice(0, MAX_CHARS)}…` : clean;
}

export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  /** Where it was thrown, without its message. */
  readonly frames?: readonly string[];
  readonly cause?: LoggedError;
}

const MAX_FRAMES = 12;
const MAX_CAUSES = 4;

/** An error without what it may carry along: properties, bodies, requests. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: scrub(typeof error === 'string' ? error : '') };
  const { code } = error as { code?: unknown };
  const frames = (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at \S/.test(line))
    .slice(0, MAX_FRAMES);
  return {
    name: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(frames.length > 0 ? { frames } : {}),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: loggedError(error.cause, depth + 1) } : {}),
  };
}
