import { css } from 'lit';

export const shortcutSheetStyles = css`
  .keys {
    inline-size: min(460px, calc(100vw - 32px));
    padding: 0;
  }
  .keys .title {
    position: sticky;
    inset-block-start: 0;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    padding: 14px 14px 8px 20px;
    background: var(--_surface-raised);
  }
  .keys dl {
    margin: 0;
    padding: 0 20px 16px;
  }
  .keys dl > div {
    display: grid;
    grid-template-columns: 5.5rem 1fr;
    align-items: center;
    gap: 12px;
    padding-block: 7px;
    border-block-start: 1px solid var(--_border);
  }
  .keys dl > div:first-child {
    border: 0;
  }
  .keys dd {
    margin: 0;
  }
  .keys kbd {
    display: inline-grid;
    place-items: center;
    min-inline-size: 30px;
    min-block-size: 28px;
    padding-inline: 8px;
    border: 1px solid var(--_border);
    border-block-end-width: 2px;
    border-radius: 7px;
    background: var(--_surface-sunken);
    font: 600 0.8125rem / 1 var(--_font);
  }
`;
