import type { Call, CallState } from '@lms-live/client/media';
import type { LmsElement } from './lms-element.js';
import { Shortcuts, type Shortcut, type ShortcutHost } from './shortcuts.js';

/** What the stage has a control for. */
const CONTROLS = ['microphone', 'camera', 'share', 'hand', 'react', 'layout', 'fullscreen'] as const;

/** A stage, as its keys see it. */
type StageHost = LmsElement &
  Pick<ShortcutHost, 'noShortcuts'> & {
    readonly keeper: { readonly call: Call | null; readonly state: CallState | null };
    readonly stay: AbortSignal;
  };

/** The keys of a stage: each presses the control of its name (`data-control`), which says what may be done and why not. */
export function addStageShortcuts(host: StageHost): Shortcuts {
  const isInClass = (): boolean => host.keeper.state?.phase === 'joined';
  return new Shortcuts(host, {
    actions: () => ({
      ...(isInClass() ? controlActions(host) : {}),
      // In a classroom there are more keys, and the sheet is the classroom's.
      ...(isAlone(host) ? { help: () => void openHelp(host) } : {}),
    }),
    talk: {
      start: () => {
        const { call, state } = host.keeper;
        if (!call || !state || !isInClass() || state.microphone.isHeard || !state.may.audio) return false;
        void call.setMicrophone(true);
        return true;
      },
      stop: () => void host.keeper.call?.setMicrophone(false),
    },
  });
}

function controlActions(host: StageHost): Partial<Record<Shortcut, () => void>> {
  const controls = CONTROLS.flatMap((name) => {
    const control = host.renderRoot.querySelector<HTMLElement>(`[data-control=${name}]`);
    return control ? [[name, () => control.click()] as const] : [];
  });
  return Object.fromEntries(controls);
}

function isAlone(host: StageHost): boolean {
  const root = host.getRootNode();
  return !(root instanceof ShadowRoot && root.host.localName === 'lms-classroom');
}

async function openHelp(host: StageHost): Promise<void> {
  const { openShortcutSheet } = await import('./shortcut-sheet.js');
  const [microphone, ...others] = CONTROLS;
  openShortcutSheet({ host, shows: [microphone, 'talk', ...others, 'escape', 'help'], signal: host.stay });
}
