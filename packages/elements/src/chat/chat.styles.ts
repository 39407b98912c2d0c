import { css } from 'lit';

export const chatStyles = css`
  .stage {
    position: relative;
    display: flex;
    flex: 1 1 auto;
    min-block-size: 0;
  }
  .scroller {
    padding: 12px 16px 10px;
    overflow-anchor: none;
    display: flex;
    flex-direction: column;
    outline-offset: -2px;
  }
  .lines {
    margin-block-start: auto;
  }
  .older {
    padding: 6px;
    text-align: center;
    font-size: 0.8125em;
    color: var(--_text-muted);
  }
  .jump {
    position: absolute;
    inset-block-end: 10px;
    inset-inline: 0;
    margin-inline: auto;
    inline-size: fit-content;
    min-block-size: 34px;
    border-radius: 99px;
    box-shadow: 0 2px 10px rgb(0 0 0 / 0.18);
    font-size: 0.8125em;
  }
  .pins {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-inline: 16px 8px;
    border-block-end: 1px solid var(--_border);
    flex: none;
    font-size: 0.875em;
  }
  .pins > .icon {
    color: var(--_accent);
  }
  .pins > .pin-text {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 38px;
    padding: 4px 0;
    border: 0;
    background: none;
    text-align: start;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .waits {
    margin: 0;
    padding: 2px 16px;
    text-align: end;
  }
  .typing {
    flex: none;
    min-block-size: 18px;
    padding-inline: 16px;
    font-size: 0.75em;
    color: var(--_text-muted);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .composer {
    flex: none;
    display: grid;
    gap: 6px;
    padding: 8px 12px 12px;
    border-block-start: 1px solid var(--_border);
  }
  .write {
    display: flex;
    align-items: flex-end;
    gap: 6px;
  }
  .write > .button.icon-only {
    inline-size: 40px;
    min-block-size: 40px;
  }
  .write .send {
    color: var(--lms-button-color, var(--_on-accent));
    background: var(--lms-button-background, var(--_accent));
  }
  [dir='rtl'] .send .icon,
  [dir='rtl'] [data-do='reply'] .icon {
    transform: scaleX(-1);
  }
  .write.private .field {
    border-style: dashed;
    background: var(--_surface-sunken);
  }
  .notice {
    padding: 6px 10px;
    border-radius: 8px;
    background: var(--_surface-sunken);
    color: var(--_text-muted);
    font-size: 0.8125em;
    text-align: center;
  }
  .counter {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .draft {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--_accent);
    font-size: 0.8125em;
  }
  .draft > div {
    flex: 1;
    min-inline-size: 0;
  }
  .draft .icon {
    vertical-align: -0.2em;
  }
  .draft span {
    display: block;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  @container (max-width: 340px) {
    .scroller {
      padding-inline: 10px;
    }
    .row.other {
      padding-inline-start: 0;
    }
    .row > .avatar {
      display: none;
    }
    .composer {
      padding: 8px;
    }
  }
  @media (forced-colors: active) {
    .bubble {
      border-color: CanvasText;
    }
  }
`;
