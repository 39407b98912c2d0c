import { css } from 'lit';

/** Who waits at the door, in the list of people and over the stage. */
export const doorkeeperStyles = css`
  .lobby {
    background: var(--lms-people-lobby, var(--_accent-soft));
    color: var(--_text);
    overflow-wrap: anywhere;
  }
  .lobby.list {
    padding: 4px 8px 8px;
    margin: 0 8px 6px;
    border-radius: 12px;
  }
  .lobby.banner {
    inline-size: min(100%, 440px);
    max-block-size: 45vh;
    overflow: auto;
    padding: 6px 12px;
    border-radius: 14px;
    background: var(--_surface-raised);
    animation: appear 0.2s;
  }
  .lobby-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    min-block-size: 40px;
  }
  .lobby-head h3 {
    display: flex;
    align-items: center;
    gap: 6px;
    font-size: 0.8125em;
    font-weight: 650;
  }
  .lobby.list .lobby-head h3 {
    padding-inline-start: 8px;
    color: var(--_accent);
  }
  .lobby-head .badge {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .lobby-head .tools-end {
    display: flex;
    gap: 4px;
    margin-inline-start: auto;
    padding: 0;
  }
  .lobby .person {
    flex-wrap: wrap;
    gap: 2px 8px;
    padding-inline-end: 0;
    min-block-size: 40px;
  }
  .lobby.banner .person {
    padding-inline-start: 0;
  }
  .lobby .person:hover {
    background: none;
  }
  .lobby .person > .who {
    flex: 1 1 120px;
  }
  .lobby .answers {
    display: flex;
    flex: none;
    gap: 2px;
  }
  .lobby .note {
    flex-basis: 100%;
    padding-inline-start: 2px;
    font-size: 0.875em;
    white-space: pre-line;
  }
  /* Marks in a note that turn the direction end with it; the text of a <bdi> would not count for dir=auto. */
  .lobby .note span {
    unicode-bidi: isolate;
  }
  .lobby .note::before {
    content: '“';
  }
  .lobby .note::after {
    content: '”';
  }
  .lobby .muted {
    color: var(--_text);
  }
  .lobby summary {
    padding: 6px 8px;
    font-size: 0.8125em;
    font-weight: 600;
    cursor: pointer;
  }
  @container (inline-size < 320px) {
    .lobby li .avatar {
      display: none;
    }
  }
`;
