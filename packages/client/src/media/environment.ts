import type { MediaEnvironment } from './types.js';

/** Part of Network Information, which TypeScript does not know: `type` is told on phones and Chromebooks alone. */
interface NetworkInformation extends EventTarget {
  readonly type?: string;
  readonly saveData?: boolean;
}

const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;

/** What the platform gives, under what was passed in. Nothing is touched before it is needed, so that a server can render. */
export function createMediaEnvironment(given: Partial<MediaEnvironment> = {}): MediaEnvironment {
  return {
    createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
    hasPeerConnections: typeof (globalThis as { RTCPeerConnection?: unknown }).RTCPeerConnection === 'function',
    devices: platformDevices(),
    isSecure: (globalThis as { isSecureContext?: boolean }).isSecureContext ?? false,
    queryPermission,
    createAudioContext: () => {
      const Context = (globalThis as { AudioContext?: typeof AudioContext }).AudioContext;
      return Context ? new Context() : null;
    },
    createStream: (tracks) => new MediaStream(tracks),
    onGesture,
    onNetworkChange,
    isSavingData: () => (navigator as { connection?: NetworkInformation }).connection?.saveData ?? false,
    storage: platformStorage(),
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    monotonicMs: () => performance.now(),
    ...given,
  };
}

/** Missing on a page without TLS (Media Capture and Streams §9.1), and on a server. */
function platformDevices(): MediaEnvironment['devices'] {
  return (globalThis as { navigator?: { mediaDevices?: MediaDevices } }).navigator?.mediaDevices ?? null;
}

/** Reading `localStorage` throws where the page may not store. */
function platformStorage(): MediaEnvironment['storage'] {
  try {
    return typeof window === 'undefined' ? null : window.localStorage;
  } catch {
    return null;
  }
}

/** Firefox before 132 does not know the names of devices, and throws. */
async function queryPermission(device: 'microphone' | 'camera'): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: device })).state;
  } catch {
    return null;
  }
}

function onGesture(callback: () => void): () => void {
  const options = { capture: true, passive: true };
  for (const type of GESTURES) window.addEventListener(type, callback, options);
  return () => {
    for (const type of GESTURES) window.removeEventListener(type, callback, options);
  };
}

function onNetworkChange(callback: () => void): () => void {
  const { connection } = navigator as { connection?: NetworkInformation };
  let type = connection?.type;
  const changed = (): void => {
    // It is told for each new estimate of the speed too.
    if (connection?.type === type) return;
    type = connection?.type;
    callback();
  };
  const shown = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) callback();
  };
  window.addEventListener('online', callback);
  // Back from the cache of the browser, or from being frozen (Page Lifecycle).
  window.addEventListener('pageshow', shown);
  document.addEventListener('resume', callback);
  connection?.addEventListener('change', changed);
  return () => {
    window.removeEventListener('online', callback);
    window.removeEventListener('pageshow', shown);
    document.removeEventListener('resume', callback);
    connection?.removeEventListener('change', changed);
  };
}
