import { css } from 'lit';

/** Fields, badges, avatars and links. */
export const controlStyles = css`
  .field {
    inline-size: 100%;
    min-inline-size: 0;
    padding: 8px 12px;
    border: 1px solid var(--_border-strong);
    border-radius: 10px;
    background: var(--_surface);
    line-height: 1.4;
  }
  .field::placeholder {
    color: var(--_text-muted);
    opacity: 1;
  }
  .field:focus-visible {
    outline-offset: -1px;
  }
  textarea.field {
    display: block;
    resize: none;
    field-sizing: content;
    min-block-size: 40px;
    max-block-size: 9.5em;
    scrollbar-width: thin;
  }
  .check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
    cursor: pointer;
  }
  .check input {
    inline-size: 18px;
    block-size: 18px;
    margin: 0;
    flex: none;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 0 7px;
    border-radius: 99px;
    background: color-mix(in srgb, var(--_text) 8%, transparent);
    color: var(--_text-muted);
    font-size: 0.75em;
    font-weight: 600;
    line-height: 1.6;
  }
  .badge.staff {
    background: var(--_accent-soft);
    color: var(--_accent);
  }
  .badge.good {
    background: var(--_success-soft);
    color: var(--_success);
  }
  .badge.warn {
    background: var(--_warning-soft);
    color: var(--_warning);
  }
  .avatar {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 32px;
    block-size: 32px;
    flex: none;
    overflow: hidden;
    border-radius: 50%;
    font-size: 0.75rem;
    font-weight: 650;
    letter-spacing: 0.02em;
    user-select: none;
  }
  .avatar img {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .hue-0 {
    background: var(--_hue-0);
  }
  .hue-1 {
    background: var(--_hue-1);
  }
  .hue-2 {
    background: var(--_hue-2);
  }
  .hue-3 {
    background: var(--_hue-3);
  }
  .hue-4 {
    background: var(--_hue-4);
  }
  .hue-5 {
    background: var(--_hue-5);
  }
  .link {
    color: var(--lms-link-color, var(--_accent));
    text-decoration: underline;
    text-underline-offset: 2px;
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    .check,
    .field {
      min-block-size: 40px;
    }
  }
  @media (forced-colors: active) {
    .badge,
    .avatar {
      border: 1px solid;
    }
  }
`;
