import { expect } from '@open-wc/testing';
import { describeTexts, type SceneName } from './describe-texts.js';
import { publicTexts } from './read-corpus.js';

/** With the public collections, which are no part of the repository: where they are not, the name of the only test says so. */
export async function describePublic(scenes: readonly SceneName[]): Promise<void> {
  const texts = await publicTexts();
  if (texts) describeTexts('of public collections', texts, scenes);
  it(texts ? 'public collections are many' : 'public collections are not here: only our own corpus was tried', () => {
    expect(texts === null || texts.length > 6_000).to.equal(true);
  });
}
