/** Where a tile stands, CSS pixels from the start and the top of the stage. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Space {
  readonly width: number;
  readonly height: number;
}

/** `grid`: all alike · `focus`: one large, the others in a strip · `call`: one on all of the stage, one's own in a corner. */
export type Arrangement = 'grid' | 'focus' | 'call';

/** Where one's own picture stands in a call. */
export type Corner = 'top-start' | 'top-end' | 'bottom-start' | 'bottom-end';
export const CORNERS = ['bottom-end', 'bottom-start', 'top-start', 'top-end'] as const satisfies readonly Corner[];

export const GAP_PX = 10;
/** Faces are cut at the sides up to a portrait, and shown no wider than a camera gives them. */
const NARROWEST = 3 / 4;
/** On a wide stage faces are cut less: a camera that lies gives more than a portrait. */
const NARROWEST_WIDE = 4 / 3;
const WIDEST = 16 / 9;
/** The strip beside or below what is looked at: a part of the stage, within these bounds. */
const STRIP_RATIO = 0.2;
const STRIP_MIN_PX = 76;
const STRIP_MAX_PX = 208;
/** From this shape on the strip stands at the side. */
const SIDE_STRIP_FROM = 1.25;
const CORNER_RATIO = 0.24;
const CORNER_MIN_PX = 92;
const CORNER_MAX_PX = 240;

/** The arrangement of `count` tiles that makes them largest. The last row stands in the middle. */
export function gridBoxes(count: number, space: Space): Box[] {
  let best: { columns: number; width: number; height: number } | null = null;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cell = {
      width: (space.width - GAP_PX * (columns - 1)) / columns,
      height: (space.height - GAP_PX * (rows - 1)) / rows,
    };
    const size = within(cell, space.width > space.height ? NARROWEST_WIDE : NARROWEST);
    if (!best || size.width * size.height > best.width * best.height + 1) best = { columns, ...size };
  }
  if (!best) return [];
  const { columns, width, height } = best;
  const rows = Math.ceil(count / columns);
  const top = (space.height - rows * height - (rows - 1) * GAP_PX) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const start = (space.width - inRow * width - (inRow - 1) * GAP_PX) / 2;
    return {
      x: start + (index - row * columns) * (width + GAP_PX),
      y: top + row * (height + GAP_PX),
      width,
      height,
    };
  });
}

/** The first of `count` tiles large, the others in a strip: at the side of a wide stage, below on a tall one. What has no place is hidden by null. */
export function focusBoxes(count: number, space: Space): (Box | null)[] {
  if (count <= 1) return gridlessOne(count, space);
  const isSide = space.width / space.height >= SIDE_STRIP_FROM;
  const along = isSide ? space.height : space.width;
  const thick = clamp((isSide ? space.width : space.height) * STRIP_RATIO, STRIP_MIN_PX, STRIP_MAX_PX);
  const tile = isSide
    ? { width: thick, height: thick / WIDEST }
    : { width: Math.min(thick * WIDEST, (along - GAP_PX) / 2), height: thick };
  const step = (isSide ? tile.height : tile.width) + GAP_PX;
  const fitting = Math.max(1, Math.floor((along + GAP_PX) / step));
  const shown = Math.min(count - 1, fitting);
  const lead = (along - shown * step + GAP_PX) / 2;
  const main: Box = isSide
    ? { x: 0, y: 0, width: space.width - thick - GAP_PX, height: space.height }
    : { x: 0, y: 0, width: space.width, height: space.height - thick - GAP_PX };
  const strip = Array.from({ length: count - 1 }, (_, index): Box | null => {
    if (index >= shown) return null;
    const at = lead + index * step;
    return isSide ? { x: space.width - thick, y: at, ...tile } : { x: at, y: space.height - thick, ...tile };
  });
  return [main, ...strip];
}

export interface CallPlace {
  readonly corner: Corner;
  /** Of the controls, which stand in the middle below, over the picture. */
  readonly controls: Space;
}

/** The other person on all of the stage, oneself in a corner: above the controls, where there is no room beside them. */
export function callBoxes(count: number, space: Space, { corner, controls }: CallPlace): (Box | null)[] {
  if (count <= 1) return gridlessOne(count, space);
  const isTall = space.height > space.width;
  const width = clamp(space.width * CORNER_RATIO, CORNER_MIN_PX, CORNER_MAX_PX);
  const height = isTall ? width / NARROWEST : width / WIDEST;
  const [vertical, horizontal] = corner.split('-');
  const beside = (space.width - controls.width) / 2 - 2 * GAP_PX;
  const below = beside >= width ? GAP_PX : controls.height + 3 * GAP_PX;
  const own: Box = {
    x: horizontal === 'start' ? GAP_PX : space.width - width - GAP_PX,
    y: vertical === 'top' ? GAP_PX : space.height - height - below,
    width,
    height,
  };
  return [{ x: 0, y: 0, ...space }, own];
}

function gridlessOne(count: number, space: Space): Box[] {
  return count === 0 ? [] : [{ x: 0, y: 0, width: space.width, height: space.height }];
}

/** The largest tile of a good shape in a cell. */
function within({ width, height }: Space, narrowest: number): Space {
  if (width <= 0 || height <= 0) return { width: 0, height: 0 };
  const shape = clamp(width / height, narrowest, WIDEST);
  return width / height > shape ? { width: height * shape, height } : { width, height: width / shape };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
