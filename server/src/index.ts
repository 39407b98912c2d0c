/** @packageDocumentation The LMS Live server as a library. */
export {};
