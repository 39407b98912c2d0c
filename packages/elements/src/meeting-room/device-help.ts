import type { DeviceProblem } from '@lms-live/client/media';
import { html, type TemplateResult } from 'lit';
import TriangleAlert from 'lucide/dist/esm/icons/triangle-alert.mjs';
import { icon } from '../internal/icons.js';
import type { Localize } from '../internal/localize.js';

const PROBLEMS = {
  denied: 'problemDenied',
  dismissed: 'problemDismissed',
  'in-use': 'problemInUse',
  absent: 'problemAbsent',
  insecure: 'problemInsecure',
  unsupported: 'problemUnsupported',
  failed: 'problemFailed',
} as const satisfies Record<DeviceProblem, string>;

const HELP = {
  dismissed: 'helpDismissed',
  'in-use': 'helpInUse',
  absent: 'helpAbsent',
  insecure: 'helpInsecure',
  unsupported: 'helpUnsupported',
  failed: 'helpFailed',
} as const satisfies Record<Exclude<DeviceProblem, 'denied'>, string>;

/** Another try cannot mend these. */
const FINAL: ReadonlySet<DeviceProblem> = new Set(['insecure', 'unsupported']);

/** What is wrong with a device, in a sentence. */
export function problemText(localize: Localize, problem: DeviceProblem, device: string): string {
  return localize.term(PROBLEMS[problem], device);
}

/** What to do about it. Where a permission is taken back differs from browser to browser. */
export function helpText(localize: Localize, problem: DeviceProblem, userAgent: string): string {
  return localize.term(problem === 'denied' ? deniedHelp(userAgent) : HELP[problem]);
}

export function renderProblem({
  localize,
  problem,
  device,
  tryAgain,
}: {
  localize: Localize;
  problem: DeviceProblem;
  /** What the device is called. */
  device: string;
  tryAgain: () => void;
}): TemplateResult {
  return html`<div class="problem" part="device-problem">
    ${icon(TriangleAlert)}
    <div>
      <b>${problemText(localize, problem, device)}</b>
      <p>${helpText(localize, problem, navigator.userAgent)}</p>
    </div>
    <button class="button small" ?hidden=${FINAL.has(problem)} @click=${tryAgain}>${localize.term('retry')}</button>
  </div>`;
}

function deniedHelp(userAgent: string): 'helpChrome' | 'helpFirefox' | 'helpSafari' | 'helpOther' {
  if (/Firefox\//u.test(userAgent)) return 'helpFirefox';
  if (/Chrome\/|CriOS\/|Edg/u.test(userAgent)) return 'helpChrome';
  return /Safari\//u.test(userAgent) ? 'helpSafari' : 'helpOther';
}
