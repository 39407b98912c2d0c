import { css } from 'lit';

/** A row for a person. */
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
`;
