import { css } from 'lit';

export const qaPanelStyles = css`
  .count {
    color: var(--_text-muted);
    font-weight: 500;
  }
  .layout {
    display: flex;
    flex-direction: column;
    flex: 1 1 auto;
    min-block-size: 0;
  }
  .side {
    flex: none;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 12px;
    padding: 12px 16px;
    border-block-end: 1px solid var(--_border);
  }
  .side:empty {
    display: none;
  }
  .main {
    display: flex;
    flex-direction: column;
    flex: 1 1 auto;
    min-block-size: 0;
    min-inline-size: 0;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 8px 16px 0;
    flex: none;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    margin-inline-end: auto;
  }
  .tab {
    min-block-size: 34px;
    padding: 2px 10px;
    border: 0;
    border-radius: 8px;
    background: none;
    color: var(--_text-muted);
    font-weight: 550;
    font-size: 0.875em;
    cursor: pointer;
  }
  .tab:hover {
    background: var(--_surface-sunken);
  }
  .tab[aria-selected='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
  }
  .sort {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    font-size: 0.8125em;
    color: var(--_text-muted);
    margin-inline-start: auto;
  }
  .sort select {
    min-block-size: 32px;
    padding: 2px 6px;
    border: 1px solid transparent;
    border-radius: 8px;
    background: transparent;
    color: var(--_text);
    font-weight: 550;
    cursor: pointer;
  }
  .sort select:hover {
    background: var(--_surface-sunken);
  }
  .sort option {
    background: var(--_surface-raised);
    color: var(--_text);
  }
  .scroller {
    padding: 10px 16px 16px;
    display: flex;
    flex-direction: column;
  }
  .list {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 10px;
  }
  .section {
    margin-block: 18px 8px;
    font-size: 0.8125em;
    font-weight: 650;
    color: var(--_text-muted);
  }
  .ask {
    display: grid;
    gap: 8px;
  }
  .ask textarea {
    min-block-size: 62px;
  }
  .ask-row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
  }
  .ask-row .button {
    margin-inline-start: auto;
  }
  .hint {
    display: none;
  }
  .ask:has(input:checked) .hint {
    display: block;
  }
  .notice {
    padding: 8px 12px;
    border-radius: 8px;
    background: var(--_surface-sunken);
    color: var(--_text-muted);
    font-size: 0.875em;
    text-align: center;
  }
  .failure {
    color: var(--_danger);
  }
  @container (min-width: 760px) {
    .layout {
      flex-direction: row;
    }
    .side {
      flex: 0 0 min(340px, 38%);
      border-block-end: 0;
      border-inline-end: 1px solid var(--_border);
      padding-block: 16px;
      overflow: hidden auto;
    }
    .ask textarea {
      min-block-size: 104px;
    }
    .toolbar {
      padding-block-start: 12px;
    }
  }
  @container (max-width: 340px) {
    .side,
    .toolbar,
    .scroller {
      padding-inline: 10px;
    }
    .card {
      gap: 8px;
      padding: 10px;
    }
    .answer .avatar {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .vote[aria-pressed='true'],
    .tab[aria-selected='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
