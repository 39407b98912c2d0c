/** Where the browsers stand: named by the environment, on the PATH, or unpacked by `system-packages.sh`. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Chromium without a window, alone with its page: nothing of its own goes to the network. */
export const CHROMIUM_FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A camera with a moving picture, a microphone that beeps, and a screen: each given as soon as a page asks. */
export const FAKE_DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Several such cameras, of which the second gives depths and no pictures, and microphones; whether a page may have them is what the permissions of its context say, and no by default. */
export const FAKE_DEVICES_ASKED = ['--use-fake-device-for-media-stream=device-count=3'];

/** Firefox with a camera and a microphone of its own, given as soon as a page asks. */
export const FIREFOX_FAKE_DEVICES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
};

const UNPACKED = fileURLToPath(new URL('../.cache/system/bin', import.meta.url));

const BROWSERS = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    elsewhere: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    commands: ['firefox-esr', 'firefox'],
    elsewhere: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  },
};

/**
 * The program of a browser.
 *
 * @param {'chromium' | 'firefox'} name
 * @returns {string}
 * @throws {Error} when it is nowhere, with what to do about it
 */
export function browserPath(name) {
  const { variable, commands, elsewhere } = BROWSERS[name];
  const named = process.env[variable];
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Error(`${variable} names ${named}, which does not exist.`);
  }
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), UNPACKED];
  const found = [...commands.flatMap((command) => folders.map((folder) => join(folder, command))), ...elsewhere].find(
    isProgram,
  );
  if (found !== undefined) return found;
  throw new Error(`No ${name} found. Run scripts/system-packages.sh, or set ${variable} to its program.`);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
