/** Elements in pages of plain HTML: how they are written, what they show, and what they tell the page. */
import type { RoomClient } from '@lms-live/client';
import type { ChromiumTab } from './chromium.js';

export interface Shown {
  /** Everything that can be read, in one line. */
  readonly text: string;
  /** The code of what went wrong, or nothing. */
  readonly code: string;
  /** The button that stands below it, or nothing. */
  readonly button: string;
}

export interface SeenEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export type PanelTag = 'lms-chat' | 'lms-qa-panel' | 'lms-people';

/** A tag with attributes, as a template engine would write it. */
export function elementHtml(tag: string, attributes: Readonly<Record<string, string>> = {}, content = ''): string {
  const written = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`,
  );
  return `<${tag}${written.join('')}>${content}</${tag}>`;
}

export function pageHtml({ sdk, body }: { readonly sdk: string; readonly body: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>A lesson</title>
    <script type="module" src="${sdk}"></script>
  </head>
  <body>
    ${body}
  </body>
</html>`;
}

/** What the first element of a kind shows. */
export function shownIn({ page }: ChromiumTab, tag: PanelTag): Promise<Shown> {
  return page.evaluate((name) => {
    const base = document.querySelector(name)?.shadowRoot?.querySelector<HTMLElement>('[part="base"]');
    const textOf = (css: string): string => base?.querySelector(css)?.textContent.trim() ?? '';
    return {
      text: (base?.innerText ?? '').replace(/\s+/gu, ' ').trim(),
      code: textOf('[part~="error-code"]'),
      button: textOf('[part~="error"] button'),
    };
  }, tag);
}

/** Presses the button below what went wrong. */
export async function act(tab: ChromiumTab, tag: PanelTag): Promise<void> {
  await tab.click({ element: tag, css: '[part~="error"] button' });
}

/** The connection of the first element of a kind, as its state names it. */
export function connectionOf({ page }: ChromiumTab, tag: string): Promise<string> {
  return page.evaluate(
    (name) =>
      document.querySelector<HTMLElement & { client: RoomClient | null }>(name)?.client?.getState().connection.state ??
      'none',
    tag,
  );
}

/** Keeps what elements tell; runs in the page, before its own scripts. */
export function recordEvents(): void {
  const seen: SeenEvent[] = ((globalThis as Recording).seenEvents = []);
  for (const type of ['lms-error', 'lms-joined', 'lms-left', 'lms-connection-changed', 'lms-room-opened'])
    document.addEventListener(type, (event) =>
      seen.push({ type, detail: { ...(event as CustomEvent<Record<string, unknown>>).detail } }),
    );
}

export function seenEvents({ page }: ChromiumTab): Promise<SeenEvent[]> {
  return page.evaluate(() => (globalThis as Recording).seenEvents ?? []);
}

type Recording = typeof globalThis & { seenEvents?: SeenEvent[] };
