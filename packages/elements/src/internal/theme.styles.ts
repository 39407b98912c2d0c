import { css, unsafeCSS, type CSSResult } from 'lit';

/** Private names for colours: the token of the page, else a literal for light and for dark. All pairs of text and ground meet WCAG 2.2 AA. */
const COLORS: readonly (readonly [name: string, light: string, dark: string])[] = [
  ['surface', '#ffffff', '#16181d'],
  ['surface-raised', '#ffffff', '#22252c'],
  ['surface-sunken', '#f3f4f7', '#23262e'],
  ['text', '#1b1f27', '#e8eaee'],
  ['text-muted', '#5a6270', '#a2a9b6'],
  ['border', '#dfe2e8', '#343943'],
  ['border-strong', '#8a919e', '#747c8a'],
  ['accent', '#2a55c5', '#9db9ff'],
  ['on-accent', '#ffffff', '#0d1a3d'],
  ['accent-soft', '#e6edfd', '#26345c'],
  ['danger', '#b3261e', '#ffa69e'],
  ['danger-soft', '#fdeceb', '#46211f'],
  ['success', '#1d6b3e', '#86d9a6'],
  ['success-soft', '#e4f4ea', '#1d3a2a'],
  ['warning', '#7a4d00', '#f2c270'],
  ['warning-soft', '#fdf1dc', '#40311a'],
];

/** Grounds for initials, by person; the letter on them is `--_text`. */
const HUES: readonly (readonly [light: string, dark: string])[] = [
  ['#d9e4fb', '#2b3d68'],
  ['#dcefdf', '#27472f'],
  ['#fbe3d6', '#5b3523'],
  ['#ece0f8', '#443059'],
  ['#fae0ea', '#5a2a3f'],
  ['#d5eef0', '#1f474b'],
];

export const AVATAR_HUES = HUES.length;

const ALL = [
  ...COLORS.map(([name, ...literals]) => [name, `--lms-color-${name}`, literals] as const),
  ...HUES.map((literals, index) => [`hue-${index}`, `--lms-avatar-color-${index + 1}`, literals] as const),
];

const declare = (value: (literals: readonly [string, string]) => string): string =>
  ALL.map(([name, token, literals]) => `--_${name}:var(${token},${value(literals)});`).join('');

/** `auto` takes the `color-scheme` of the page. Browsers without `light-dark()` show light, or dark where the element says so. */
const colorStyles = unsafeCSS(`
  :host { ${declare(([light, dark]) => `light-dark(${light},${dark})`)} }
  @supports not (color: light-dark(#000,#fff)) {
    :host { ${declare(([light]) => light)} }
    :host([theme='dark']) { ${declare(([, dark]) => dark)} }
  }
`);

const frameStyles = css`
  :host {
    display: block;
    --_radius: var(--lms-radius, 12px);
    --_font: var(
      --lms-font-family,
      ui-sans-serif,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif
    );
  }
  :host([hidden]) {
    display: none;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  .root {
    container-type: inline-size;
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: 0;
    overflow: hidden;
    color: var(--_text);
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    font: 400 var(--lms-font-size, 0.9375rem) / 1.45 var(--_font);
    text-align: start;
    overflow-wrap: anywhere;
    accent-color: var(--_accent);
  }
  .root[data-theme='light'] {
    color-scheme: light;
  }
  .root[data-theme='dark'] {
    color-scheme: dark;
  }
  h2,
  h3,
  p,
  ol,
  ul {
    margin: 0;
    padding: 0;
    font: inherit;
    list-style: none;
  }
  .icon {
    inline-size: 1.125em;
    block-size: 1.125em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .muted {
    color: var(--_text-muted);
  }
  .small {
    font-size: 0.8125em;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  button,
  textarea,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  .header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 48px;
    padding-inline: 16px 8px;
    border-block-end: 1px solid var(--_border);
    flex: none;
  }
  .header h2 {
    font-weight: 650;
    font-size: 1.0625em;
    margin-inline-end: auto;
    min-inline-size: 0;
  }
  .scroller {
    flex: 1 1 auto;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_border-strong) transparent;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** What all elements share: colours, type, the frame, focus. */
export const themeStyles: readonly CSSResult[] = [colorStyles, frameStyles];
