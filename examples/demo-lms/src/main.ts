/** Starts the demo LMS. */
export {};
