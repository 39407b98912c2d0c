import { css } from 'lit';

/** What stands in place of the content, and the thin bar above it. */
export const stateStyles = css`
  .gate {
    flex: 1 1 auto;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    padding: 32px 24px;
    text-align: center;
    overflow: auto;
  }
  .unsent {
    flex: 0 1 auto;
    max-block-size: 50%;
    padding: 12px 16px;
    overflow: auto;
  }
  .gate > .icon,
  .empty .icon {
    inline-size: 48px;
    block-size: 48px;
    padding: 12px;
    margin-block-end: 4px;
    border-radius: 50%;
    background: var(--_surface-sunken);
    color: var(--_text-muted);
    stroke-width: 1.75;
  }
  .gate.failed > .icon {
    background: var(--_danger-soft);
    color: var(--_danger);
  }
  .gate.failed > .setup {
    font-size: 0.9375em;
  }
  .gate h3 {
    font-size: 1.0625em;
    font-weight: 650;
    text-wrap: balance;
  }
  .gate p {
    max-inline-size: 36ch;
    text-wrap: pretty;
  }
  .gate code {
    font:
      0.75rem/1.5 ui-monospace,
      'SFMono-Regular',
      Menlo,
      monospace;
    color: var(--_text-muted);
    overflow-wrap: anywhere;
    max-inline-size: 44ch;
  }
  .gate .button {
    margin-block-start: 8px;
  }
  .bar {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    padding: 4px 16px;
    flex: none;
    font-size: 0.8125em;
    font-weight: 550;
    text-align: center;
    background: var(--_surface-sunken);
    color: var(--_text-muted);
  }
  .bar .button {
    font-size: 1em;
  }
  .bar.warn {
    background: var(--_warning-soft);
    color: var(--_warning);
    /* A hiccup of a second is nobody's business. */
    animation: appear 0.2s 0.8s backwards;
  }
  .complaint {
    position: absolute;
    inset-inline: 12px;
    inset-block-end: 72px;
    z-index: 1;
    margin-inline: auto;
    inline-size: fit-content;
    padding: 8px 14px;
    border-radius: 10px;
    background: var(--_danger-soft);
    color: var(--_danger);
    border: 1px solid currentColor;
    font-size: 0.875em;
    animation: appear 0.15s;
  }
  .skeleton {
    flex: 1 1 auto;
    display: flex;
    flex-direction: column;
    gap: 18px;
    padding: 20px 16px;
    overflow: hidden;
    /* Not a flash: a class that opens at once shows none of this. */
    animation: appear 0.3s 0.4s backwards;
  }
  .skeleton i {
    block-size: 38px;
    inline-size: 62%;
    border-radius: 12px;
    background: var(--_surface-sunken);
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .skeleton i:nth-child(even) {
    inline-size: 44%;
    align-self: flex-end;
  }
  .empty {
    display: grid;
    justify-items: center;
    align-content: center;
    gap: 4px;
    padding: 32px 24px;
    margin: auto;
    text-align: center;
  }
  .empty b {
    font-weight: 650;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }
`;
