/** A page under a strict policy into which every text of a corpus comes, at every place where the texts of others come. */
import { foreignIn, kindsIn } from './look.js';
import type { Scene } from './reads.js';
import { SCENES } from './scenes.js';

/** What the page tells whoever opened it. */
export interface Told {
  readonly texts: number;
  readonly fields: readonly string[];
  readonly executed: readonly string[];
  readonly violations: readonly string[];
  /** Elements and attributes that no template of ours has. */
  readonly foreign: readonly string[];
  /** Texts that could not be read as they are. */
  readonly changed: readonly string[];
  readonly error?: string;
}

const CLASS = 1_000;
/** What is violated is told a moment later. */
const SETTLE_MS = 100;
const MOST_TOLD = 10;
const PLAIN = ['Hello', 'See https://school.example/page and mailto:office@school.example', 'Why?\nBecause.'];

const executed: string[] = [];
const violations: string[] = [];
const foreign: string[] = [];
const changed: string[] = [];
const fields = new Set<string>();

for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'] as const)
  Object.defineProperty(globalThis, name, { value: () => executed.push(name) });
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  violations.push(`${violatedDirective} ${blockedURI} ${sample}`),
);

/** What the stage shows a moment later: the choice of devices. */
const LATER = ['label', 'select', 'option'].map((name) => `xhtml:${name}`);

async function run(name: string, texts: readonly string[]): Promise<void> {
  const known = new Set(LATER);
  for (let from = 0; from < texts.length; from += CLASS) await runClass(name, texts.slice(from, from + CLASS), known);
}

/** A class with so many texts in it: one with all of them would be long before it is hostile. */
async function runClass(name: string, texts: readonly string[], known: Set<string>): Promise<void> {
  const scene = await (SCENES[name] as () => Promise<Scene>)();
  // Twice, so that all that a page of plain texts has was there once.
  for (let round = 0; round < 2; round += 1) {
    await take(scene, PLAIN);
    for (const kind of kindsIn(document.body)) known.add(kind);
  }
  for (let at = 0; at < texts.length; at += scene.atOnce) {
    await take(scene, texts.slice(at, at + scene.atOnce));
    foreign.push(...foreignIn(document.body, known));
  }
  document.body.replaceChildren();
}

async function take(scene: Scene, texts: readonly string[]): Promise<void> {
  for (const [field, seen] of Object.entries(await scene.show(texts))) {
    fields.add(field);
    if (seen.length !== texts.length) changed.push(`${field}: ${seen.length} of ${texts.length}`);
    for (const [nth, text] of texts.entries())
      if (seen[nth] !== text)
        changed.push(`${field}: ${JSON.stringify(text)} became ${JSON.stringify(seen[nth] ?? null)}`);
  }
}

function tell(texts: number, error?: string): void {
  const told: Told = {
    texts,
    fields: [...fields],
    executed,
    violations,
    foreign: foreign.slice(0, MOST_TOLD),
    changed: changed.slice(0, MOST_TOLD),
    ...(error !== undefined && { error }),
  };
  parent.postMessage(told, '*');
}

window.addEventListener('message', ({ data }: MessageEvent<{ scene: string; texts: readonly string[] }>) => {
  const { scene, texts } = data;
  run(scene, texts)
    .then(() => new Promise((resolve) => setTimeout(resolve, SETTLE_MS)))
    .then(
      () => tell(texts.length),
      (error: unknown) =>
        tell(texts.length, error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : 'unknown'),
    );
});
parent.postMessage('ready', '*');
