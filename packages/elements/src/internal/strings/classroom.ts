/** English, for the whole class in one element. */
export const classroomStrings = {
  panelOpen: 'Show the panel',
  panelClose: 'Hide the panel',
  panelParts: 'Parts of the class',
  panelResize: 'Width of the panel',
  panelResizeHeight: 'Height of the panel',
  unread: (count: string) => `${count} new`,
  peopleWanting: (count: number) => (count === 1 ? '1 person wants something' : `${count} people want something`),
};

export type ClassroomStrings = typeof classroomStrings;
