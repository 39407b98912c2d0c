import type { Strings } from '../../internal/localize.js';
import type { DoorStrings } from '../../internal/strings/door.js';
import type { DoorkeeperStrings } from '../../internal/strings/doorkeeper.js';
import type { MissingStrings } from '../../internal/strings/missing.js';

/** What else concerns coming in, and what staff set about it. */
type Around = 'early' | 'staffEarly' | 'startNow' | 'endedHint' | `staffSend${'None' | 'Audio' | 'Video'}`;

/** The door from both sides, and who is missing, in a language. */
export type DoorTranslation = DoorStrings &
  DoorkeeperStrings &
  MissingStrings &
  Pick<Strings, Around | 'staffLobby' | 'staffShareAll' | 'fixedByHost'>;
