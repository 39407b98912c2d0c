/** @packageDocumentation Registers `<lms-people>`. */
export {};
