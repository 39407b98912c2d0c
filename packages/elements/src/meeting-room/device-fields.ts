import type { Call, CallState, DeviceChoice } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import ChevronDown from 'lucide/dist/esm/icons/chevron-down.mjs';
import Camera from 'lucide/dist/esm/icons/video.mjs';
import Mic from 'lucide/dist/esm/icons/mic.mjs';
import Volume2 from 'lucide/dist/esm/icons/volume-2.mjs';
import { icon, type IconNode } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';

interface Field {
  readonly label: string;
  readonly drawing: IconNode;
  readonly choices: readonly DeviceChoice[];
  readonly chosen: string | null;
  readonly choose: (deviceId: string) => void;
}

/** Which microphone, camera and speaker: what the browser tells of, which without a permission is nothing. */
export function renderDeviceFields(localize: Localize, call: Call, state: CallState): TemplateResult {
  const { microphone, camera, speakerId, choices } = state;
  const fields: readonly Field[] = [
    {
      label: localize.term('microphone'),
      drawing: Mic,
      choices: choices.microphones,
      chosen: microphone.deviceId,
      choose: (deviceId) => void call.chooseMicrophone(deviceId),
    },
    {
      label: localize.term('camera'),
      drawing: Camera,
      choices: choices.cameras,
      chosen: camera.deviceId,
      choose: (deviceId) => void call.chooseCamera(deviceId),
    },
    {
      label: localize.term('speaker'),
      drawing: Volume2,
      choices: choices.speakers,
      chosen: speakerId,
      choose: (deviceId) => call.chooseSpeaker(deviceId),
    },
  ];
  return html`<div class="devices" part="devices">${fields.map((field) => renderField(localize, field))}</div>`;
}

function renderField(localize: Localize, field: Field): TemplateResult | typeof nothing {
  const { label, drawing, choices, chosen, choose } = field;
  const named = choices.filter(({ deviceId }) => deviceId !== '');
  if (named.length === 0) return nothing;
  return html`<label class="device"
    ><span class="visually-hidden">${label}</span>${icon(drawing)}
    <select
      class="field"
      title=${label}
      @change=${(event: Event) => choose((event.currentTarget as HTMLSelectElement).value)}
    >
      ${named.map(
        ({ deviceId, label: shown }, index) =>
          html`<option value=${deviceId} .selected=${chosen === null ? index === 0 : deviceId === chosen}>
            ${shown || (deviceId === 'default' ? localize.term('systemDevice') : `${label} ${index + 1}`)}
          </option>`,
      )}</select
    >${icon(ChevronDown)}</label
  >`;
}
