import { POLICY, POLICY_KEYS, POLICY_MEANS, type PolicyKey } from '@lms-live/protocol';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { Schema } from '../row.js';
import { made, positions } from '../schemas/fields.js';
import { person } from '../schemas/people.js';
import { room, roomChanges, roomInList, rosterEntry } from '../schemas/room.js';
import { message, question } from '../schemas/talk.js';

export type Json = Readonly<Record<string, unknown>>;

/** What is referred to by name. */
const NAMED: Readonly<Record<string, Schema>> = {
  Room: room,
  RoomInList: roomInList,
  RoomChanges: roomChanges,
  RosterEntry: rosterEntry,
  Person: person,
  Message: message,
  Question: question,
  Positions: positions,
  Made: made,
};

/** Written by hand from the tables, where a schema says less. */
const FROM_TABLES: Readonly<Record<string, Json>> = {
  PolicyValues: { type: 'object', properties: policy((value) => value), additionalProperties: false },
  PolicyPatch: { type: 'object', properties: policy(editable), additionalProperties: false },
};

/** A schema as JSON Schema 2020-12, as a sender writes it; what has a name is referred to. */
export function jsonSchemaOf(schema: Schema, self?: string): Json {
  const definitions = Object.fromEntries(Object.entries(NAMED).filter(([name]) => name !== self));
  const {
    $schema: _schema,
    $defs: _defs,
    ...json
  } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    definitions,
    // A check has its own sentence, and what is trimmed away may be there.
    ignoreActions: ['check', 'metadata', 'trim'],
    // Patterns of JSON Schema are of Unicode without a flag.
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === 'regex'
        ? { ...jsonSchema, pattern: (valibotAction as unknown as { readonly requirement: RegExp }).requirement.source }
        : null,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    overrideSchema: ({ valibotSchema }) => overrideOf(valibotSchema),
  });
  return json;
}

/** Every schema that has a name. */
export function namedSchemas(): Readonly<Record<string, Json>> {
  return {
    ...Object.fromEntries(Object.entries(NAMED).map(([name, schema]) => [name, jsonSchemaOf(schema, name)])),
    ...FROM_TABLES,
  };
}

function overrideOf(schema: Schema): Json | null {
  const { ref, json } = v.getMetadata(schema) as { readonly ref?: string; readonly json?: Json };
  return ref === undefined ? (json ?? null) : { $ref: `#/components/schemas/${ref}` };
}

function policy(make: (value: Json) => Json): Json {
  return Object.fromEntries(POLICY_KEYS.map((key) => [key, { ...make(valueOf(key)), description: POLICY_MEANS[key] }]));
}

function editable(value: Json): Json {
  const properties = { value, teacherEditable: { type: 'boolean' } };
  return { anyOf: [value, { type: 'object', required: ['value'], properties }] };
}

function valueOf(key: PolicyKey): Json {
  const row = POLICY[key];
  switch (row.kind) {
    case 'boolean':
      return { type: 'boolean', default: row.default };
    case 'integer':
      return { type: 'integer', minimum: row.min, maximum: row.max, default: row.default };
    case 'choice':
      return { type: 'string', enum: row.choices, default: row.default };
  }
}
