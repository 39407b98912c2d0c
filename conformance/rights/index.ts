import type { Part } from './cells.js';
import { COMMANDS, ROLE_CHANGES, SINGLE_GRANTS } from './parts/commands.js';
import { DOOR_PART } from './parts/door.js';
import { ON_PEOPLE } from './parts/on-people.js';
import { POLICY_PART } from './parts/policy.js';
import { ROUTE_PART } from './parts/routes.js';
import { SETTINGS_PART } from './parts/settings.js';
import { SIGNAL_PART } from './parts/signals.js';

/** Who may do what, cell by cell. */
export const MATRIX: readonly Part[] = [
  COMMANDS,
  ROLE_CHANGES,
  SINGLE_GRANTS,
  ON_PEOPLE,
  SIGNAL_PART,
  POLICY_PART,
  SETTINGS_PART,
  DOOR_PART,
  ROUTE_PART,
];
