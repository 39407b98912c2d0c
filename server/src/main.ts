/** Starts the server. */
export {};
