/** English, for what staff do about the media of others, about the door and about hands: shared by the list of people and the stage. */
export const moderationStrings = {
  staffMute: 'Mute',
  staffAskUnmute: 'Ask to unmute',
  staffStopCamera: 'Stop camera',
  staffAskCamera: 'Ask to start camera',
  staffStopShare: 'Stop screen sharing',
  staffBlockAudio: 'Block microphone',
  staffBlockVideo: 'Block camera',
  staffBlockShare: 'Block screen sharing',
  staffMuteAll: 'Mute all students',
  staffLock: 'Lock the class',
  staffLobby: 'Students wait to be let in',
  staffSendNone: 'Students only listen and watch',
  staffSendAudio: 'Students may send sound',
  staffSendVideo: 'Students may send sound and pictures',
  staffShareAll: 'Students may share their screen',
  fixedByHost: 'Set by the school',
  handsRaised: (count: number) => `${count} hands were raised`,
  handRaised: (name: string) => `${name} raised a hand`,
  lobbyWaits: (name: string) => `${name} is waiting to come in`,
  lobbyWaitMany: (count: number) => `${count} people are waiting to come in`,
};

export type ModerationStrings = typeof moderationStrings;
