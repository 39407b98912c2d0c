/** English, for the keys and the sheet that lists them. */
export const shortcutStrings = {
  keys: 'Keyboard shortcuts',
  keysClose: 'Close',
  keyMicrophone: 'Microphone on or off',
  keyTalk: 'Talk while muted (hold)',
  keyCamera: 'Camera on or off',
  keyShare: 'Share the screen, or stop',
  keyHand: 'Raise or lower the hand',
  keyReactions: 'Reactions',
  keyChat: 'Open or close the chat',
  keyQuestions: 'Open or close the questions',
  keyPeople: 'Open or close the list of people',
  keyFullscreen: 'Full screen on or off',
  keyLayout: 'Choose the layout',
  keyEscape: 'Close what is on top',
  keyHelp: 'Show this list',
  keySpaceBar: 'Space',
  keyEscapeName: 'Esc',
};

export type ShortcutStrings = typeof shortcutStrings;
