import { css } from 'lit';

/** At the door: what there is to read and to write. */
export const doorStyles = css`
  .countdown {
    font-size: 1.75rem;
    font-weight: 650;
    font-variant-numeric: tabular-nums;
    line-height: 1.2;
  }
  .gate form {
    display: grid;
    gap: 8px;
    inline-size: min(100%, 340px);
    margin-block-start: 8px;
    text-align: start;
  }
  /* As everywhere; whoever waits has loaded nothing else that has fields. */
  .gate .field {
    inline-size: 100%;
    min-inline-size: 0;
    padding: 8px 12px;
    border: 1px solid var(--_border-strong);
    border-radius: 10px;
    background: var(--_surface);
    line-height: 1.4;
  }
  .gate textarea.field {
    display: block;
    min-block-size: 5em;
    resize: vertical;
  }
  .gate label {
    font-weight: 550;
  }
  .gate form .button {
    margin-block-start: 0;
  }
  .secret {
    position: relative;
  }
  .secret .field {
    min-block-size: 44px;
    padding-inline-end: 48px;
  }
  .secret .button {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 4px;
    margin-block: auto;
  }
  .gate form p {
    max-inline-size: none;
  }
  .gate .wrong {
    color: var(--_danger);
    font-size: 0.875em;
    font-weight: 550;
  }
  .gate .field[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  .word {
    display: grid;
    gap: 2px;
    max-inline-size: min(100%, 40ch);
    padding: 10px 14px;
    border-radius: 12px;
    background: var(--_accent-soft);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .word.own {
    background: var(--_surface-sunken);
  }
  .word p {
    white-space: pre-line;
  }
  .word .from {
    font-size: 0.8125em;
    font-weight: 600;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
`;
