import { expect } from '@open-wc/testing';
import { describeTexts, SCENE_NAMES } from './testing/describe-texts.js';
import { showTexts } from './testing/open-page.js';
import { ownCorpus } from './testing/read-corpus.js';

const { texts } = await ownCorpus();

describeTexts('of our own corpus', texts, SCENE_NAMES);

describe('the page of these tests', () => {
  it('has many texts to show', () => {
    expect(texts.length).to.be.greaterThan(200);
  });

  it('notices what is run, made or changed', async () => {
    const { executed, violations, foreign, changed } = await showTexts('broken', ['<img src=data:,x>']);
    expect(executed).to.deep.equal(['alert']);
    expect(violations).to.have.lengthOf(1);
    expect(violations[0]).to.match(/^img-src/u);
    expect(foreign).to.deep.equal(['xhtml:img[src=data:,x]', 'xhtml:img']);
    expect(changed).to.have.lengthOf(1);
  });
});
