/** @packageDocumentation The element classes. Importing this registers nothing. */
export {};
