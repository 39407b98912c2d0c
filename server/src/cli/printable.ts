const MAX_CHARS = 160;
/** What JSON leaves as it is and a terminal obeys or hides: C1 controls, and marks that turn the text around them. */
const OBEYED = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** A value of a token as a terminal may show it: JSON, cut, without anything that a terminal acts on. */
export function printable(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value).replace(OBEYED, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
}
