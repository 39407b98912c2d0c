import { captureProblem } from './capture-problem.js';
import { sizeConstraints } from './capture-size.js';
import type { CaptureSize } from './mesh-types.js';
import type { DeviceProblem, MediaEnvironment } from './types.js';

export type DeviceKind = 'microphone' | 'camera';

/** Which device: null, whichever the browser picks. */
export interface DeviceWish {
  readonly deviceId: string | null;
  /** This one or, where it is gone, the default one; otherwise just a preference. */
  readonly isExact?: boolean;
  /** Of a camera. */
  readonly size?: CaptureSize;
  /** Asked before a second question; without it, it is. */
  readonly isWanted?: () => boolean;
}

/** A track, or why there is none. */
export type CaptureOutcome =
  | { readonly track: MediaStreamTrack; readonly problem: null }
  | { readonly track: null; readonly problem: DeviceProblem };

export type CaptureEnvironment = Pick<MediaEnvironment, 'devices' | 'isSecure' | 'queryPermission'>;

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** What a refusal of both together does not say: whether one of them alone would be given. */
const REFUSED: readonly DeviceProblem[] = ['denied', 'dismissed'];

/** Asks for a microphone or a camera. Never rejects. */
export async function captureDevice(
  environment: CaptureEnvironment,
  kind: DeviceKind,
  wish: DeviceWish,
): Promise<CaptureOutcome> {
  const { devices, isSecure } = environment;
  if (wish.isWanted?.() === false) return { track: null, problem: 'dismissed' };
  if (!devices) return { track: null, problem: isSecure ? 'unsupported' : 'insecure' };
  try {
    const stream = await devices.getUserMedia(constraintsFor({ [kind]: wish }));
    return outcomeOf(stream, kind);
  } catch (error) {
    // Older browsers say `NotFoundError` of a device that is named and gone.
    const isGone = ['OverconstrainedError', 'NotFoundError'].includes((error as Partial<Error>).name ?? '');
    if (isGone && wish.isExact && wish.deviceId !== null)
      return captureDevice(environment, kind, { ...wish, deviceId: null });
    return { track: null, problem: await captureProblem(error, environment, kind) };
  }
}

/**
 * Asks for a microphone and a camera with one question of the browser. Where that fails, what one of them alone gives is not lost:
 * but whoever has just said no is not asked again.
 */
export async function captureBoth(
  environment: CaptureEnvironment,
  wishes: Readonly<Record<DeviceKind, DeviceWish>>,
): Promise<Readonly<Record<DeviceKind, CaptureOutcome>>> {
  const { devices } = environment;
  const one = (kind: DeviceKind): Promise<CaptureOutcome> => captureDevice(environment, kind, wishes[kind]);
  if (!devices) return { microphone: await one('microphone'), camera: await one('camera') };
  try {
    const stream = await devices.getUserMedia(constraintsFor(wishes));
    return { microphone: outcomeOf(stream, 'microphone'), camera: outcomeOf(stream, 'camera') };
  } catch (error) {
    const problem = await captureProblem(error, environment, 'microphone');
    const cameraProblem = await captureProblem(error, environment, 'camera');
    if (!REFUSED.includes(problem)) return { microphone: await one('microphone'), camera: await one('camera') };
    const [microphone, camera] = await Promise.all([
      environment.queryPermission('microphone'),
      environment.queryPermission('camera'),
    ]);
    // One of the two is refused for good: the other was never asked about.
    const microphoneAlone = microphone === 'granted' || (camera === 'denied' && microphone === 'prompt');
    const cameraAlone = camera === 'granted' || (microphone === 'denied' && camera === 'prompt');
    return {
      microphone: microphoneAlone ? await one('microphone') : { track: null, problem },
      camera: cameraAlone ? await one('camera') : { track: null, problem: cameraProblem },
    };
  }
}

function constraintsFor(wishes: Partial<Record<DeviceKind, DeviceWish>>): MediaStreamConstraints {
  const { microphone, camera } = wishes;
  return {
    ...(microphone ? { audio: { ...AUDIO, ...pick(microphone) } } : {}),
    ...(camera ? { video: { ...sizeConstraints(camera.size), ...pick(camera) } } : {}),
  };
}

function pick({ deviceId, isExact = false }: DeviceWish): MediaTrackConstraints {
  if (deviceId === null) return {};
  return { deviceId: isExact ? { exact: deviceId } : { ideal: deviceId } };
}

function outcomeOf(stream: MediaStream, kind: DeviceKind): CaptureOutcome {
  const [track] = kind === 'microphone' ? stream.getAudioTracks() : stream.getVideoTracks();
  return track ? { track, problem: null } : { track: null, problem: 'failed' };
}
