import { css } from 'lit';

/** Buttons. Under a finger every target is at least 40 px high. */
export const buttonStyles = css`
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
  @media (pointer: coarse) {
    .button,
    .button.small {
      min-block-size: 40px;
    }
    .button.icon-only,
    .button.icon-only.small {
      inline-size: 40px;
    }
  }
  @media (forced-colors: active) {
    .button {
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
