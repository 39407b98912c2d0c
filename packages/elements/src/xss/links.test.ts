import { expect } from '@open-wc/testing';
import { html, render } from 'lit';
import { linkify } from '../internal/linkify.js';
import { renderAvatar } from '../internal/avatar.js';
import { ownCorpus, publicTexts } from './testing/read-corpus.js';

const { texts, addresses } = await ownCorpus();
const collected = (await publicTexts()) ?? [];
const ALL = [...addresses, ...texts, ...collected];
/** Around an address stand words, brackets, quotes and other addresses. */
const AROUND = [
  (address: string) => address,
  (address: string) => `See ${address}, please`,
  (address: string) => `(${address})`,
  (address: string) => `"${address}"`,
  (address: string) => `https://school.example/${address}`,
  (address: string) => `https://school.example ${address}`,
  (address: string) => `${address}${address}`,
];

function drawn(content: unknown): HTMLElement {
  const place = document.createElement('div');
  render(html`${content}`, place);
  return place;
}

describe('addresses', () => {
  it('are many, and of every kind', () => {
    expect(addresses.length).to.be.greaterThan(100);
  });

  it('lead to web and mail alone, say where they lead, and leave every text as it is', () => {
    let links = 0;
    for (const address of ALL)
      for (const put of AROUND) {
        const text = put(address);
        const place = drawn(linkify(text));
        expect(place.textContent).to.equal(text);
        for (const element of place.querySelectorAll('*')) {
          links += 1;
          expect(element, text).to.be.instanceOf(HTMLAnchorElement);
          const link = element as HTMLAnchorElement;
          expect(['http:', 'https:', 'mailto:'], text).to.include(link.protocol);
          expect(link.getAttributeNames().sort()).to.deep.equal(['class', 'href', 'part', 'rel', 'target']);
          expect(link.rel).to.equal('noopener noreferrer nofollow');
          // The address that is shown is the one that is followed, as the URL parser reads it.
          const shown = /^www\./iu.test(link.textContent) ? `https://${link.textContent}` : link.textContent;
          expect(new URL(shown).href).to.equal(link.getAttribute('href'));
        }
      }
    expect(links).to.be.greaterThan(ALL.length);
  }).timeout(60_000);

  it('of pictures are loaded from the web alone', () => {
    let pictures = 0;
    for (const picture of ALL) {
      const place = drawn(renderAvatar({ id: 'p1', name: 'Anna', picture }));
      for (const image of place.querySelectorAll('img')) {
        // What is no address at all is asked of nobody.
        if (!URL.canParse(image.src)) continue;
        pictures += 1;
        expect(['http:', 'https:'], picture).to.include(new URL(image.src).protocol);
        // Not before it can be seen: nothing here is in a document, so that nobody is asked.
        expect(image.loading).to.equal('lazy');
        expect(image.referrerPolicy).to.equal('no-referrer');
      }
      expect(
        [...place.querySelectorAll('*')]
          .map(({ localName }) => localName)
          .filter((name) => !['span', 'img'].includes(name)),
      ).to.deep.equal([]);
    }
    expect(pictures).to.be.greaterThan(10);
  });
});
