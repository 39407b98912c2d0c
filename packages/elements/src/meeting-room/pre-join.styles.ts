import { css } from 'lit';

/** Before the class: oneself on one side, what there is to choose on the other. */
export const preJoinStyles = css`
  .pre-join {
    flex: 1 1 auto;
    display: grid;
    align-content: safe center;
    gap: 20px;
    padding: 16px;
    overflow: auto;
  }
  .look {
    display: grid;
    gap: 10px;
    min-inline-size: 0;
  }
  .preview {
    position: relative;
    overflow: hidden;
    aspect-ratio: 16 / 10;
    inline-size: 100%;
    max-block-size: 46vh;
    margin-inline: auto;
    border-radius: 18px;
    background: radial-gradient(circle at 50% 35%, #2a313e, #171b22 75%);
    color: #dfe3ea;
    box-shadow: 0 8px 32px rgb(10 14 22 / 0.16);
  }
  .preview .face .avatar:not([class*='hue']) {
    background: #313a49;
    color: #b9c0cc;
  }
  .preview .face span:not(.avatar) {
    font-size: 0.875rem;
    color: #b9c0cc;
  }
  .preview .face {
    padding-block-end: 48px;
  }
  .preview-controls {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    display: flex;
    justify-content: center;
    gap: 10px;
  }
  .preview-controls .control {
    inline-size: 48px;
    block-size: 48px;
    border-radius: 50%;
    background: rgb(255 255 255 / 0.94);
    color: #1b1f27;
  }
  .preview-controls .control[aria-pressed='false'] {
    background: #c9352b;
    color: #fff;
  }
  .preview-controls .control:disabled {
    background: rgb(60 66 77 / 0.9);
    color: #b9c0cc;
  }
  .meter {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--_text-muted);
    font-size: 0.875em;
  }
  .meter i {
    position: relative;
    flex: 1;
    block-size: 6px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--_surface-sunken);
  }
  .meter i::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: inherit;
    background: var(--_success);
    transform: scaleX(min(1, calc(var(--level, 0) * 2.5)));
    transform-origin: left;
    transition: transform 0.1s linear;
  }
  [dir='rtl'] .meter i::after {
    transform-origin: right;
  }
  .side {
    display: grid;
    gap: 14px;
    align-content: center;
    min-inline-size: 0;
  }
  .ready {
    margin-block-end: 4px;
    font-size: 1.375em;
    font-weight: 680;
    line-height: 1.25;
    letter-spacing: -0.01em;
    text-wrap: balance;
  }
  .who-is-here {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  .faces {
    display: flex;
    flex: none;
  }
  .faces .avatar {
    box-shadow: 0 0 0 2px var(--_surface);
  }
  .faces .avatar + .avatar {
    margin-inline-start: -5px;
  }
  .devices {
    display: grid;
    gap: 8px;
  }
  .device {
    position: relative;
    display: block;
  }
  .device > .icon {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 12px;
    margin-block: auto;
    color: var(--_text-muted);
    pointer-events: none;
  }
  .device > .icon:last-child {
    inset-inline: auto 12px;
  }
  .device .field {
    appearance: none;
    min-block-size: 44px;
    padding-inline: 38px 36px;
    border-color: var(--_border);
    background: var(--_surface-raised);
    text-overflow: ellipsis;
    cursor: pointer;
  }
  .device .field:hover {
    border-color: var(--_border-strong);
  }
  /* However little there is to see at once, the way in is. */
  .enter-place {
    position: sticky;
    inset-block-end: -16px;
    z-index: 1;
    display: grid;
    gap: 6px;
    margin-block: -6px -16px;
    padding-block: 6px 16px;
    background: var(--_surface);
    text-align: center;
  }
  .enter {
    min-block-size: 48px;
    border-radius: 14px;
    font-size: 1.0625em;
    font-weight: 620;
  }
  .problem:not(.control) {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 4px 10px;
    padding: 10px 12px;
    border-radius: 12px;
    background: var(--_warning-soft);
    font-size: 0.875em;
  }
  .problem + .problem {
    margin-block-start: 8px;
  }
  .problem > .icon {
    margin-block-start: 2px;
    color: var(--_warning);
  }
  .problem > div {
    flex: 1 1 180px;
  }
  .problem b {
    font-weight: 650;
  }
  .side > .gate {
    padding: 8px 0;
    place-content: start;
    justify-items: start;
    text-align: start;
    overflow: visible;
  }
  fieldset {
    display: grid;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    margin-block-end: 4px;
    font-weight: 550;
  }
  dialog.settings .check {
    display: flex;
    font-weight: 400;
    min-block-size: 40px;
  }
  dialog.settings .device {
    font-weight: 400;
  }
  @container (inline-size >= 680px) {
    .enter-place {
      inset-block-end: -24px;
    }
    .preview {
      max-block-size: 62vh;
    }
    .pre-join {
      grid-template-columns: minmax(0, 1.25fr) minmax(280px, 1fr);
      align-items: center;
      gap: 36px;
      padding: 24px 36px;
      max-inline-size: 1080px;
      inline-size: 100%;
      margin-inline: auto;
    }
  }
`;
