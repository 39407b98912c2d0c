import { css } from 'lit';

/** A question with its votes, its answer and its actions. */
export const questionStyles = css`
  .card {
    display: flex;
    gap: 12px;
    padding: 12px;
    border: 1px solid var(--_border);
    border-radius: 12px;
    background: var(--lms-qa-panel-card, var(--_surface-raised));
  }
  .card.answering {
    border-color: var(--_accent);
    box-shadow: inset 0 0 0 1px var(--_accent);
  }
  .card.pending,
  .card.declined {
    border-style: dashed;
  }
  .card.archived {
    color: var(--_text-muted);
  }
  .content {
    flex: 1;
    min-inline-size: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
    align-content: start;
  }
  .vote {
    display: grid;
    justify-items: center;
    align-content: center;
    flex: none;
    inline-size: 44px;
    min-block-size: 48px;
    align-self: flex-start;
    padding: 2px 0 4px;
    border: 1px solid var(--_border);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--_text-muted);
    font-weight: 650;
    font-size: 0.875em;
    line-height: 1.1;
    font-variant-numeric: tabular-nums;
    cursor: pointer;
  }
  .vote .icon {
    inline-size: 18px;
    block-size: 18px;
    stroke-width: 2.5;
  }
  .vote:hover:enabled {
    border-color: var(--_accent);
    color: var(--_accent);
  }
  .vote[aria-pressed='true'] {
    background: var(--_accent-soft);
    border-color: var(--_accent);
    color: var(--_accent);
  }
  .vote:disabled {
    border-color: transparent;
    background: none;
    cursor: default;
  }
  .vote:disabled[aria-pressed='true'] {
    background: var(--_accent-soft);
  }
  .badges {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .badge.live {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .text {
    white-space: pre-wrap;
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    column-gap: 8px;
  }
  .only-staff {
    color: var(--_warning);
  }
  .declined-reason {
    color: var(--_danger);
  }
  .answer {
    display: flex;
    gap: 8px;
    margin-block-start: 6px;
    padding: 10px 12px;
    border-radius: 10px;
    background: var(--lms-qa-panel-answer, var(--_success-soft));
  }
  .answer > div {
    min-inline-size: 0;
  }
  .answer .muted {
    margin-inline-start: 4px;
  }
  .answer .avatar {
    inline-size: 24px;
    block-size: 24px;
    font-size: 0.625rem;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-block-start: 6px;
  }
  .more {
    align-self: flex-start;
    margin-block-start: -4px;
    margin-inline: -8px -6px;
  }
  .inline {
    display: grid;
    gap: 2px;
    margin-block-start: 4px;
  }
`;
