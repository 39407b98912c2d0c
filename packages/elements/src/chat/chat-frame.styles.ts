import { css } from 'lit';

/** The size of a chat, which is there before its content. */
export const chatFrameStyles = css`
  :host {
    block-size: 32rem;
    min-block-size: 14rem;
    max-inline-size: 100%;
  }
`;
