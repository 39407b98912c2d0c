/** @packageDocumentation A server in memory, for tests and demos. */
export {};
