import { setTimeout as sleep } from 'node:timers/promises';
import { Skip, type Requirement } from './requirement.js';
import { Stage, type Subject } from './stage.js';

/** What came of one requirement. */
export interface Outcome {
  readonly id: string;
  readonly clause: string;
  readonly must: string;
  readonly state: 'pass' | 'fail' | 'skip';
  /** Why it failed or was skipped. */
  readonly why: string | null;
  readonly ms: number;
}

/** How the suite is run. */
export interface SuiteOptions {
  readonly requirements: readonly Requirement[];
  /** Checked at the same time; 1 where all of them share one room. Default 6. */
  readonly width?: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

const WIDTH = 6;
const SHARED_PAUSE_MS = 2_000;
/** Frames of the wrong shape that are told. */
const MAX_FAULTS = 5;
/** Longest check: nothing on the page takes longer. */
const CHECK_MS = 45_000;

/** Checks every requirement. What stops the server comes last and alone; the shape of all frames is judged at the end. */
export async function runSuite(
  subject: Subject,
  { requirements, width = WIDTH, onOutcome = () => undefined }: SuiteOptions,
): Promise<readonly Outcome[]> {
  const faults = new Set<string>();
  const outcomes: Outcome[] = [];
  const check = async (requirement: Requirement) => {
    const outcome = await checkOne(subject, requirement, (fault) => faults.add(fault));
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  const isLast = ({ needs }: Requirement) => needs.includes('restart');
  const queue = requirements.filter((requirement) => !isLast(requirement));
  const shared = subject.mint === undefined;
  await Promise.all(
    Array.from({ length: shared ? 1 : width }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await check(next);
        // The same people say all of it: what one check has used of their rates, the next one has again.
        if (shared) await sleep(SHARED_PAUSE_MS);
      }
    }),
  );
  for (const requirement of requirements.filter(isLast)) await check(requirement);
  const shapes = shapesOf(faults);
  outcomes.push(shapes);
  onOutcome(shapes);
  return outcomes;
}

async function checkOne(
  subject: Subject,
  { id, clause, must, needs, check }: Requirement,
  onFault: (fault: string) => void,
): Promise<Outcome> {
  const startedMs = performance.now();
  const outcome = (state: Outcome['state'], why: string | null): Outcome => ({
    ...{ id, clause, must, state, why },
    ms: Math.round(performance.now() - startedMs),
  });
  const lacking = Stage.lacks(subject, needs);
  if (lacking !== null) return outcome('skip', lacking);
  const stage = new Stage(subject, onFault);
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`not done within ${CHECK_MS} ms`));
      }, CHECK_MS);
    });
    await Promise.race([check(stage), tooLong]);
    return outcome('pass', null);
  } catch (error) {
    if (error instanceof Skip) return outcome('skip', error.message);
    return outcome('fail', error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  } finally {
    clearTimeout(timer);
    stage.close();
  }
}

function shapesOf(faults: ReadonlySet<string>): Outcome {
  const told = [...faults].slice(0, MAX_FAULTS).join(' · ');
  return {
    id: 'frames.shape',
    clause: 'The protocol',
    must: 'Every frame that the server sent in all of this has the members and types of the page.',
    state: faults.size === 0 ? 'pass' : 'fail',
    why: faults.size === 0 ? null : told,
    ms: 0,
  };
}
