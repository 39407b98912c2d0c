export { BusHub, type Carry } from './bus-hub.js';
export { LocalBus } from './local-bus.js';
export type { Bus, Hint } from './types.js';
