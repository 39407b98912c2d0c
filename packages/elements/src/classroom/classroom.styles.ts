import { css } from 'lit';

export const classroomStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    block-size: 44rem;
    min-block-size: 20rem;
    max-inline-size: 100%;
    --_rail: 80px;
  }
  .root {
    flex: 1;
    block-size: auto;
    background: var(--lms-classroom-background, var(--_surface-sunken));
  }
  .main {
    position: relative;
    display: grid;
    flex: 1;
    min-block-size: 0;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  }
  .stage {
    display: grid;
    min-inline-size: 0;
    min-block-size: 0;
  }
  .stage > *,
  .place > * {
    block-size: 100%;
    min-block-size: 0;
    min-inline-size: 0;
    --lms-radius: 0;
  }
  .stage > ::part(base),
  .place > ::part(base) {
    border: 0;
    border-radius: 0;
  }
  /* The stage says it, once. */
  .place > ::part(bar) {
    display: none;
  }
  /* Who waits is listed in the panel already. */
  .main.people .stage > ::part(lobby) {
    display: none;
  }
  .panel {
    position: relative;
    display: flex;
    min-inline-size: 0;
    min-block-size: 0;
    background: var(--_surface);
    border-inline-start: 1px solid var(--_border);
  }
  .place {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 0;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    outline-offset: -2px;
  }
  .own {
    overflow: auto;
  }

  /* The tabs, always there: beside the panel, or below. */
  .rail {
    position: relative;
    z-index: 3;
    display: flex;
    flex-direction: column;
    justify-content: space-between;
    gap: 8px;
    padding: 8px 6px;
    background: var(--_surface);
    border-inline-start: 1px solid var(--_border);
  }
  .tabs,
  .tools {
    display: flex;
    flex-direction: column;
    align-items: stretch;
    gap: 4px;
  }
  .tools {
    align-items: center;
  }
  .tab {
    position: relative;
    display: grid;
    justify-items: center;
    gap: 2px;
    min-block-size: 54px;
    align-content: center;
    padding: 4px 2px;
    border: 0;
    border-radius: 12px;
    background: none;
    color: var(--_text-muted);
    font-size: 0.6875rem;
    font-weight: 600;
    line-height: 1.2;
    cursor: pointer;
    transition: background-color 0.12s;
  }
  .tab > .name {
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    line-height: 1.5;
  }
  .tab .icon {
    inline-size: 22px;
    block-size: 22px;
    stroke-width: 1.9;
  }
  .tab:hover {
    background: var(--_surface-sunken);
  }
  .tab[aria-selected='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
  }
  .tab .count {
    position: absolute;
    inset-block-start: 3px;
    inset-inline-start: calc(50% + 4px);
    min-inline-size: 18px;
    padding-inline: 5px;
    border-radius: 99px;
    background: var(--lms-classroom-count-background, var(--_danger));
    color: var(--_surface);
    font-size: 0.6875rem;
    font-weight: 700;
    line-height: 18px;
    font-variant-numeric: tabular-nums;
    box-shadow: 0 0 0 2px var(--_surface);
  }
  [dir='rtl'] .tools .icon {
    transform: scaleX(-1);
  }

  /* Beside the stage, as wide as one likes. */
  .main:is(.wide, .short).in {
    grid-template-columns: minmax(0, 1fr) auto var(--_rail);
  }
  .rail {
    grid-column: -2 / -1;
    grid-row: -2 / -1;
  }
  .wide .panel {
    inline-size: var(--_panel-width);
  }
  .handle {
    position: absolute;
    z-index: 1;
    touch-action: none;
    outline-offset: -2px;
  }
  .wide .handle {
    inset-block: 0;
    inset-inline-start: -5px;
    inline-size: 9px;
    cursor: col-resize;
  }
  .wide .handle::after {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 4px;
    inline-size: 2px;
    background: transparent;
    transition: background-color 0.12s;
  }
  .wide .handle:is(:hover, :focus-visible, :active)::after {
    background: var(--_accent);
  }

  /* On a phone that lies on its side. */
  .main.short {
    --_rail: 52px;
  }
  .short .panel {
    inline-size: min(320px, 46cqi);
  }
  .short .tab {
    min-block-size: 44px;
  }
  .short .tab > .name,
  .short .tools {
    display: none;
  }

  /* Over the end of the stage. */
  .main.medium.in {
    grid-template-columns: minmax(0, 1fr) var(--_rail);
  }
  .medium .panel {
    position: absolute;
    z-index: 2;
    /* The controls of the stage stay free. */
    inset-block: 8px 72px;
    inset-inline-end: calc(var(--_rail) + 8px);
    inline-size: min(360px, 100cqi - var(--_rail) - 120px);
    border: 1px solid var(--_border);
    border-radius: 14px;
    overflow: hidden;
    box-shadow: 0 6px 32px rgb(0 0 0 / 0.36);
    animation: slide-in 0.16s ease-out;
  }
  .medium .handle,
  .short .handle {
    display: none;
  }

  /* A sheet below the stage, which stays in sight. */
  .main.narrow.in {
    grid-template: minmax(0, 1fr) auto auto / minmax(0, 1fr);
  }
  .narrow .panel {
    flex-direction: column;
    border: 0;
    border-start-start-radius: 16px;
    border-start-end-radius: 16px;
    box-shadow: 0 -2px 16px rgb(0 0 0 / 0.16);
    overflow: hidden;
  }
  .narrow .panel {
    block-size: var(--_panel-height);
  }
  .narrow .handle {
    position: static;
    flex: none;
    block-size: 22px;
    display: grid;
    place-items: center;
    cursor: row-resize;
  }
  .narrow .handle::after {
    content: '';
    inline-size: 40px;
    block-size: 4px;
    border-radius: 99px;
    background: var(--_border-strong);
  }
  .narrow .rail {
    padding: 4px 8px;
    border: 0;
    border-block-start: 1px solid var(--_border);
  }
  .narrow .tabs {
    flex-direction: row;
  }
  .narrow .tab {
    flex: 1;
    min-block-size: 48px;
    min-inline-size: 0;
  }
  .narrow .tools {
    display: none;
  }
  @media (pointer: coarse) {
    .help {
      display: none;
    }
  }
  @keyframes slide-in {
    from {
      opacity: 0;
      transform: translateX(24px);
    }
  }
  [dir='rtl'] .medium .panel {
    animation-name: slide-in-rtl;
  }
  @keyframes slide-in-rtl {
    from {
      opacity: 0;
      transform: translateX(-24px);
    }
  }
  @media (forced-colors: active) {
    .tab[aria-selected='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
    .tab .count {
      border: 1px solid;
    }
    .handle::after {
      background: CanvasText !important;
    }
  }
`;
