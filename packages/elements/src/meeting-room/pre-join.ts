import { selectPeople, type RoomState } from '@lms-live/client';
import type { Call, CallState } from '@lms-live/client/media';
import { html, nothing, type TemplateResult } from 'lit';
import MicOff from 'lucide/dist/esm/icons/mic-off.mjs';
import Mic from 'lucide/dist/esm/icons/mic.mjs';
import UserRound from 'lucide/dist/esm/icons/user-round.mjs';
import VideoOff from 'lucide/dist/esm/icons/video-off.mjs';
import Video from 'lucide/dist/esm/icons/video.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { icon } from '../internal/icons.js';
import { renderDeviceFields } from './device-fields.js';
import { renderProblem } from './device-help.js';
import { whyNot } from './may-not.js';
import type { MeetingHost } from './meeting-host.js';
import { playing } from './playing.js';

/** Faces shown of those who are in the class already; the others are a number. */
const MAX_FACES = 5;

export interface PreJoinCase {
  readonly host: MeetingHost;
  readonly state: RoomState;
  readonly call: Call;
  readonly callState: CallState;
  /** Why this person waits, or nothing; stands in place of the button. */
  readonly gate: TemplateResult;
  readonly isWaiting: boolean;
  readonly join: () => void;
}

/** Before the class: oneself, as the others will see and hear one. */
export function renderPreJoin(given: PreJoinCase): TemplateResult {
  const { host, state, call, callState, gate, isWaiting } = given;
  const { localize } = host;
  return html`<div class="pre-join scroller" part="pre-join">
    <div class="look">${renderPreview(given)}</div>
    <div class="side">
      ${
        isWaiting
          ? nothing
          : html`<div>
              <h3 class="ready">${localize.term('ready')}</h3>
              ${renderWho(host, state)}
            </div>`
      }
      ${gate} ${renderProblems(given)} ${renderDeviceFields(localize, call, callState)}
      ${isWaiting ? html`<p class="muted small">${localize.term('enterByItself')}</p>` : renderEnter(given)}
    </div>
  </div>`;
}

function renderPreview({ host, state, call, callState }: PreJoinCase): TemplateResult {
  const { localize } = host;
  const { microphone, camera } = callState;
  const me = state.me?.participant ?? '';
  const person = state.views.all.people.get(me);
  const name = person?.name ?? state.views.me.name;
  const isSeen = camera.phase === 'on' && camera.track !== null;
  const sentence = camera.phase === 'starting' ? 'cameraStarting' : 'cameraOff';
  const isWaking = camera.phase === 'starting' || microphone.phase === 'starting';
  const mayNotHear = whyNot(state, callState, 'audio');
  const mayNotSee = whyNot(state, callState, 'video');
  return html`<div class="preview" part="preview">
      <video
        class="mirrored"
        autoplay
        playsinline
        aria-label=${localize.term('yourPicture')}
        ?hidden=${!isSeen}
        ${playing(isSeen ? camera.track : null)}
      ></video>
      <div class="face" ?hidden=${isSeen}>
        ${
          name
            ? renderAvatar({ id: me, name, picture: person?.picture })
            : html`<span class="avatar">${icon(UserRound)}</span>`
        }
        <span>${localize.term(sentence)}</span>
      </div>
      <div class="preview-controls">
        <button
          class="control"
          aria-pressed=${microphone.isHeard}
          aria-label=${localize.term('microphone')}
          title=${localize.term(mayNotHear ?? (microphone.isHeard ? 'mute' : 'unmute'))}
          ?disabled=${mayNotHear !== null}
          @click=${() => void call.setMicrophone(!microphone.isHeard)}
        >
          ${icon(microphone.isHeard ? Mic : MicOff)}
        </button>
        <button
          class="control"
          aria-pressed=${isSeen}
          aria-label=${localize.term('camera')}
          title=${localize.term(mayNotSee ?? (isSeen ? 'stopCamera' : 'startCamera'))}
          ?disabled=${mayNotSee !== null}
          @click=${() => void call.setCamera(!isSeen)}
        >
          ${icon(isSeen ? Video : VideoOff)}
        </button>
      </div>
    </div>
    <div class="meter" data-meter role="img" aria-label=${localize.term('loudness')} ?hidden=${!microphone.isHeard}>
      ${icon(Mic)}<i></i>
    </div>
    ${isWaking ? html`<p class="muted small" role="status">${localize.term('whyDevices')}</p>` : nothing}
    ${mayNotHear ? html`<p class="muted small">${localize.term(mayNotHear)}</p>` : nothing}`;
}

function renderWho({ localize }: MeetingHost, state: RoomState): TemplateResult {
  const here = selectPeople(state).filter(({ isMe }) => !isMe);
  if (here.length === 0) return html`<p class="muted">${localize.term('nobodyYet')}</p>`;
  const lang = localize.lang();
  const shown = here.slice(0, MAX_FACES);
  const more = Math.max(here.length, state.presence.count) - shown.length;
  const names = shown.map(({ name }) => name ?? localize.term('someone'));
  const list = more > 0 ? [...names, localize.term('someMore', more.toLocaleString(lang))] : names;
  return html`<div class="who-is-here">
    <span class="faces"
      >${shown.map(({ participant, name, picture }) => renderAvatar({ id: participant, name: name ?? '', picture }))}</span
    >
    <p class="muted">${localize.term('hereAre', new Intl.ListFormat(lang, { type: 'conjunction' }).format(list))}</p>
  </div>`;
}

function renderProblems({ host, call, callState }: PreJoinCase): TemplateResult {
  const { localize } = host;
  const { microphone, camera } = callState;
  return html`<div role="status">
    ${
      microphone.problem
        ? renderProblem({
            localize,
            problem: microphone.problem,
            device: localize.term('microphone'),
            tryAgain: () => void call.setMicrophone(true),
          })
        : nothing
    }
    ${
      camera.problem
        ? renderProblem({
            localize,
            problem: camera.problem,
            device: localize.term('camera'),
            tryAgain: () => void call.setCamera(true),
          })
        : nothing
    }
  </div>`;
}

function renderEnter({ host, callState, join }: PreJoinCase): TemplateResult {
  const { localize } = host;
  const { phase, microphone, camera } = callState;
  const isJoining = phase === 'joining';
  const isListener = microphone.problem !== null && !camera.track;
  const label = isJoining ? 'entering' : isListener ? 'enterListening' : 'enter';
  return html`<div class="enter-place">
    <button
      class="button primary enter"
      part="join-button"
      aria-disabled=${isJoining}
      @click=${isJoining ? nothing : join}
    >
      ${isJoining ? html`<span class="spinner"></span>` : nothing}${localize.term(label)}
    </button>
    ${isListener ? html`<p class="muted small">${localize.term('listenHint')}</p>` : nothing}
  </div>`;
}
