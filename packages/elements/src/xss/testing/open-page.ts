import type { Told } from './page.js';

const POLICY = `default-src 'self'; script-src ${location.origin}; style-src 'self'; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;

/** Opens the page of a scene under a strict policy, and has it show some texts. */
export async function showTexts(scene: string, texts: readonly string[]): Promise<Told> {
  const script = `${location.origin}/packages/elements/src/xss/testing/page.ts`;
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script type="module" src="${script}"></script><body></body>`;
  const address = URL.createObjectURL(new Blob([page], { type: 'text/html' }));
  const frame = document.createElement('iframe');
  frame.width = '1000';
  frame.height = '800';
  const told = new Promise<Told>((resolve) => {
    const listen = ({ source, data }: MessageEvent<'ready' | Told>): void => {
      if (source !== frame.contentWindow) return;
      if (data === 'ready') {
        frame.contentWindow?.postMessage({ scene, texts }, '*');
        return;
      }
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
