import type { Requirement } from '../lib/requirement.js';
import { CALLS } from './calls.js';
import { CHAIN, EVENTS } from './chain.js';
import { COMMANDS } from './commands.js';
import { CONNECT, REFUSED_AT_THE_DOOR } from './connect.js';
import { CONNECTED } from './connected.js';
import { AT_THE_DOOR, DOOR, EXPECTED } from './door.js';
import { DRAIN } from './drain.js';
import { FRAMING } from './framing.js';
import { LIMITS } from './limits.js';
import { PRESENCE } from './present.js';
import { RESUME } from './resume.js';

/** Everything that the page demands of a server, in its order. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...CONNECT,
  ...FRAMING,
  ...RESUME,
  ...EVENTS,
  ...COMMANDS,
  ...PRESENCE,
  ...AT_THE_DOOR,
  ...DOOR,
  ...EXPECTED,
  ...CALLS,
  ...CONNECTED,
  ...REFUSED_AT_THE_DOOR,
  ...LIMITS,
  ...CHAIN,
  ...DRAIN,
];
