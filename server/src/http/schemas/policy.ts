/** The settings of a room as requests write them and answers show them. */
import { GRANTS, type PolicyPatch } from '@lms-live/protocol';
import * as v from 'valibot';
import { policyPatch } from './room.js';

export const policyChanges = policyPatch as unknown as v.GenericSchema<PolicyPatch>;

export const policySettings = v.record(
  v.string(),
  v.strictObject({
    value: v.union([v.string(), v.number(), v.boolean()]),
    /** Whether the host lets the teacher change it. */
    teacherEditable: v.boolean(),
    grant: v.picklist(GRANTS),
    /** Whether this caller may change it now. */
    mayChange: v.boolean(),
  }),
);
