/** @packageDocumentation Calls: devices, and links to everyone in a class. Loaded only by pages that show faces. */
export { createCall } from './media/call.js';
export { startsMuted } from './media/call-rights.js';
export { createMediaEnvironment } from './media/environment.js';
export type {
  Call,
  CallEvents,
  CallOptions,
  CallPhase,
  CallQuality,
  CallState,
  DeviceChoice,
  DeviceChoices,
  DevicePhase,
  DeviceProblem,
  LinkQuality,
  LinkState,
  LinkStats,
  LocalDevice,
  LocalMicrophone,
  LocalScreen,
  MediaEnvironment,
  Peer,
} from './media/types.js';
