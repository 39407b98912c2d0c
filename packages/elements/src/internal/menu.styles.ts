import { css } from 'lit';

export const menuStyles = css`
  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    min-inline-size: 180px;
    max-inline-size: min(320px, calc(100vw - 16px));
    max-block-size: calc(100vh - 16px);
    overflow: auto;
    padding: 5px;
    border: 1px solid var(--_border);
    border-radius: 12px;
    background: var(--_surface-raised);
    color: var(--_text);
    box-shadow:
      0 1px 2px rgb(0 0 0 / 0.08),
      0 8px 28px rgb(0 0 0 / 0.18);
    font: 400 0.9375rem / 1.35 var(--_font);
  }
  .menu p {
    padding: 6px 10px 4px;
    font-size: 0.8125em;
    color: var(--_text-muted);
  }
  .menu button {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: 100%;
    min-block-size: 36px;
    padding: 6px 10px;
    border: 0;
    border-radius: 8px;
    background: none;
    text-align: start;
    cursor: pointer;
  }
  .menu .divided {
    position: relative;
    margin-block-start: 11px;
  }
  .menu .divided::before {
    content: '';
    position: absolute;
    inset-inline: 4px;
    inset-block-start: -6px;
    border-block-start: 1px solid var(--_border);
  }
  .menu button:hover,
  .menu button:focus-visible {
    background: var(--_surface-sunken);
  }
  .menu button:focus-visible {
    outline-offset: -2px;
  }
  .menu button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .menu button[aria-disabled='true'] {
    color: var(--_text-muted);
    cursor: default;
  }
  .menu small {
    display: block;
    font-size: 0.8125em;
  }
  .menu button.danger {
    color: var(--_danger);
  }
  .menu .icon {
    color: var(--_text-muted);
  }
  .menu .danger .icon {
    color: inherit;
  }
  .menu .mark {
    inline-size: 1.125em;
    flex: none;
  }
  @media (pointer: coarse) {
    .menu button {
      min-block-size: 44px;
    }
  }
`;
