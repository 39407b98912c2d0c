import type { RoomState } from '@lms-live/client';
import { classItems } from '../internal/class-items.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';
import { openMenu } from '../internal/menu.js';

interface ClassCase {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly anchor: HTMLElement;
  readonly perform: Perform;
}

/** What the staff may do about the whole class. */
export function openClassMenu({ host, state, anchor, perform }: ClassCase): void {
  const label = host.localize.term('classActions');
  openMenu({ anchor, label, items: classItems({ host, state, perform }), signal: host.stay });
}
