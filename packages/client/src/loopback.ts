/** @packageDocumentation A live server inside the page, for tests and demonstrations. */
export { createLoopbackServer, PEOPLE } from './loopback/server.js';
export type {
  LoopbackActor,
  LoopbackOptions,
  LoopbackPerson,
  LoopbackRoom,
  LoopbackSeed,
  LoopbackServer,
} from './loopback/types.js';
