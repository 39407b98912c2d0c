/** Chromium with a camera and a microphone that are not there, for people who each have a tab of their own. */
import { chromium } from 'playwright-core';
import { browserPath, CHROMIUM_FLAGS } from '../../scripts/browsers.mjs';

/** What a camera of a laptop gives; the fake one gives no more than 20 unless told. */
export const CAMERA_FRAMES_PER_SECOND = 30;

const MEDIA_FLAGS = [
  `--use-fake-device-for-media-stream=fps=${CAMERA_FRAMES_PER_SECOND}`,
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // All are in front of somebody.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** @returns {Promise<import('playwright-core').Browser>} */
export function launchChromium() {
  return chromium.launch({ executablePath: browserPath('chromium'), args: [...CHROMIUM_FLAGS, ...MEDIA_FLAGS] });
}
