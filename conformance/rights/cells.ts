import { Stage, type Subject } from '../lib/stage.js';

/** One cell of the matrix: what the tables say, and what was seen. */
export interface Cell {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
}

/** Takes down one cell. */
export type Report = (name: string, expected: string, actual: string) => void;

/** Cells that are looked at in one room, one after the other. */
export interface Scene {
  readonly name: string;
  readonly play: (stage: Stage, report: Report) => Promise<void>;
}

/** A part of the matrix. */
export interface Part {
  readonly name: string;
  readonly what: string;
  readonly scenes: readonly Scene[];
}

/** What came of one part. */
export interface PartResult {
  readonly name: string;
  readonly what: string;
  readonly cells: readonly Cell[];
  readonly deviations: readonly Cell[];
  readonly ms: number;
}

/** Rooms that are looked at at the same time. */
const WIDTH = 6;
/** What is not done by then is stuck. */
const SCENE_MS = 60_000;

/** Looks at every cell of these parts. The scenes of all of them share the width. */
export async function lookAt(
  subject: Subject,
  parts: readonly Part[],
  { width = WIDTH, onFault = () => undefined }: { width?: number; onFault?: (fault: string) => void } = {},
): Promise<readonly PartResult[]> {
  const results: (PartResult & { cells: Cell[]; ms: number })[] = parts.map(({ name, what }) => ({
    ...{ name, what, cells: [], deviations: [], ms: 0 },
  }));
  const queue = parts.flatMap(({ scenes }, part) => scenes.map((scene) => ({ scene, result: results[part]! })));
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const startedMs = performance.now();
        next.result.cells.push(...(await playOne(subject, next.scene, onFault)));
        next.result.ms += Math.round(performance.now() - startedMs);
      }
    }),
  );
  return results.map((result) => ({ ...result, deviations: result.cells.filter((cell) => !fits(cell)) }));
}

/** The deviations as lines, for people. */
export function linesOf(deviations: readonly Cell[]): readonly string[] {
  return deviations.map(({ name, expected, actual }) => `${name}: expected ${expected}, was ${actual}`);
}

/** `N cells, N deviations`, part by part and in all. */
export function summaryOf(results: readonly PartResult[]): string {
  const rows = results.map(({ name, what, cells, deviations }) => ({
    ...{ name, what, cells: cells.length, deviations: deviations.length },
  }));
  const sum = (of: 'cells' | 'deviations') => rows.reduce((total, row) => total + row[of], 0);
  const all = { name: 'all', what: '', cells: sum('cells'), deviations: sum('deviations') };
  return [...rows, all]
    .map(({ name, what, cells, deviations }) =>
      `${name.padEnd(12)} ${String(cells).padStart(5)} cells ${String(deviations).padStart(3)} deviations  ${what}`.trimEnd(),
    )
    .join('\n');
}

/** `forbidden` fits `forbidden room.end`: where the table leaves open what a refusal names. */
function fits({ expected, actual }: Cell): boolean {
  return actual === expected || actual.startsWith(`${expected} `);
}

async function playOne(subject: Subject, { name, play }: Scene, onFault: (fault: string) => void): Promise<Cell[]> {
  const cells: Cell[] = [];
  const stage = new Stage(subject, onFault);
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`not done within ${SCENE_MS} ms`));
      }, SCENE_MS);
    });
    const report: Report = (cell, expected, actual) => {
      cells.push({ name: `${name} · ${cell}`, expected, actual });
    };
    await Promise.race([play(stage, report), tooLong]);
  } catch (error) {
    cells.push({ name, expected: 'a scene that can be played', actual: error instanceof Error ? error.message : '?' });
  } finally {
    clearTimeout(timer);
    stage.close();
  }
  return cells;
}
