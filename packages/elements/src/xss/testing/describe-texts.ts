import { expect } from '@open-wc/testing';
import { showTexts } from './open-page.js';

const LONGEST_MS = 170_000;
/** How many of each scene: who adds a place where texts of others come adds it there. */
const FIELDS = { chat: 10, questions: 13, people: 6, call: 4, door: 4, refused: 4 } as const;

export type SceneName = keyof typeof FIELDS;
export const SCENE_NAMES = Object.keys(FIELDS) as readonly SceneName[];

/** Every text at every place where the texts of others come, in a page with a strict policy and Trusted Types. */
export function describeTexts(whose: string, texts: readonly string[], scenes: readonly SceneName[]): void {
  describe(`texts of others, ${whose} (${texts.length})`, () => {
    for (const scene of scenes)
      it(`stay texts in the scene “${scene}”`, async () => {
        const told = await showTexts(scene, texts);
        expect({ ...told, fields: told.fields.length }).to.deep.equal({
          texts: texts.length,
          fields: FIELDS[scene],
          executed: [],
          violations: [],
          foreign: [],
          changed: [],
        });
      }).timeout(LONGEST_MS);
  });
}
