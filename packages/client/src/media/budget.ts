import type { RtcMessage } from '@lms-live/protocol';
import type { CaptureSize } from './mesh-types.js';
import type { Encoding } from './pair-sender.js';
import type { CallQuality } from './types.js';

/** How a camera is looked at on the other side. */
export type View = Extract<RtcMessage, { type: 'view' }>['camera'];

interface Step {
  readonly height: number;
  readonly framesPerSecond: number;
  readonly bitrateBps: number;
}

/** Sizes of a camera, the largest first; the last one is always to be had. */
export const STEPS: readonly Step[] = [
  { height: 720, framesPerSecond: 30, bitrateBps: 1_700_000 },
  { height: 540, framesPerSecond: 30, bitrateBps: 1_100_000 },
  { height: 360, framesPerSecond: 24, bitrateBps: 650_000 },
  { height: 360, framesPerSecond: 15, bitrateBps: 450_000 },
  { height: 270, framesPerSecond: 15, bitrateBps: 280_000 },
  { height: 180, framesPerSecond: 15, bitrateBps: 140_000 },
  { height: 90, framesPerSecond: 10, bitrateBps: 60_000 },
];
const ASPECT = 16 / 9;

/** Pixels to encode per second for one peer: 720p at 30 frames. */
const LONE_PIXELS_PER_SECOND = 28_000_000;
/** For several together, since every one of their pictures is decoded here as well: 2 × 360p, 3 × 270p or 5 × 180p at 15 frames. */
const PIXELS_PER_SECOND = 7_000_000;
/** A peer who looks at this camera in large gets as much as three. */
const LARGE_WEIGHT = 3;
/** Of the cameras, beside a screen. */
const SCREEN_LEAVES = 0.4;
/** Of the budget: at the quality `low`, where the browser saves data, and once for each degree of strain. */
const HALF = 0.5;
/** A step up is taken when the network gives this part of it, and left when it gives less than that: browsers reckon low before they have tried. */
const RISE_SHARE = 0.66;
const STAY_SHARE = 0.5;
/**
 * Of a link that has not sent a picture yet: 360p. Chromium begins with 300 kbit/s, and until it knows better it drops picture after picture
 * that is too large for that (libwebrtc `InitialFrameDropper`): a first one of 720p comes 100 ms later than one of 360p.
 */
const UNTRIED_BPS = 430_000;

/** Text is to be read: every pixel, few frames. */
const SCREENS = [
  { upTo: 2, framesPerSecond: 15, bitrateBps: 2_000_000 },
  { upTo: 4, framesPerSecond: 8, bitrateBps: 1_000_000 },
  { upTo: Infinity, framesPerSecond: 5, bitrateBps: 600_000 },
] as const;

export interface BudgetLink {
  readonly session: string;
  readonly view: View;
  /** A picture has been sent on it. */
  readonly isTried: boolean;
  /** What the network takes; null where it is not known. */
  readonly availableBps: number | null;
}

export interface BudgetInput {
  /** Who is sent a camera. */
  readonly links: readonly BudgetLink[];
  /** There is one other camera in the call at most: nothing else is decoded here. */
  readonly isLone: boolean;
  /** How many are sent a screen; 0 without one. */
  readonly screens: number;
  readonly quality: CallQuality;
  /** The person wants to save data (`navigator.connection.saveData`). */
  readonly isSaving: boolean;
  /** Degrees of trouble that the machine has, see `EncodeStrain`. */
  readonly strain: number;
  /** The picture as it is captured; null while there is none. */
  readonly camera: { readonly width: number; readonly height: number } | null;
}

export interface Budget {
  readonly capture: CaptureSize;
  /** Index in `STEPS`, by session; who is not in it is sent no camera. */
  readonly steps: ReadonlyMap<string, number>;
  readonly cameras: ReadonlyMap<string, Encoding>;
  readonly screen: Encoding;
}

/**
 * Shares a fixed budget of pixels among the links: each peer costs an encoder of its own, so what is encoded is what a mesh has to govern.
 * @param before the last one: a step is left later than it is taken
 */
export function shareBudget(input: BudgetInput, before: Budget | null): Budget {
  const { screens, quality, camera } = input;
  const links = quality === 'audio' ? [] : input.links.filter(({ view }) => view !== 'none');
  const total = pixelsPerSecond(input);
  const weightOf = ({ view }: BudgetLink): number => (view === 'large' ? LARGE_WEIGHT : 1);
  const weights = links.reduce((sum, link) => sum + weightOf(link), 0);
  const shareOf = (link: BudgetLink): number => (total * weightOf(link)) / weights;
  const steps = new Map(
    links.map((link) => {
      const earlier = before?.steps.get(link.session) ?? STEPS.length;
      return [link.session, stepFor(availableTo(link), shareOf(link), earlier)] as const;
    }),
  );
  const cameras = new Map([...steps].map(([session, index]) => [session, encodingOf(stepAt(index), camera)] as const));
  // A camera that changes its size stops for a moment: what a link begins with is no reason. Alone, or before anybody has come: as for one peer.
  const wanted = links.map((link) =>
    link.isTried ? (steps.get(link.session) ?? 0) : stepFor(Infinity, shareOf(link), STEPS.length),
  );
  const best = wanted.length > 0 ? Math.min(...wanted) : stepFor(Infinity, total, STEPS.length);
  const { framesPerSecond, bitrateBps } = SCREENS.find(({ upTo }) => screens <= upTo) ?? SCREENS[0];
  return {
    capture: captureOf(stepAt(best)),
    steps,
    cameras,
    screen: { maxBitrate: bitrateBps, maxFramerate: framesPerSecond, scaleResolutionDownBy: 1 },
  };
}

function pixelsPerSecond({ quality, isSaving, strain, screens, isLone }: BudgetInput): number {
  const whole = isLone ? LONE_PIXELS_PER_SECOND : PIXELS_PER_SECOND;
  const halvings = strain + (quality === 'low' ? 1 : 0) + (isSaving ? 1 : 0);
  return whole * HALF ** halvings * (screens > 0 ? SCREEN_LEAVES : 1);
}

function availableTo({ isTried, availableBps }: BudgetLink): number {
  return isTried ? (availableBps ?? Infinity) : UNTRIED_BPS;
}

function stepFor(availableBps: number, share: number, before: number): number {
  const index = STEPS.findIndex(
    (step, at) =>
      pixelsOf(step) * step.framesPerSecond <= share &&
      step.bitrateBps * (at < before ? RISE_SHARE : STAY_SHARE) <= availableBps,
  );
  return index === -1 ? STEPS.length - 1 : index;
}

function stepAt(index: number): Step {
  const step = STEPS[index];
  if (!step) throw new RangeError(`No step ${index}`);
  return step;
}

function pixelsOf({ height }: Step): number {
  return height * height * ASPECT;
}

function captureOf({ height, framesPerSecond }: Step): CaptureSize {
  return { width: Math.round(height * ASPECT), height, framesPerSecond };
}

/** By area: a phone held upright gets as many pixels as any other. */
function encodingOf(step: Step, camera: BudgetInput['camera']): Encoding {
  const scale = camera ? Math.sqrt((camera.width * camera.height) / pixelsOf(step)) : 1;
  return {
    maxBitrate: step.bitrateBps,
    maxFramerate: step.framesPerSecond,
    // A hundredth more or less is no reason to set up an encoder anew.
    scaleResolutionDownBy: Math.max(1, Math.round(scale * 100) / 100),
  };
}
