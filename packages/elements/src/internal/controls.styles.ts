import { css } from 'lit';

/** Buttons, fields, badges and avatars. Under a finger every target is at least 40 px high. */
export const controlStyles = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-block-size: 36px;
    padding: 4px 14px;
    border: 1px solid var(--_border);
    border-radius: 9px;
    background: var(--_surface-raised);
    font-weight: 550;
    line-height: 1.25;
    cursor: pointer;
    transition:
      background-color 0.12s,
      border-color 0.12s;
  }
  .button:hover {
    background: var(--_surface-sunken);
    border-color: var(--_border-strong);
  }
  .button.primary {
    background: var(--lms-button-background, var(--_accent));
    border-color: transparent;
    color: var(--lms-button-color, var(--_on-accent));
  }
  .button.primary:hover {
    filter: brightness(1.08);
  }
  .button.danger {
    background: var(--_danger);
    border-color: transparent;
    color: var(--_surface);
  }
  .button.plain,
  .button.icon-only {
    border-color: transparent;
    background: transparent;
  }
  .button.plain:hover,
  .button.icon-only:hover {
    background: var(--_surface-sunken);
  }
  .button.icon-only {
    inline-size: 36px;
    padding: 0;
    color: var(--_text-muted);
    flex: none;
  }
  .button.small {
    min-block-size: 30px;
    padding: 2px 10px;
    font-size: 0.8125em;
  }
  .button.icon-only.small {
    inline-size: 30px;
    padding: 0;
    font-size: 0.9375em;
  }
  .button[aria-pressed='true'] {
    background: var(--_accent-soft);
    border-color: var(--_accent);
    color: var(--_accent);
  }
  .button:disabled,
  .button[aria-disabled='true'] {
    opacity: 0.5;
    cursor: default;
    filter: none;
  }
  .field {
    inline-size: 100%;
    min-inline-size: 0;
    padding: 8px 12px;
    border: 1px solid var(--_border-strong);
    border-radius: 10px;
    background: var(--_surface);
    line-height: 1.4;
  }
  .field::placeholder {
    color: var(--_text-muted);
    opacity: 1;
  }
  .field:focus-visible {
    outline-offset: -1px;
  }
  textarea.field {
    display: block;
    resize: none;
    field-sizing: content;
    min-block-size: 40px;
    max-block-size: 9.5em;
    scrollbar-width: thin;
  }
  .check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
    cursor: pointer;
  }
  .check input {
    inline-size: 18px;
    block-size: 18px;
    margin: 0;
    flex: none;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 0 7px;
    border-radius: 99px;
    background: color-mix(in srgb, var(--_text) 8%, transparent);
    color: var(--_text-muted);
    font-size: 0.75em;
    font-weight: 600;
    line-height: 1.6;
  }
  .badge.staff {
    background: var(--_accent-soft);
    color: var(--_accent);
  }
  .badge.good {
    background: var(--_success-soft);
    color: var(--_success);
  }
  .badge.warn {
    background: var(--_warning-soft);
    color: var(--_warning);
  }
  .avatar {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    flex: none;
    overflow: hidden;
    border-radius: 50%;
    font-size: 0.75rem;
    font-weight: 650;
    letter-spacing: 0.02em;
    user-select: none;
  }
  .avatar img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .hue-0 {
    background: var(--_hue-0);
  }
  .hue-1 {
    background: var(--_hue-1);
  }
  .hue-2 {
    background: var(--_hue-2);
  }
  .hue-3 {
    background: var(--_hue-3);
  }
  .hue-4 {
    background: var(--_hue-4);
  }
  .hue-5 {
    background: var(--_hue-5);
  }
  .link {
    color: var(--lms-link-color, var(--_accent));
    text-decoration: underline;
    text-underline-offset: 2px;
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .button,
    .button.small,
    .check,
    .field {
      min-block-size: 40px;
    }
    .button.icon-only,
    .button.icon-only.small {
      inline-size: 40px;
    }
  }
  @media (forced-colors: active) {
    .button,
    .badge,
    .avatar {
      border: 1px solid;
    }
    .button[aria-pressed='true'],
    .button.primary {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
