/** @packageDocumentation Headless SDK of LMS Live. */
export {};
