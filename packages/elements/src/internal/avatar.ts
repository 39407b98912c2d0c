import { html, nothing, type TemplateResult } from 'lit';
import { AVATAR_HUES } from './theme.styles.js';

const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : null;

/** Initials on a ground that stays with the person, under their picture where the school gives one. Beside a name: it says nothing itself. */
export function renderAvatar({
  id,
  name,
  picture,
}: {
  id: string;
  name: string;
  picture?: string | null | undefined;
}): TemplateResult {
  return html`<span class="avatar hue-${hueOf(id)}" part="avatar" aria-hidden="true"
    >${initialsOf(name)}${
      picture && /^https?:\/\//i.test(picture)
        ? html`<img
            src=${picture}
            alt=""
            loading="lazy"
            decoding="async"
            referrerpolicy="no-referrer"
            @error=${hide}
          />`
        : nothing
    }</span
  >`;
}

/** At most two letters, whole ones in every script. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => firstLetter(word ?? '').toLocaleUpperCase()).join('');
}

function firstLetter(word: string): string {
  return segmenter
    ? (segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? '')
    : (Array.from(word)[0] ?? '');
}

function hueOf(id: string): number {
  let sum = 0;
  for (let index = 0; index < id.length; index += 1) sum = Math.imul(sum ^ id.charCodeAt(index), 0x01000193) >>> 0;
  return (sum >>> 8) % AVATAR_HUES;
}

function hide(event: Event): void {
  (event.target as HTMLElement).hidden = true;
}
