import type { Link } from './link/link.js';
import type { TokenKeeper } from './token/token-keeper.js';
import type { PageEvents } from './types.js';

export interface PageLifeParts {
  readonly page: PageEvents | null;
  readonly link: Link;
  readonly tokens: TokenKeeper;
  readonly ping: () => void;
}

/** What the life of a page means for its connection (Page Lifecycle, Page Visibility). @returns stops following it */
export function followPage({ page, link, tokens, ping }: PageLifeParts): () => void {
  const stop = page?.listen((what) => {
    switch (what) {
      case 'hidden':
        ping();
        return;
      case 'offline':
        // Told so, a page need not wait for silence to notice.
        link.probe();
        return;
      case 'back':
        link.doubt();
        break;
      case 'wake':
        link.probe();
        break;
    }
    tokens.wake();
  });
  return () => stop?.();
}
