export { openSqliteStore, type SqliteStoreOptions } from './sqlite/store.js';
export {
  CommandConflict,
  NoSuchRoom,
  StoreUnavailable,
  type Checkpoint,
  type CommitBatch,
  type CommitStep,
  type Lease,
  type LogHead,
  type LogKey,
  type Participant,
  type RoomKey,
  type RoomPatch,
  type RoomRow,
  type Store,
  type StoredCommand,
  type StoredEvent,
} from './types.js';
