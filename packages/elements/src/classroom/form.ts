/**
 * How the parts of a class are laid out, by the room that the element has: `wide` panel beside the stage, with a width of one's choice ·
 * `short` beside it on a phone that lies on its side · `medium` over the end of the stage · `narrow` as a sheet below the stage.
 */
export type Form = 'wide' | 'short' | 'medium' | 'narrow';

/** From here on a panel beside the stage leaves it enough. */
const WIDE_FROM_PX = 960;
/** From here on a panel over the stage leaves something of it to be seen. */
const MEDIUM_FROM_PX = 600;
/** Below this height there is no room for a sheet below the stage. */
const SHORT_BELOW_PX = 480;
/** Narrower than this nothing fits beside the stage. */
const SHORT_FROM_PX = 480;

export function formOf({ width, height }: { readonly width: number; readonly height: number }): Form {
  if (height < SHORT_BELOW_PX && width >= SHORT_FROM_PX && width < WIDE_FROM_PX) return 'short';
  if (width >= WIDE_FROM_PX) return 'wide';
  return width >= MEDIUM_FROM_PX ? 'medium' : 'narrow';
}
