import { expect } from '@open-wc/testing';
import { html, render } from 'lit';
import { linkify } from './linkify.js';
import { HOSTILE_TEXTS } from './testing/class.js';

function links(text: string): string[] {
  const place = document.createElement('div');
  render(html`${linkify(text)}`, place);
  expect(place.textContent).to.equal(text);
  return [...place.querySelectorAll('a')].map((link) => `${link.textContent} → ${link.href}`);
}

describe('linkify', () => {
  it('finds addresses and leaves punctuation to the sentence', () => {
    expect(links('See https://a.example/x, (https://b.example/y) and www.c.example.')).to.deep.equal([
      'https://a.example/x → https://a.example/x',
      'https://b.example/y → https://b.example/y',
      'www.c.example → https://www.c.example/',
    ]);
  });

  it('keeps brackets that belong to the address', () => {
    expect(links('https://en.example/wiki/Lit_(library)')).to.deep.equal([
      'https://en.example/wiki/Lit_(library) → https://en.example/wiki/Lit_(library)',
    ]);
  });

  it('takes mail addresses by mailto alone', () => {
    expect(links('mailto:office@school.example office@school.example')).to.deep.equal([
      'mailto:office@school.example → mailto:office@school.example',
    ]);
  });

  it('makes no link of any other scheme and keeps every text as it is', () => {
    for (const text of HOSTILE_TEXTS) for (const link of links(text)) expect(link).to.match(/→ https:/u);
    expect(links('javascript:alert(1) data:text/html,x vbscript:x file:///etc/passwd ftp://a.example')).to.deep.equal(
      [],
    );
    expect(links('http:// https://')).to.deep.equal([]);
  });
});
