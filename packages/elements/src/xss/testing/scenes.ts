import { broken } from './broken-scene.js';
import { call } from './call-scene.js';
import { chat } from './chat-scene.js';
import { door } from './door-scene.js';
import { people } from './people-scene.js';
import { questions } from './questions-scene.js';
import type { Scene } from './reads.js';
import { refused } from './refused-scene.js';

/** By name: every place that texts of others come to. */
export const SCENES: Readonly<Record<string, () => Promise<Scene>>> = {
  chat,
  questions,
  people,
  call,
  door,
  refused,
  broken,
};
