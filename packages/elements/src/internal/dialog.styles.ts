import { css } from 'lit';

export const dialogStyles = css`
  dialog {
    inline-size: min(420px, calc(100vw - 32px));
    padding: 20px;
    border: 1px solid var(--_border);
    border-radius: 16px;
    background: var(--_surface-raised);
    color: var(--_text);
    box-shadow: 0 16px 48px rgb(0 0 0 / 0.28);
    font: 400 0.9375rem / 1.45 var(--_font);
    text-align: start;
  }
  dialog::backdrop {
    background: rgb(10 14 22 / 0.45);
  }
  dialog form {
    display: grid;
    gap: 12px;
  }
  dialog h3 {
    font-size: 1.125em;
    font-weight: 650;
    overflow-wrap: anywhere;
  }
  dialog label {
    display: grid;
    gap: 4px;
    font-weight: 550;
  }
  dialog label .field {
    font-weight: 400;
  }
  dialog .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 4px;
  }
`;
