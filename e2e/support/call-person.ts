/** Somebody in front of a page with a stage: what they do with its controls, and what they really see and hear. */
import type { RoomClient } from '@lms-live/client';
import type { CommandInput, CommandType } from '@lms-live/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Tab, Target } from './tab.js';
import { eventually, PATIENCE_MS, until } from './until.js';
import type { SeenConnection, SeenPicture, SeenSound, Witnessed } from './witness.js';

/** An element with a stage, as far as tests look into it. */
type Stage = HTMLElement & { readonly client: RoomClient | null };

const STAGE = 'lms-meeting-room';
/** A control by its id, where it does nothing right now. */
const BARRED = '[data-control="id"][aria-disabled="true"]';
/** Softer than this is silence; the beep of a fake microphone is far above it. */
const SILENT = 0.01;
/** A device has come on, or what was on before has come back. */
const SETTLED_MS = 1_000;
/** So many new frames, and so many of them different, show that a picture moves. */
const MORE_FRAMES = 5;
const MORE_CHANGES = 2;

export class CallPerson {
  readonly name: string;
  readonly tab: Tab;

  constructor({ name, tab }: { readonly name: string; readonly tab: Tab }) {
    this.name = name;
    this.tab = tab;
  }

  // ── What they do ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens a page with a stage, and is before the class. */
  async open(url: string): Promise<void> {
    await this.tab.open(url);
    await this.shows(ENTER);
  }

  async join(): Promise<void> {
    await this.tab.click(ENTER);
    await this.shows(control('leave'));
  }

  /** A switch among the controls, which must be there. */
  async toggle(id: ControlId): Promise<void> {
    if (!(await this.showsControls())) await this.tab.point({ element: STAGE, css: '[part~="tiles"]' });
    await this.tab.click(control(id));
  }

  /** Is in the class with the microphone on, whatever they came in with. */
  async speak(): Promise<void> {
    // What was on before may just be coming back: a click then would turn it off again.
    await until(`${this.name} has the microphone on`, PATIENCE_MS, async () => {
      if (await this.isOn('microphone')) return true;
      await this.toggle('microphone');
      // Long enough for whatever else is about to happen to it.
      await sleep(SETTLED_MS);
      return this.isOn('microphone');
    });
  }

  /** Anything on the stage that is pressed, by its name. */
  async press(name: string): Promise<void> {
    await this.tab.click(button(name));
  }

  /** Takes an item of a menu on the stage. */
  async choose(item: string): Promise<void> {
    await this.tab.click({ element: STAGE, css: '.menu button', name: item });
  }

  /** Takes an item of the menu of somebody's tile. */
  async onTile(name: string, item: string): Promise<void> {
    // What can be done with a tile is shown on the one that is pointed at.
    await this.tab.point({ element: STAGE, css: '[part~="tile"]', text: name });
    await this.press(`Actions for ${name}`);
    await this.choose(item);
  }

  /** Answers a question that stands above the stage. */
  async answer(choice: string): Promise<void> {
    await this.tab.click({ element: STAGE, css: 'dialog button', name: choice });
  }

  /** Sends a command past the controls, where there is no control for it. */
  async send<T extends CommandType>(type: T, body: CommandInput<T>): Promise<void> {
    await this.tab.evaluate(
      async (command) => {
        const element = document.querySelector<Stage>('lms-classroom, lms-meeting-room');
        await element?.client?.send(command.type, command.body);
      },
      { type, body },
    );
  }

  // ── What they read ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Waits until something can be seen. */
  async shows(target: Target): Promise<void> {
    await until(`${this.name} sees ${JSON.stringify(target)}`, PATIENCE_MS, () => this.isShown(target));
  }

  isShown(target: Target): Promise<boolean> {
    return this.tab.has(target);
  }

  /** Whether the controls can be seen; in a call of two they go when nothing moves. */
  showsControls(): Promise<boolean> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.isOpaque('[part~="controls"]'), null);
  }

  /** Whether a switch among the controls is on. */
  isOn(id: ControlId): Promise<boolean> {
    return this.isShown({ element: STAGE, css: `[data-control="${id}"][aria-pressed="true"]` });
  }

  /** Everything that can be read on the stage, in one line. */
  text(): Promise<string> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.text('lms-meeting-room'), null);
  }

  /** What each tile says to a screen reader, by its name: the role, the microphone, a hand, the connection. */
  async tiles(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries(await this.tab.evaluate(() => (globalThis as Witnessed).witness.tiles(), null));
  }

  /** Whose tiles there are, sorted; one's own is theirs as well. */
  async faces(): Promise<string[]> {
    return Object.keys(await this.tiles())
      .map((name) => name.replace(' (you)', ''))
      .sort();
  }

  /** Who has a hand up, each with the place in the queue, as the tiles say it. */
  async hands(): Promise<Readonly<Record<string, number>>> {
    const places = Object.entries(await this.tiles()).map(([name, about]) => {
      const [, place] = /Hand raised, number (\d+)/u.exec(about) ?? [];
      return [name.replace(' (you)', ''), Number(place ?? 0)] as const;
    });
    return Object.fromEntries(places.filter(([, place]) => place > 0));
  }

  /** What somebody's tile says beside the name. */
  async about(name: string): Promise<string> {
    return (await this.tiles())[name] ?? 'no tile';
  }

  /** Why a control does nothing right now; nothing where it does something. */
  whyNot(id: ControlId): Promise<string> {
    return this.tab.evaluate((css) => (globalThis as Witnessed).witness.title(css), BARRED.replace('id', id));
  }

  // ── What is really so ─────────────────────────────────────────────────────────────────────────────────────────────

  pictures(): Promise<SeenPicture[]> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.pictures(), null);
  }

  /** The picture that stands in somebody's tile, where there is one. */
  async picture(tile: string): Promise<SeenPicture | undefined> {
    return (await this.pictures()).find((picture) => picture.tile === tile && picture.isVisible);
  }

  /** The loudest that is heard of somebody right now, 0 to 1. */
  async loudness(name: string): Promise<number> {
    return Math.max(0, ...(await this.sounds()).filter((sound) => sound.of === name).map(({ peak }) => peak));
  }

  sounds(): Promise<SeenSound[]> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.sounds(), null);
  }

  connections(): Promise<SeenConnection[]> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.connections(), null);
  }

  async openConnections(): Promise<SeenConnection[]> {
    return (await this.connections()).filter(({ state }) => state !== 'closed');
  }

  /** What is captured at this moment, sorted: where the camera is among it, its light is on. */
  async captured(): Promise<string[]> {
    return (await this.tab.evaluate(() => (globalThis as Witnessed).witness.captured(), null)).sort();
  }

  /** Waits until the stage says something. @returns how long after the end of what a device gave, milliseconds */
  saysAfterLoss(text: string): Promise<number> {
    return this.tab.evaluate((said) => (globalThis as Witnessed).witness.saidAfterMs(said), text);
  }

  async endScreenByBar(): Promise<void> {
    const ended = await this.tab.evaluate(() => (globalThis as Witnessed).witness.endScreen(), null);
    expect(ended, 'tracks of a screen that were ended').toBeGreaterThan(0);
  }

  async disobey(): Promise<void> {
    await this.tab.evaluate(() => (globalThis as Witnessed).witness.disobey(), null);
  }

  async forgetGaps(): Promise<void> {
    await this.tab.evaluate(() => (globalThis as Witnessed).witness.forgetGaps(), null);
  }

  /** The longest that the whole page drew nothing, since `forgetGaps`. */
  standstillMs(): Promise<number> {
    return this.tab.evaluate(() => (globalThis as Witnessed).witness.standstillMs(), null);
  }

  // ── What is expected ──────────────────────────────────────────────────────────────────────────────────────────────

  /** Their pictures are on the screen, and move. */
  /** Their own picture moves, before they are in the class. */
  async seesOneself(): Promise<void> {
    await this.sees('');
  }

  async sees(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#seesOne(name)));
  }

  async #seesOne(name: string): Promise<void> {
    let first: SeenPicture | undefined;
    await until(`${this.name} sees ${name} move`, PATIENCE_MS, async () => {
      const now = await this.picture(name);
      if (first?.track !== now?.track) first = now;
      return (
        first !== undefined &&
        now !== undefined &&
        now.frames >= first.frames + MORE_FRAMES &&
        now.changes >= first.changes + MORE_CHANGES
      );
    });
  }

  async seesNoPictureOf(name: string): Promise<void> {
    await eventually(async () => (await this.picture(name)) ?? null).toBeNull();
  }

  async hears(...names: readonly string[]): Promise<void> {
    for (const name of names)
      await until(`${this.name} hears ${name}`, PATIENCE_MS, async () => (await this.loudness(name)) > SILENT);
  }

  /** From now on nothing is heard of somebody: looked at for longer than a fake microphone pauses. */
  async hearsNothingOf(name: string, { forMs = QUIET_MS } = {}): Promise<void> {
    let quietSince: number | null = null;
    await until(`${this.name} hears nothing of ${name}`, PATIENCE_MS, async () => {
      if ((await this.loudness(name)) > SILENT) quietSince = null;
      else quietSince ??= Date.now();
      return quietSince !== null && Date.now() - quietSince >= forMs;
    });
  }
}

const QUIET_MS = 1_500;
/** Goes into the class, with what is on or as a listener. */
export const ENTER: Target = { element: STAGE, css: '[part~="join-button"]' };

export type ControlId = 'microphone' | 'camera' | 'share' | 'hand' | 'staff' | 'leave';

/** One of the controls below the stage. */
export function control(id: ControlId): Target {
  return { element: STAGE, css: `[data-control="${id}"]` };
}

/** A button on the stage by its name. */
export function button(name: string): Target {
  return { element: STAGE, css: 'button', name };
}

/** Everyone sees and hears everyone else. */
export async function expectFullCall(people: readonly CallPerson[]): Promise<void> {
  await Promise.all(
    people.map(async (person) => {
      const others = people.filter((other) => other !== person).map(({ name }) => name);
      await person.sees(...others);
      await person.hears(...others);
    }),
  );
}

/** No picture of the one stood for longer than this at the other since `forgetGaps`, beside what the machine itself stood still. */
export async function expectNoPause(people: readonly CallPerson[], longestMs: number): Promise<void> {
  const standstills = await Promise.all(people.map((person) => person.standstillMs()));
  const ofMachineMs = standstills.reduce((sum, ms) => sum + ms, 0);
  for (const person of people)
    for (const { name } of people) {
      if (name === person.name) continue;
      const { longestGapMs = Infinity } = (await person.picture(name)) ?? {};
      expect(longestGapMs, `${name} at ${person.name}`).toBeLessThan(longestMs + ofMachineMs);
    }
}
