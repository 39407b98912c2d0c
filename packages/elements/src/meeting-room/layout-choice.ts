/** How the tiles stand: `auto` takes what suits who is there and what is shown. */
export type LayoutChoice = 'auto' | 'grid' | 'speaker' | 'call';
export const LAYOUTS: readonly string[] = ['auto', 'grid', 'speaker', 'call'] satisfies LayoutChoice[];
