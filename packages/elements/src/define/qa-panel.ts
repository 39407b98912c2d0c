/** @packageDocumentation Registers `<lms-qa-panel>`. */
export {};
