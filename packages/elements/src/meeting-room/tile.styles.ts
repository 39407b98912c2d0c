import { css } from 'lit';

/** One picture: where it stands comes in by `--x`, `--y` and its size, set from outside. */
export const tileStyles = css`
  .tile {
    position: absolute;
    inset-block-start: 0;
    left: 0;
    transform: translate(var(--x, 0), var(--y, 0));
    overflow: hidden;
    container: tile / inline-size;
    border-radius: var(--lms-tile-radius, 14px);
    background: var(--lms-tile-background, #20252e);
    color: #fff;
    animation: appear 0.25s;
    transition:
      transform 0.22s ease,
      inline-size 0.22s ease,
      block-size 0.22s ease;
  }
  .tile.no-place {
    visibility: hidden;
  }
  .tile video,
  .preview video {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .tile.screen {
    background: #0a0c10;
  }
  .tile.screen video {
    object-fit: contain;
  }
  .tile.screen.zoomed video {
    object-fit: cover;
  }
  .mirrored {
    transform: scaleX(-1);
  }
  .face {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    align-content: center;
    gap: 12px;
    container-type: size;
  }
  .face .avatar {
    inline-size: clamp(36px, 34cqmin, 112px);
    block-size: clamp(36px, 34cqmin, 112px);
    font-size: clamp(0.8125rem, 12cqmin, 2.375rem);
    color: var(--_text);
  }
  .tile::after {
    content: '';
    position: absolute;
    inset: 0;
    border-radius: inherit;
    box-shadow: inset 0 0 0 1px rgb(255 255 255 / 0.06);
    pointer-events: none;
    transition: box-shadow 0.12s;
  }
  .tile.speaking::after {
    box-shadow: inset 0 0 0 3px #7fd8a4;
  }
  .plate {
    position: absolute;
    inset-block-end: 8px;
    inset-inline-start: 8px;
    display: flex;
    align-items: center;
    gap: 6px;
    max-inline-size: calc(100% - 16px);
    min-block-size: 26px;
    padding: 2px 10px;
    border-radius: 9px;
    background: rgb(12 15 20 / 0.68);
    font-size: 0.8125rem;
    font-weight: 550;
    line-height: 1.4;
  }
  .plate bdi {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .plate .icon {
    inline-size: 14px;
    block-size: 14px;
  }
  .plate span {
    display: inline-flex;
    align-items: center;
    gap: 3px;
    flex: none;
  }
  .plate .quiet {
    color: #ffa69e;
  }
  .plate .role {
    color: #b9ccff;
    font-weight: 600;
  }
  .plate .hand-up {
    padding: 1px 7px;
    border-radius: 7px;
    background: #f2c270;
    color: #33240a;
    font-weight: 700;
    font-variant-numeric: tabular-nums;
  }
  .plate .signal {
    color: #86d9a6;
  }
  .plate .q2 {
    color: #f2c270;
  }
  .plate .q1,
  .plate .q0 {
    color: #ffa69e;
  }
  .tile.small .plate {
    inset-block-end: 5px;
    inset-inline-start: 5px;
    max-inline-size: calc(100% - 10px);
    min-block-size: 22px;
    padding: 1px 7px;
    font-size: 0.75rem;
  }
  .tile.small .q3 {
    display: none;
  }
  /* The name is what matters most: the rest makes room for it. The group says all of it. */
  @container tile (inline-size < 240px) {
    .plate .role {
      display: none;
    }
  }
  @container tile (inline-size < 150px) {
    .plate .q2 {
      display: none;
    }
    .plate .hand-up {
      position: absolute;
      inset-block-end: calc(100% + 3px);
      inset-inline-start: 0;
    }
  }
  @container tile (inline-size < 110px) {
    .plate .signal {
      display: none;
    }
    .plate {
      gap: 3px;
    }
  }
  .veil {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    padding: 12px;
    background: rgb(12 15 20 / 0.62);
    text-align: center;
    font-size: 0.8125rem;
    font-weight: 550;
    animation: appear 0.3s;
  }
  .veil .button {
    color: var(--_text);
  }
  .tile.small .veil span:not(.spinner) {
    display: none;
  }
  .tile:focus {
    outline: none;
  }
  .tile:focus-visible {
    outline: 2px solid #fff;
    outline-offset: -4px;
  }
  .stage.call .tile:not(.corner) .plate {
    inset-block: 8px auto;
  }
  .tools {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: 6px;
    display: flex;
    gap: 4px;
    opacity: 0;
    /* Under a finger the first touch shows them. */
    pointer-events: none;
    transition: opacity 0.15s;
  }
  .tile:hover .tools,
  .tile:focus-within .tools {
    opacity: 1;
    pointer-events: auto;
  }
  .tool {
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    padding: 0;
    border: 0;
    border-radius: 9px;
    background: rgb(12 15 20 / 0.68);
    color: #fff;
    cursor: pointer;
  }
  .tool:hover {
    background: rgb(12 15 20 / 0.9);
  }
  .tool:focus-visible {
    outline-color: #fff;
    outline-offset: -3px;
  }
  .tile.corner {
    z-index: 2;
    box-shadow: 0 6px 24px rgb(0 0 0 / 0.4);
    cursor: grab;
    touch-action: none;
  }
  .tile.corner.dragged {
    transition: none;
    cursor: grabbing;
    transform: translate(calc(var(--x) + var(--dx)), calc(var(--y) + var(--dy)));
  }
  .floating {
    position: absolute;
    inset-block-end: 36px;
    inset-inline-start: 50%;
    font-size: 2.25rem;
    line-height: 1;
    pointer-events: none;
    animation: float 2.6s ease-out forwards;
  }
  @keyframes float {
    from {
      opacity: 0;
      transform: translateY(20px) scale(0.6);
    }
    15% {
      opacity: 1;
    }
    to {
      opacity: 0;
      transform: translateY(-110px);
    }
  }
  .spinner {
    inline-size: 18px;
    block-size: 18px;
    border: 2px solid currentColor;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (pointer: coarse) {
    .tool {
      inline-size: 44px;
      block-size: 44px;
      border-radius: 50%;
    }
    .tile.small .tool {
      inline-size: 36px;
      block-size: 36px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .floating {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .tile {
      border: 1px solid;
    }
    .tile.speaking {
      border: 4px solid Highlight;
    }
  }
`;
