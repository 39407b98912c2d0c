import { expect, test } from 'vitest';
import { createMediaEnvironment } from './environment.js';

test('nothing of a browser is needed to make one, so that a server can render', async () => {
  const environment = createMediaEnvironment();
  expect(environment).toMatchObject({ devices: null, isSecure: false, storage: null });
  expect(environment.createAudioContext()).toBeNull();
  expect(await environment.queryPermission('camera')).toBeNull();
});

test('what is passed in goes before the platform', () => {
  const storage = { getItem: () => null, setItem: () => undefined };
  expect(createMediaEnvironment({ storage, isSecure: true })).toMatchObject({ storage, isSecure: true });
});

test('a page that may not store has no storage', () => {
  const page = {
    get localStorage(): never {
      throw new DOMException('refused', 'SecurityError');
    },
  };
  Object.assign(globalThis, { window: page });
  try {
    expect(createMediaEnvironment().storage).toBeNull();
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
});
