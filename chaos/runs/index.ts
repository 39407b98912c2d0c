import { deploy } from './deploy.js';
import { restart } from './restart.js';
import { resumes } from './resumes.js';
import { slow } from './slow.js';
import { storm } from './storm.js';
import { kills, story } from './story.js';
import type { Run } from './types.js';

/** Every run, by the name that it is asked for by. */
export const RUNS: Readonly<Record<string, Run>> = { story, kills, resumes, storm, restart, deploy, slow };
