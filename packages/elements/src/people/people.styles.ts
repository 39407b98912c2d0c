import { css } from 'lit';

export const peopleStyles = css`
  .count {
    color: var(--_text-muted);
    font-weight: 500;
  }
  .content {
    display: flex;
    flex-direction: column;
    flex: 1 1 auto;
    min-block-size: 0;
  }
  .tools {
    display: grid;
    gap: 8px;
    padding: 10px 16px;
    flex: none;
  }
  .search {
    position: relative;
  }
  .search .icon {
    position: absolute;
    inset-inline-start: 12px;
    inset-block: 0;
    margin-block: auto;
    color: var(--_text-muted);
    pointer-events: none;
  }
  .search .field {
    padding-inline-start: 36px;
  }
  .scroller {
    padding: 10px 8px;
    display: flex;
    flex-direction: column;
  }
  .person:hover {
    background: var(--_surface-sunken);
  }
  .person .avatar {
    overflow: visible;
  }
  .media {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    flex: none;
    color: var(--_text-muted);
  }
  .mark {
    display: inline-flex;
  }
  .mark.off {
    opacity: 0.75;
  }
  .mark.sharing {
    color: var(--_accent);
  }
  .mark.blocked {
    color: var(--_danger);
  }
  .person.away .avatar {
    opacity: 0.5;
  }
  .hands {
    padding: 4px 8px 8px;
    margin: 0 8px 6px;
    border-radius: 12px;
    background: var(--lms-people-hands, var(--_warning-soft));
  }
  .hands .section {
    color: var(--_warning);
    margin-block: 4px 2px;
  }
  .hands .person:hover {
    background: none;
  }
  .hands .person {
    counter-increment: hand;
    min-block-size: 40px;
    padding-block: 2px;
  }
  .hands ol {
    counter-reset: hand;
  }
  .hands .person::before {
    content: counter(hand);
    inline-size: 1.4em;
    text-align: center;
    font-weight: 650;
    font-size: 0.8125em;
    color: var(--_warning);
  }
  .hand[aria-pressed='true'] {
    background: var(--_warning-soft);
    border-color: var(--_warning);
    color: var(--_warning);
  }
  :is(.banned, .missing) > .section {
    inline-size: fit-content;
    cursor: pointer;
  }
  :is(.banned, .missing) > .section::before {
    content: '▸';
  }
  :is(.banned, .missing)[open] > .section::before {
    content: '▾';
  }
  .many {
    padding: 16px;
    text-align: center;
  }
`;
