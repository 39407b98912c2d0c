import { css } from 'lit';

/** The ground of the class, dark in every theme: faces stand out on it. */
export const stageStyles = css`
  .stage {
    flex: 1 1 auto;
    min-block-size: 0;
    display: flex;
    flex-direction: column;
    position: relative;
    outline: none;
  }
  .tiles {
    flex: 1 1 auto;
    min-block-size: 0;
    position: relative;
    overflow: hidden;
    margin: 8px 8px 0;
    border-radius: 16px;
  }
  .root:has(.stage) {
    background: var(--lms-stage-background, #101318);
  }
  .root:has(.stage) .header {
    border: 0;
    min-block-size: 44px;
    background: transparent;
    color: #e8eaee;
  }
  .root:has(.stage) .header h2 {
    font-size: 0.9375em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .root:has(.stage) .header + [role='status']:not(:empty) {
    margin-inline: 8px;
  }
  .root:has(.stage) .bar {
    border-radius: 10px;
    margin-inline: 8px;
  }
  .present,
  .lock {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 4px 10px;
    border-radius: 99px;
    background: rgb(255 255 255 / 0.1);
    font-size: 0.8125em;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  /* Above the pictures and not over them: what stays must not hide anybody. */
  .notices {
    flex: none;
    display: grid;
    justify-items: center;
    gap: 8px;
    margin-inline: 8px;
  }
  .notices > [role='status'] {
    display: contents;
  }
  .notice {
    display: flex;
    align-items: center;
    gap: 10px;
    max-inline-size: min(100%, 520px);
    padding: 6px 14px;
    border-radius: 12px;
    background: var(--_surface-raised);
    color: var(--_text);
    font-size: 0.875em;
    font-weight: 550;
  }
  .notice.sharing {
    padding-inline-end: 6px;
  }
  .notice.sharing > .icon {
    color: var(--_success);
  }
  .button.notice.tap {
    min-block-size: 44px;
    padding-inline: 20px;
    border-radius: 99px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.9375em;
  }
  .alone {
    position: absolute;
    inset: 0;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 4px;
    padding: 24px;
    border-radius: inherit;
    background: radial-gradient(circle at 50% 40%, #232a36, #171b22 70%);
    color: #e8eaee;
    text-align: center;
  }
  .alone b {
    font-weight: 650;
    font-size: 1.0625em;
  }
  .alone p {
    color: #a9b1be;
    font-size: 0.9375em;
  }
  .pulse {
    position: relative;
    margin-block-end: 18px;
  }
  .pulse .avatar {
    inline-size: 84px;
    block-size: 84px;
    background: #313a49;
    color: #a9b1be;
    font-size: 2rem;
  }
  .pulse::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 2px solid #6f86b8;
    border-radius: 50%;
    animation: pulse 2.4s ease-out infinite;
  }
  @keyframes pulse {
    from {
      opacity: 0.8;
    }
    to {
      opacity: 0;
      transform: scale(1.6);
    }
  }
  .unplaced {
    position: absolute;
    inset-block-start: 0;
    left: 0;
    z-index: 1;
    transform: translate(var(--x, 0), var(--y, 0));
    margin: 5px;
    padding: 1px 8px;
    border-radius: 99px;
    background: #fff;
    color: #14171c;
    font-size: 0.75rem;
    font-weight: 700;
    line-height: 1.5;
    font-variant-numeric: tabular-nums;
    pointer-events: none;
  }
  .toast-place {
    position: absolute;
    inset-inline: 12px;
    inset-block-end: 84px;
    z-index: 4;
    display: grid;
    justify-items: center;
    pointer-events: none;
  }
  .toast {
    padding: 8px 16px;
    border-radius: 12px;
    background: var(--_text);
    color: var(--_surface);
    font-size: 0.875em;
    font-weight: 550;
    box-shadow: 0 4px 20px rgb(0 0 0 / 0.35);
    animation: appear 0.15s;
  }
  .complaint {
    z-index: 5;
    inset-block-end: 84px;
  }
  .figures {
    font-variant-numeric: tabular-nums;
  }
  .reactions {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 5px;
    border: 1px solid var(--_border);
    border-radius: 99px;
    background: var(--_surface-raised);
    box-shadow: 0 8px 28px rgb(0 0 0 / 0.3);
    font: 400 1rem / 1 var(--_font);
    white-space: nowrap;
  }
  .reactions button {
    inline-size: 44px;
    block-size: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    font-size: 1.375rem;
    line-height: 1;
    cursor: pointer;
    transition: transform 0.12s;
  }
  .reactions button:hover,
  .reactions button:focus-visible {
    background: var(--_surface-sunken);
    transform: scale(1.12);
  }
  @media (max-block-size: 420px) {
    .root:has(.stage) .header {
      position: absolute;
      z-index: 2;
      inset-inline-end: 8px;
      padding: 0;
    }
    .root:has(.stage) .header h2 {
      display: none;
    }
  }
`;
