import type { DeviceProblem, MediaEnvironment } from './types.js';

/** How a browser words a refusal of the operating system; its own permission says `granted` or `prompt` all the same. */
const BY_SYSTEM = /system/iu;

/**
 * Why a device gave nothing (Media Capture and Streams §10.2; older names of the same errors among them).
 *
 * @param device null for a screen: closing its picker cannot be told from a refusal, and is what most people mean
 */
export async function captureProblem(
  error: unknown,
  environment: Pick<MediaEnvironment, 'queryPermission' | 'isSecure'>,
  device: 'microphone' | 'camera' | null,
): Promise<DeviceProblem> {
  const { name = '', message = '' } = (error ?? {}) as Partial<Error>;
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError': {
      if (BY_SYSTEM.test(message)) return 'denied';
      if (device === null) return 'dismissed';
      return (await environment.queryPermission(device)) === 'prompt' ? 'dismissed' : 'denied';
    }
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in-use';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'TypeError':
    case 'NotSupportedError':
      return environment.isSecure ? 'unsupported' : 'insecure';
    default:
      return 'failed';
  }
}
