import { LIMITS, LOGS } from '@lms-live/protocol';
import * as v from 'valibot';
import { forEveryone, forTenant, ofRoom, type RouteRow } from '../row.js';
import { jwks } from '../routes/jwks.js';
import * as people from '../routes/people.js';
import * as reports from '../routes/reports.js';
import * as statements from '../routes/statements.js';
import { id, wholeNumber } from '../schemas/fields.js';
import * as schemas from '../schemas/reports.js';

/** Rooms of a person in one page; each of them is read from its logs. */
const MAX_ROOMS = 50;
const ROOMS = '20';
const ownOrAll = '`reports.read`; everyone else their own';

const roomPage = v.strictObject({
  after: v.optional(id),
  limit: v.optional(wholeNumber({ min: 1, max: MAX_ROOMS }), ROOMS),
});

/** Who was there, and what was done. */
const CLASS_ROWS: readonly RouteRow[] = [
  ofRoom({
    id: 'reports.attendance',
    method: 'GET',
    path: '/v1/rooms/{id}/attendance',
    tag: 'reports',
    summary: 'Read who was in the class, when, and who of the expected was not.',
    description:
      'Times are when people were seen, to within five seconds. What each number means is said in the guide “Reports”. `sub` is told to a service alone.',
    who: ownOrAll,
    answers: { 200: { means: 'as it is now', schema: schemas.attendance } },
    errors: ['forbidden'],
    run: reports.attendance,
  }),
  ofRoom({
    id: 'reports.attendanceCsv',
    method: 'GET',
    path: '/v1/rooms/{id}/attendance.csv',
    tag: 'reports',
    summary: 'Read the same as a table: CSV in UTF-8, in which no field is a formula.',
    grant: 'reports.read',
    answers: { 200: { means: 'RFC 4180, with a header', type: 'text/csv' } },
    run: reports.csv,
  }),
  ofRoom({
    id: 'reports.stats',
    method: 'GET',
    path: '/v1/rooms/{id}/stats',
    tag: 'reports',
    summary: 'Read the class in numbers: viewers, duration, messages, questions, answers, votes, hands.',
    who: ownOrAll,
    answers: { 200: { means: 'as it is now', schema: schemas.statistics } },
    errors: ['forbidden'],
    run: reports.stats,
  }),
  ofRoom({
    id: 'reports.events',
    method: 'GET',
    path: '/v1/rooms/{id}/events',
    tag: 'reports',
    summary: 'Read a log of the class as it stands, with its hashes.',
    description:
      '`log`: `all`, `staff`, or `me` for the log of one person: one’s own, and for a service that of any `participant`. Items are the `event` frames of the socket.',
    who: '`reports.read`; everyone the log `me` of their own',
    query: v.strictObject({
      log: v.optional(v.picklist(LOGS), 'all'),
      participant: v.optional(id),
      after: v.optional(wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }), '0'),
      limit: v.optional(wholeNumber({ min: 1, max: LIMITS.maxPageMessages }), String(LIMITS.maxPageMessages)),
    }),
    answers: { 200: { means: 'a page; give `next` as `after` for the one behind it', schema: schemas.events } },
    errors: ['forbidden', 'person_unknown'],
    run: reports.events,
  }),
  ofRoom({
    id: 'statements.list',
    method: 'GET',
    path: '/v1/rooms/{id}/statements',
    tag: 'reports',
    summary: 'Read what was signed at each end of the class, and as a service who its participants are.',
    grant: 'reports.read',
    answers: { 200: { means: 'the oldest first', schema: schemas.statements } },
    run: statements.list,
  }),
  ofRoom({
    id: 'statements.get',
    method: 'GET',
    path: '/v1/rooms/{id}/statements/{statement}',
    tag: 'reports',
    summary: 'Read one of them, or `latest`, as it was signed.',
    grant: 'reports.read',
    answers: { 200: { means: 'a compact JWS, to be verified with `/v1/jwks.json`', type: 'application/jose' } },
    errors: ['statement_unknown'],
    run: statements.get,
  }),
];

/** One person in all rooms. */
const RECORD_ROWS: readonly RouteRow[] = [
  forTenant({
    id: 'records.get',
    method: 'GET',
    path: '/v1/people/{sub}',
    tag: 'records',
    summary: 'Export everything that the server has of one person, room by room.',
    grant: 'tenant.manage',
    query: roomPage,
    answers: { 200: { means: 'a page; give `next` as `after` for the one behind it', schema: schemas.person } },
    run: people.get,
  }),
  forTenant({
    id: 'records.erase',
    method: 'DELETE',
    path: '/v1/people/{sub}',
    tag: 'records',
    summary: 'Erase one person in every room: name, picture, and what they wrote.',
    description:
      'Bans stand, tallies stay, and attendance stays under a random id that nobody can trace. Withdraw their tokens first: who comes again is somebody new.',
    grant: 'people.erase',
    answers: {
      200: { means: 'how much was erased; nothing, where nobody is known by this name', schema: schemas.erased },
    },
    run: people.remove,
  }),
  forTenant({
    id: 'records.calls',
    method: 'GET',
    path: '/v1/people/{sub}/calls',
    tag: 'records',
    summary: 'Read the classes that one person was in, the newest first.',
    who: '`tenant.manage`; everyone their own',
    query: roomPage,
    answers: { 200: { means: 'a page; give `next` as `after` for the one behind it', schema: schemas.calls } },
    errors: ['forbidden'],
    run: people.calls,
  }),
];

export const REPORT_ROWS: readonly RouteRow[] = [
  ...CLASS_ROWS,
  ...RECORD_ROWS,
  forEveryone({
    id: 'service.jwks',
    method: 'GET',
    path: '/v1/jwks.json',
    tag: 'service',
    summary: 'Read the public keys by which statements are verified.',
    answers: { 200: { means: 'a JWK set (RFC 7517)', schema: schemas.jwks, type: 'application/jwk-set+json' } },
    run: jwks,
  }),
];
