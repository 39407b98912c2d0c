import { css } from 'lit';

/** A message with its author, its ground and its tools. */
export const messageStyles = css`
  .day {
    display: flex;
    align-items: center;
    gap: 12px;
    margin-block: 14px 10px;
    font-size: 0.75em;
    font-weight: 600;
    color: var(--_text-muted);
  }
  .day::before,
  .day::after {
    content: '';
    flex: 1;
    block-size: 1px;
    background: var(--_border);
  }
  .row {
    position: relative;
    display: flex;
    gap: 8px;
    padding-block: 1px;
    padding-inline-start: 40px;
    border-radius: 12px;
  }
  .row.first {
    margin-block-start: 10px;
  }
  .row.own {
    padding-inline-start: 0;
    justify-content: flex-end;
  }
  .row > .avatar {
    position: absolute;
    inset-block-start: 2px;
    inset-inline-start: 0;
  }
  .row:focus-visible {
    outline-offset: 3px;
  }
  .body {
    min-inline-size: 0;
    max-inline-size: min(100%, 40rem);
    flex: 1 1 auto;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    column-gap: 6px;
    margin-block-end: 2px;
    font-size: 0.8125em;
  }
  .own .meta {
    justify-content: flex-end;
  }
  .name {
    font-weight: 650;
  }
  .meta time {
    font-size: 0.9em;
    white-space: nowrap;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  .own .line {
    flex-direction: row-reverse;
  }
  .bubble {
    min-inline-size: 0;
    padding: 7px 12px;
    border: 1px solid transparent;
    border-radius: 14px;
    border-start-start-radius: 4px;
    background: var(--lms-chat-bubble-other, var(--_surface-sunken));
    color: var(--lms-chat-bubble-other-text, var(--_text));
  }
  .own .bubble {
    border-start-start-radius: 14px;
    border-start-end-radius: 4px;
    background: var(--lms-chat-bubble-own, var(--_accent-soft));
    color: var(--lms-chat-bubble-own-text, var(--_text));
  }
  .private .bubble {
    border: 1px dashed var(--_border-strong);
  }
  .bubble.gone {
    background: none;
    border-color: var(--_border);
    color: var(--_text-muted);
    font-style: italic;
  }
  .bubble.pending .text {
    opacity: 0.72;
  }
  .text {
    white-space: pre-wrap;
  }
  .mark {
    display: flex;
    align-items: center;
    gap: 5px;
    margin-block-end: 2px;
    font-size: 0.75em;
    font-weight: 600;
    color: var(--_text-muted);
  }
  .foot {
    display: flex;
    justify-content: flex-end;
    align-items: center;
    gap: 5px;
    font-size: 0.75em;
    line-height: 1.2;
    color: var(--_text-muted);
  }
  .foot .icon,
  .failure .icon {
    vertical-align: -0.2em;
  }
  .quote {
    display: block;
    inline-size: 100%;
    margin-block: 2px 5px;
    padding: 3px 8px;
    border: 0;
    border-inline-start: 3px solid var(--_accent);
    border-radius: 6px;
    border-start-start-radius: 2px;
    border-end-start-radius: 2px;
    background: color-mix(in srgb, var(--_text) 6%, transparent);
    font-size: 0.8125em;
    text-align: start;
    cursor: pointer;
  }
  .quote > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .tools {
    display: flex;
    flex: none;
    opacity: 0;
  }
  .row:hover .tools,
  .row:focus-within .tools,
  .tools:has([aria-expanded='true']) {
    opacity: 1;
  }
  @media (hover: none) {
    .tools {
      opacity: 1;
    }
    .tools [data-do='reply'] {
      display: none;
    }
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    align-items: center;
    gap: 4px;
    margin-block-start: 4px;
    font-size: 0.8125em;
    color: var(--_danger);
  }
  .failed .bubble {
    border-color: var(--_danger);
  }
  .found .bubble {
    animation: found 1.6s;
  }
  @keyframes found {
    0%,
    60% {
      outline: 2px solid var(--_accent);
      outline-offset: 2px;
    }
  }
`;
