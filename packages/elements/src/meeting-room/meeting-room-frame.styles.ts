import { css } from 'lit';

/** The size of a stage, which is there before its content. */
export const meetingRoomFrameStyles = css`
  :host {
    block-size: 36rem;
    min-block-size: 18rem;
    max-inline-size: 100%;
  }
`;
