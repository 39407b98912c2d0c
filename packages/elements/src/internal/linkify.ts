import { html, type TemplateResult } from 'lit';

const CANDIDATE = /\b(?:https?:\/\/|mailto:|www\.)[^\s<>"“”«»]+/giu;
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

/** A text with its addresses clickable. Everything stays text: only what the URL parser takes for http, https or mailto becomes a link. */
export function linkify(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(CANDIDATE)) {
    const shown = withoutTail(found);
    const address = toAddress(shown);
    if (address === null) continue;
    parts.push(
      text.slice(at, index),
      html`<a class="link" part="link" href=${address} target="_blank" rel="noopener noreferrer nofollow">${shown}</a>`,
    );
    at = index + shown.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function toAddress(text: string): string | null {
  try {
    const url = new URL(/^www\./i.test(text) ? `https://${text}` : text);
    return PROTOCOLS.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Punctuation at the end belongs to the sentence; so does a bracket that the address did not open. */
function withoutTail(address: string): string {
  let shown = address;
  for (;;) {
    const last = shown.at(-1) ?? '';
    const opens = last === ')' ? '(' : last === ']' ? '[' : '';
    const isTail = /[.,;:!?'’…]/u.test(last) || (opens !== '' && !shown.includes(opens));
    if (!isTail) return shown;
    shown = shown.slice(0, -1);
  }
}
