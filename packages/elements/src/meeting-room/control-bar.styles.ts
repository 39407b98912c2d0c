import { css } from 'lit';

/** The controls of the class, and those on one's own picture before it. */
export const controlBarStyles = css`
  .controls {
    flex: none;
    display: flex;
    justify-content: center;
    gap: 8px;
    padding: 10px;
  }
  .control {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 44px;
    block-size: 44px;
    flex: none;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 14px;
    background: var(--_surface-raised);
    color: var(--_text);
    font-size: 1.0625rem;
    cursor: pointer;
    transition:
      background-color 0.12s,
      color 0.12s;
  }
  .control:hover {
    background: var(--_surface-sunken);
  }
  .control:focus-visible {
    outline: 2px solid #fff;
    outline-offset: 2px;
    box-shadow: 0 0 0 2px #101318;
  }
  .control.microphone[aria-pressed='false'],
  .control.camera[aria-pressed='false'] {
    background: var(--_danger-soft);
    color: var(--_danger);
  }
  .control.share[aria-pressed='true'],
  .control.fullscreen[aria-pressed='true'] {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .control.hand[aria-pressed='true'] {
    background: #f2c270;
    color: #33240a;
  }
  .control[aria-disabled='true'],
  .control:disabled {
    color: var(--_text-muted);
    background: color-mix(in srgb, var(--_surface-raised) 60%, #7a818d);
    cursor: not-allowed;
  }
  .control.problem::after {
    content: '!';
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -4px;
    inline-size: 17px;
    block-size: 17px;
    border-radius: 50%;
    background: #f2c270;
    color: #33240a;
    font: 700 0.75rem/17px var(--_font);
    text-align: center;
  }
  .control .count {
    position: absolute;
    inset-block-start: -5px;
    inset-inline-end: -5px;
    min-inline-size: 18px;
    padding-inline: 4px;
    border-radius: 9px;
    background: #33240a;
    color: #f2c270;
    font: 700 0.6875rem/18px var(--_font);
    font-variant-numeric: tabular-nums;
    text-align: center;
  }
  .control.hand {
    margin-inline-start: 8px;
  }
  .control.layout {
    margin-inline-start: 8px;
  }
  .control.hang-up {
    inline-size: 56px;
    margin-inline-start: 8px;
    background: #c9352b;
    color: #fff;
  }
  .control.hang-up:hover {
    background: #b02a21;
  }
  .control.hang-up .icon {
    transform: rotate(135deg);
  }
  .stage.call .tiles {
    margin-block-end: 8px;
  }
  .stage.call .controls {
    position: absolute;
    inset-block-end: 20px;
    inset-inline: 0;
    margin-inline: auto;
    inline-size: fit-content;
    padding: 8px;
    border-radius: 22px;
    background: rgb(12 15 20 / 0.55);
    transition:
      opacity 0.25s,
      transform 0.25s;
    z-index: 3;
  }
  .stage.call.at-rest .controls:not(:hover, :has(:focus-visible)) {
    opacity: 0;
    transform: translateY(12px);
    pointer-events: none;
  }
  .stage.call.at-rest {
    cursor: none;
  }
  @container (inline-size < 400px) {
    .controls {
      gap: 6px;
      padding: 8px 6px;
    }
    .stage.call .controls {
      padding: 6px;
    }
    .control.hand,
    .control.layout,
    .control.hang-up {
      margin-inline-start: 0;
    }
    .control.hang-up {
      inline-size: 48px;
    }
  }
  @media (forced-colors: active) {
    .control {
      border-color: ButtonText;
    }
    .control[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
