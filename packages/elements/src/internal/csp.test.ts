import { expect } from '@open-wc/testing';

const POLICY = `default-src 'self'; script-src ${location.origin}; style-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;

describe('a strict Content-Security-Policy', () => {
  for (const [what, search] of [
    ['element', ''],
    ['part of a classroom', '?classroom'],
  ] as const)
    it(`is violated by no ${what}, with Trusted Types required`, async () => {
      const script = `${location.origin}/packages/elements/src/internal/testing/csp-page.ts${search}`;
      const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><body><script type="module" src="${script}"></script></body>`;
      const address = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
      const frame = document.createElement('iframe');
      frame.width = '800';
      frame.height = '600';
      const told = new Promise<unknown>((resolve) => {
        const listen = ({ source, data }: MessageEvent): void => {
          if (source !== frame.contentWindow) return;
          window.removeEventListener('message', listen);
          resolve(data);
        };
        window.addEventListener('message', listen);
      });
      frame.src = address;
      document.body.append(frame);
      expect(await told).to.deep.equal({ violations: [] });
      frame.remove();
      URL.revokeObjectURL(address);
      // A page of all elements, loaded file by file, and a call in it.
    }).timeout(60_000);
});
