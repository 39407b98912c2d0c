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
  type RoomHeads,
  type RoomKey,
  type RoomPatch,
  type RoomRow,
  type Store,
  type StoredCommand,
  type StoredEvent,
} from './types.js';
