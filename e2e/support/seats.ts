/** People in a class who want a place in the call and make no connection: many of them in one cheap page, each with a client of their own. */
import type { RoomClient } from '@lms-live/client';
import type { MediaMode } from '@lms-live/protocol';
import { type Bench, elementHtml, type PlainTab } from './elements.js';
import { PATIENCE_MS, until } from './until.js';

type Room = HTMLElement & { readonly client: RoomClient | null };

export class Seats {
  readonly tab: PlainTab['tab'];

  private constructor(page: PlainTab) {
    this.tab = page.tab;
  }

  /** Puts people into a class, by `sub`; they take part in nothing but writing as yet. */
  static async open(bench: Bench, { room, people }: { room: string; people: readonly string[] }): Promise<Seats> {
    const page = await bench.tab();
    const server = bench.product.liveUrl;
    const attributes = (sub: string): Record<string, string> => ({
      server,
      room,
      id: sub,
      token: bench.token({ sub, room }),
    });
    await page.show(people.map((sub) => elementHtml('lms-room', attributes(sub))).join('\n'));
    const seats = new Seats(page);
    await until('everyone has a seat', PATIENCE_MS, () =>
      seats.tab.evaluate(
        (count) =>
          [...document.querySelectorAll<Room>('lms-room')].filter(({ client }) => client?.getState().joined).length ===
          count,
        people.length,
      ),
    );
    return seats;
  }

  /** Asks for a place with microphone and camera on. @returns what that comes to */
  async enter(sub: string): Promise<MediaMode | null> {
    await this.tab.evaluate((id) => {
      const wish = { live: true, audio: true, video: true, share: false };
      document.querySelector<Room>(`#${id}`)?.client?.setMedia(wish);
    }, sub);
    await until(`${sub} has a place`, PATIENCE_MS, async () => (await this.#own(sub)) !== null);
    return this.#own(sub);
  }

  async leave(sub: string): Promise<void> {
    await this.tab.evaluate(async (id) => {
      const { client } = document.querySelector<Room>(`#${id}`) ?? {};
      client?.setMedia(null);
      await client?.leave();
    }, sub);
  }

  /** The mode of each session in the class, as one of these people is told. */
  modes(sub: string): Promise<MediaMode[]> {
    return this.tab.evaluate((id) => {
      const sessions = document.querySelector<Room>(`#${id}`)?.client?.getState().media.sessions.values() ?? [];
      return [...sessions].map(({ mode }) => mode);
    }, sub);
  }

  /** What one of them reads in the chat. */
  texts(sub: string): Promise<string[]> {
    return this.tab.evaluate((id) => {
      const views = document.querySelector<Room>(`#${id}`)?.client?.getState().views;
      return views?.all.messages.tail(Infinity).map(({ text }) => text ?? '') ?? [];
    }, sub);
  }

  async #own(sub: string): Promise<MediaMode | null> {
    return this.tab.evaluate((id) => {
      const media = document.querySelector<Room>(`#${id}`)?.client?.getState().media;
      return media?.settled && media.own?.live ? media.own.mode : null;
    }, sub);
  }
}
