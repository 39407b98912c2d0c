/** @packageDocumentation Registers `<lms-chat>`. */
export {};
