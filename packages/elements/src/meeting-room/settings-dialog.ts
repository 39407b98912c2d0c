import type { Call, CallQuality } from '@lms-live/client/media';
import { html, render } from 'lit';
import { dialogStyles } from '../internal/dialog.styles.js';
import { adopt } from '../internal/overlay.js';
import { renderDeviceFields } from './device-fields.js';
import type { MeetingHost } from './meeting-host.js';

const QUALITIES = { auto: 'qualityAuto', low: 'qualityLow', audio: 'qualityAudio' } as const satisfies Record<
  CallQuality,
  string
>;

/** Which devices, and how much is sent: what is chosen counts at once, and the dialog follows what is plugged in meanwhile. */
export function openSettings(host: MeetingHost, call: Call): void {
  const root = host.shadowRoot;
  const frame = root?.querySelector('.root');
  if (!root || !frame) return;
  adopt(root, [dialogStyles]);
  const { localize } = host;
  const dialog = document.createElement('dialog');
  dialog.className = 'settings';
  dialog.setAttribute('aria-labelledby', 'settings-title');
  dialog.setAttribute('part', 'dialog');
  const show = (): void => {
    const state = call.getState();
    render(
      html`<form method="dialog">
        <h3 id="settings-title">${localize.term('settings')}</h3>
        ${renderDeviceFields(localize, call, state)}
        <div class="meter" data-meter role="img" aria-label=${localize.term('loudness')}><i></i></div>
        <fieldset>
          <legend>${localize.term('quality')}</legend>
          ${(Object.keys(QUALITIES) as CallQuality[]).map(
            (quality) =>
              html`<label class="check"
                ><input
                  type="radio"
                  name="quality"
                  .checked=${state.quality === quality}
                  @change=${() => call.setQuality(quality)}
                />${localize.term(QUALITIES[quality])}</label
              >`,
          )}
        </fieldset>
        <div class="buttons">
          <button class="button primary">${localize.term('settingsDone')}</button>
        </div>
      </form>`,
      dialog,
    );
  };
  show();
  frame.append(dialog);
  dialog.showModal();
  const closing = new AbortController();
  const stop = call.subscribe(show);
  const close = (): void => {
    if (closing.signal.aborted) return;
    closing.abort();
    stop();
    dialog.remove();
  };
  const listening = { signal: closing.signal };
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation(), listening);
  dialog.addEventListener('close', close, listening);
  host.stay.addEventListener('abort', close, listening);
}
