import { css } from 'lit';

/** A row for a person, and the door with those who wait at it. */
export const personStyles = css`
  .section {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-block: 8px 4px;
    padding-inline: 8px;
    font-size: 0.8125em;
    font-weight: 650;
    color: var(--_text-muted);
  }
  .person {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 44px;
    padding: 5px 8px;
    border-radius: 10px;
  }
  .who {
    flex: 1;
    min-inline-size: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 6px;
  }
  .who bdi {
    font-weight: 550;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .lobby {
    padding: 4px 8px 8px;
    margin: 0 8px 6px;
    border-radius: 12px;
    background: var(--lms-people-lobby, var(--_accent-soft));
  }
  .lobby .section {
    min-block-size: 36px;
    margin-block: 0;
    padding-inline-end: 0;
    color: var(--_accent);
  }
  .lobby .badge {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .lobby .person {
    padding-inline-end: 0;
    min-block-size: 40px;
  }
  .lobby .muted {
    color: var(--_text);
  }
  .lobby .admit-all {
    font-size: 1em;
    margin-inline-start: auto;
  }
`;
