/** English, for what was written and is not sent yet, in the chat and among the questions. */
export const waitingStrings = {
  waitsKept: 'Not sent yet. It is kept on this device and goes out by itself.',
  waitsOpen: 'Not sent yet. It goes out by itself: please keep this page open until then.',
  waitsAway: 'It is kept on this device for a day, and goes out by itself if the class opens for you again.',
};

export type WaitingStrings = typeof waitingStrings;
