import { expect } from '@open-wc/testing';
import type { HostileTold } from './testing/hostile-page.js';

const LONGEST_MS = 30_000;

/** Names that a page may take from the document by what it has in it (HTML §7.3.3, "named access"). */
const CLOBBERED = `
  <form id="body"><input name="ownerDocument"><input name="attributes"></form>
  <img name="getElementById"><img name="querySelector"><form name="head"></form>
  <form id="defaultView"></form><img name="currentScript" src="data:,x"><form name="cookie"></form><form name="activeElement"></form>
  <a id="customElements"></a><a id="trustedTypes"></a><a id="crypto"></a><a id="litHtmlPolyfillSupport"></a>
  <a id="LMS_LIVE"></a><a id="config" href="javascript:alert(1)"></a><a id="server" href="https://evil.example"></a>`;
/** What a library that merges too much may have left on the prototype of everything. */
const POLLUTED = ['polluted', 'html', 'innerHTML', 'href', 'onerror', 'srcdoc', 'nonce'];
/** Names that stand on our wire. */
const OURS = ['picture', 'alias', 'note', 'reason', 'detail', 'text', 'name', 'role', 'grants', 'message', 'template'];

async function openPage({ markup = '', script = '' }): Promise<HostileTold> {
  const module = `${location.origin}/packages/elements/src/xss/testing/hostile-page.ts`;
  const watch = `globalThis.executed = 0; globalThis.alert = () => { globalThis.executed += 1; };`;
  const html = `<!doctype html><meta charset="utf-8"><script>${watch}${script}</script><body>${markup}<script type="module" src="${module}"></script>`;
  const address = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  const frame = document.createElement('iframe');
  frame.width = '1000';
  frame.height = '800';
  const told = new Promise<HostileTold>((resolve) => {
    const listen = ({ source, data }: MessageEvent<HostileTold>): void => {
      if (source !== frame.contentWindow) return;
      window.removeEventListener('message', listen);
      resolve(data);
    };
    window.addEventListener('message', listen);
  });
  frame.src = address;
  document.body.append(frame);
  const answer = await told;
  frame.remove();
  URL.revokeObjectURL(address);
  return answer;
}

const FINE = { executed: 0, foreign: [], reads: { chat: true, questions: true, people: true, room: true } };

describe('a page that is not what it was', () => {
  it('may have taken the names of the document', async () => {
    expect(await openPage({ markup: CLOBBERED })).to.deep.equal(FINE);
  }).timeout(LONGEST_MS);

  it('may have taken even what makes elements: nothing is shown then, and nothing is run', async () => {
    const { executed, foreign, reads } = await openPage({ markup: '<img name="createElement">' });
    expect({ executed, foreign, reads }).to.deep.equal({ executed: 0, foreign: [], reads: {} });
  }).timeout(LONGEST_MS);

  it('may have something on the prototype of everything', async () => {
    expect(await openPage({ script: polluting(POLLUTED, { enumerable: false }) })).to.deep.equal(FINE);
  }).timeout(LONGEST_MS);

  // The server of these tests is in the page as well, and takes what is on the prototype for words of a client that it does not know.
  it('may have it there for every loop to find, or by names of ours: nothing is run', async () => {
    for (const names of [POLLUTED, OURS]) {
      const { executed, foreign } = await openPage({ script: polluting(names, { enumerable: true }) });
      expect({ executed, foreign }).to.deep.equal({ executed: 0, foreign: [] });
    }
  }).timeout(LONGEST_MS);

  it('may have something on the prototypes of lists, functions and texts', async () => {
    const script = `for (const proto of [Array, Function, String, Number, Map, Set, Promise])
      proto.prototype.extra = '<img src=x onerror=alert(1)>';`;
    expect(await openPage({ script })).to.deep.equal(FINE);
  }).timeout(LONGEST_MS);

  it('may have defined an element of ours by itself', async () => {
    const told = await openPage({ script: `customElements.define('lms-room', class extends HTMLElement {});` });
    expect(told).to.deep.equal(FINE);
  }).timeout(LONGEST_MS);
});

function polluting(names: readonly string[], { enumerable }: { readonly enumerable: boolean }): string {
  return names
    .map((name) => {
      const property = { value: '<img src=x onerror=alert(1)>', writable: true, configurable: true, enumerable };
      return `Object.defineProperty(Object.prototype, ${JSON.stringify(name)}, ${JSON.stringify(property).replaceAll('<', '\\x3c')});`;
    })
    .join('');
}
