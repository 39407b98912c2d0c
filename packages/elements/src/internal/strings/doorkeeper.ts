/** English, for staff who answer those at the door. */
export const doorkeeperStrings = {
  lobbyTitle: 'Waiting to come in',
  lobbySince: (time: string) => `since ${time}`,
  lobbyNeedsPlace: 'waits for a free place',
  lobbyMore: (count: string) => `and ${count} more`,
  lobbyAdmit: 'Admit',
  lobbyAdmitName: (name: string) => `Admit ${name}`,
  lobbyDecline: 'Decline',
  lobbyDeclineName: (name: string) => `Decline ${name}`,
  lobbyAdmitAll: (count: string) => `Admit all (${count})`,
  lobbyWriteAll: 'Write to everyone who waits',
  lobbyWriteAllHint: 'Whoever comes to wait later reads it too.',
  lobbyWriteName: (name: string) => `Write to ${name}`,
  lobbyWriteLabel: 'Message',
  lobbyWriteSend: 'Send',
  lobbyDeclined: (name: string) => `${name} was not let in`,
  lobbyUndo: 'Undo',
  lobbyDeclinedTitle: 'Not let in',
};

export type DoorkeeperStrings = typeof doorkeeperStrings;
