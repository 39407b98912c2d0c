import type { ErrorRow } from './errors.js';

/** The failures that the client tells by itself; the rest of the table stays on the server, whose refusals carry message and help. */
export const CLIENT_ERRORS = {
  token_missing: {
    status: 401,
    retryable: false,
    close: 4101,
    message: 'You are not signed in to this class.',
    help: 'Set `token` or `token-url` on the element, or send `Authorization: Bearer …`.',
  },
  token_expired: {
    status: 401,
    retryable: true,
    close: 4100,
    message: 'Your access to this class has expired. Reload the page to continue.',
    help: '`exp` is in the past. Set `token-url` or `tokenProvider` so that the page can fetch a fresh token.',
  },
  token_person_changed: {
    status: 401,
    retryable: false,
    close: 4501,
    message: 'Someone else has signed in. Reload the page.',
    help: 'A refreshed token must have the same tenant, `sub` and room as the first one.',
  },
  frame_too_large: {
    status: 413,
    retryable: false,
    message: 'That is too long to send.',
    help: 'Frames are at most 16 KiB, signals 64 KiB.',
  },
  server_unreachable: {
    status: 0,
    retryable: true,
    message: 'The class cannot be reached. Trying again.',
    help: 'The socket could not be opened: check `server`, TLS, the network, the Content-Security-Policy (`connect-src`) and the allowed origins.',
  },
  attribute_invalid: {
    status: 0,
    retryable: false,
    message: 'This page is not set up correctly.',
    help: 'An attribute of the element is missing or malformed; `attribute` names it.',
  },
  token_fetch_failed: {
    status: 0,
    retryable: true,
    message: 'The school’s page did not renew your access. Trying again.',
    help: '`token-url` or `tokenProvider` failed or did not give a token.',
  },
  timeout: {
    status: 0,
    retryable: true,
    message: 'There was no answer. Trying again.',
    help: 'The server did not answer in time.',
  },
  closed: {
    status: 0,
    retryable: false,
    message: 'The class was closed on this page.',
    help: 'The connection was closed by its owner; pending sends were dropped.',
  },
} as const satisfies Record<string, ErrorRow>;
