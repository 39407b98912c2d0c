export { reportNewDatabase } from './report-new-database.js';
export { reportStore } from './report-store.js';
export { openSqliteStore, type SqliteStoreOptions } from './sqlite/store.js';
export { STORE_FAULTS, type StoreFault } from './store-fault.js';
export {
  CommandConflict,
  NoSuchRoom,
  RoomMoved,
  StoreUnavailable,
  type Checkpoint,
  type CommitBatch,
  type CommitStep,
  type Lease,
  type LogHead,
  type LogKey,
  type Participant,
  type PrivateRecord,
  type Revocation,
  type RoomHeads,
  type RoomKey,
  type RoomOfPerson,
  type RoomPatch,
  type RoomRow,
  type RosterEntry,
  type Statement,
  type Store,
  type StoredCommand,
  type StoredEvent,
  type StoredRequest,
} from './types.js';
