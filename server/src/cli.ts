#!/usr/bin/env node
/** The `lms-live` command. */
export {};
