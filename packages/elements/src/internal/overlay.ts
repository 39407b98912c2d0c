import type { CSSResult } from 'lit';

/** Adds styles that are loaded with what needs them to a shadow root, once. */
export function adopt(root: ShadowRoot, styles: readonly CSSResult[]): void {
  const present = root.adoptedStyleSheets;
  const wanted = styles.flatMap(({ styleSheet }) => styleSheet ?? []);
  root.adoptedStyleSheets = [...present, ...wanted.filter((sheet) => !present.includes(sheet))];
}
