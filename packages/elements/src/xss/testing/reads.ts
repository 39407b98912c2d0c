/** What scenes share. */
import type { LoopbackSeed } from '@lms-live/client/loopback';
import type { LmsElement } from '../../internal/lms-element.js';
import { textOf } from './look.js';

/** A place of the page that texts of others come to. Told some texts, it answers with what has become of them. */
export interface Scene {
  /** So many texts are shown at once. */
  readonly atOnce: number;
  /** @returns each field with the texts that can be read in it, in the order of what was given */
  show: (texts: readonly string[]) => Promise<Seen>;
}
/** The texts of each field. */
export type Seen = Readonly<Record<string, readonly (string | null)[]>>;

/** When something was said. */
export const AT = 1_790_000_000_000;
const PATIENCE_MS = 5_000;

/** Somebody whom each text is the name of. */
export function names(texts: readonly string[]): LoopbackSeed[] {
  return texts.map((name, nth) => ({ type: 'person.named', body: { participant: author(nth), name } }));
}

export function author(nth: number): string {
  return `p${nth}`;
}

/** Each text, where it can be read as it is in some part of an element. */
export function within(element: LmsElement, css: string, texts: readonly string[]): (string | null)[] {
  const found = element.renderRoot.querySelector(css);
  return texts.map((text) => included(found, text));
}

export function included(place: Element | null, text: string): string | null {
  return place?.textContent.includes(text) === true ? text : null;
}

/** The same texts in the order in which they were given; what is sorted by its language has another. */
export function sortedAs(texts: readonly string[], shown: readonly (string | null)[]): (string | null)[] {
  const left = [...shown];
  return texts.map((text) => {
    const at = left.indexOf(text);
    return at < 0 ? null : (left.splice(at, 1)[0] ?? null);
  });
}

export async function until(element: LmsElement, holds: () => unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(
        `<${element.localName}> does not come to ${String(holds)}: ${textOf(element.renderRoot).replace(/\s+/gu, ' ').slice(0, 500)}`,
      );
    await element.updateComplete;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
