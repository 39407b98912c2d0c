import type { CallOptions } from '@lms-live/client/media';
import type { LmsPanel } from '../internal/lms-panel.js';
import type { CallKeeper } from './call-keeper.js';
import type { LayoutChoice } from './layout-choice.js';

/** A `<lms-meeting-room>`, as the parts of its content see it. */
export interface MeetingHost extends LmsPanel {
  readonly keeper: CallKeeper;
  readonly media: CallOptions['environment'];
  layout: LayoutChoice;
  readonly noShortcuts: boolean;
  /** A list of people is in sight beside the stage, and tells of hands and of the door. */
  readonly hasPeopleBeside: boolean;
  join(): Promise<void>;
  leave(): Promise<void>;
  toggleMicrophone(): Promise<void>;
  toggleCamera(): Promise<void>;
  toggleScreenShare(): Promise<void>;
}
