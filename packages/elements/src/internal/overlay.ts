import type { CSSResult } from 'lit';

/** Adds styles that are loaded with what needs them to a shadow root, once. */
export function adopt(root: ShadowRoot, styles: CSSResult): void {
  const { styleSheet } = styles;
  if (styleSheet && !root.adoptedStyleSheets.includes(styleSheet)) root.adoptedStyleSheets.push(styleSheet);
}
