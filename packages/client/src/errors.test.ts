import { expect, test } from 'vitest';
import { LmsError, toErrorDetail } from './errors.js';

const DETAIL = { code: 'busy', message: 'Busy.', retryable: true, help: 'Wait.', retryAfterMs: 5, detail: { a: 1 } };

test('an LmsError has the fields of its detail, and gives them back', () => {
  const cause = new Error('why');
  const error = new LmsError(DETAIL, { cause });
  expect(error).toMatchObject({ ...DETAIL, name: 'LmsError', cause });
  expect(toErrorDetail(error)).toEqual(DETAIL);
});

test('what is absent in the detail is absent in the error', () => {
  const error = new LmsError({ code: 'closed', message: 'Closed.', retryable: false, help: '' });
  expect('retryAfterMs' in error).toBe(false);
  expect(toErrorDetail(error)).toEqual({ code: 'closed', message: 'Closed.', retryable: false, help: '' });
});

test('anything else that was thrown is internal', () => {
  expect(toErrorDetail(new TypeError('x is not a function'))).toMatchObject({
    code: 'internal',
    message: 'x is not a function',
    retryable: false,
  });
  expect(toErrorDetail('text')).toMatchObject({ code: 'internal', message: 'text' });
});
