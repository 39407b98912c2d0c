import { LIMITS } from '@lms-live/protocol';

/** Controls, and characters that turn or hide the text around them: a name must not rewrite what stands beside it. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A name as others read it: on one line, nothing in it that cannot be seen, and not longer than `LIMITS.maxNameChars`; empty where nothing is left. */
export function shownName(text: string): string {
  const name = text.replace(/\s+/gu, ' ').replace(UNPRINTABLE, '').trim();
  if (name.length <= LIMITS.maxNameChars) return name;
  return name
    .slice(0, LIMITS.maxNameChars)
    .replace(/\p{Surrogate}$/u, '')
    .trimEnd();
}
