import { callBoxes, focusBoxes, gridBoxes, type Arrangement, type Box, type CallPlace, type Space } from './layout.js';
import type { LayoutChoice } from './layout-choice.js';
import { OWN_KEY, type Tile } from './tile-list.js';

export interface Wanted {
  readonly choice: LayoutChoice;
  /** The key of the tile that this person has pinned. */
  readonly pinned: string | null;
  /** The session of who speaks, or has spoken last. */
  readonly speaker: string | null;
}

export interface Plan {
  readonly arrangement: Arrangement;
  /** In the order of the boxes: the first is the large one, where there is one. */
  readonly order: readonly Tile[];
  /** Alone in a call: a place is kept for the other person. */
  readonly isWaiting: boolean;
  /** The media sessions that are looked at; none: all alike. */
  readonly focus: readonly string[];
}

/** Decides who stands where. A pinned tile comes before a shared screen, and that before whoever speaks. */
export function arrange(tiles: readonly Tile[], { choice, pinned, speaker }: Wanted): Plan {
  const others = tiles.filter(({ isOwn }) => !isOwn);
  const screen = others.filter(({ kind }) => kind === 'screen').at(-1);
  const main = tiles.find(({ key }) => key === pinned) ?? screen;
  if (main) return focusOn(main, tiles);
  if (others.length === 0) return { arrangement: 'call', order: tiles, isWaiting: true, focus: [] };
  if (choice === 'speaker')
    return focusOn(others.find(({ session }) => session === speaker) ?? (others[0] as Tile), tiles);
  const isPair = others.length === 1 && tiles.length <= 2;
  if ((choice === 'auto' || choice === 'call') && isPair)
    return { arrangement: 'call', order: tiles, isWaiting: false, focus: [] };
  return { arrangement: 'grid', order: tiles, isWaiting: false, focus: [] };
}

/** Where each tile of a plan stands; null: there is no room for it. */
export function boxesOf({ arrangement, order, isWaiting }: Plan, space: Space, place: CallPlace): (Box | null)[] {
  switch (arrangement) {
    case 'grid':
      return gridBoxes(order.length, space);
    case 'focus':
      return focusBoxes(order.length, space);
    case 'call':
      // The place of the other person is the first box.
      return isWaiting ? callBoxes(order.length + 1, space, place).slice(1) : callBoxes(order.length, space, place);
  }
}

function focusOn(main: Tile, tiles: readonly Tile[]): Plan {
  const rest = tiles.filter((tile) => tile !== main);
  // Whoever shares is seen beside the screen, oneself last.
  const sharer = rest.filter(
    ({ session, kind }) => main.kind === 'screen' && kind === 'camera' && session === main.session,
  );
  const order = [main, ...sharer, ...rest.filter((tile) => !sharer.includes(tile))];
  const isLooked = main.session !== null && main.key !== OWN_KEY;
  return { arrangement: 'focus', order, isWaiting: false, focus: isLooked && main.session ? [main.session] : [] };
}
