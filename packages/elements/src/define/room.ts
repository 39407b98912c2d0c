/** @packageDocumentation Registers `<lms-room>`. */
export {};
