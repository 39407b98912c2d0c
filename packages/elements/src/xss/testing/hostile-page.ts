/** A class in a page whose own names and prototypes are not what they were; tells whoever opened it how that went. */
import { textOf, elementsIn } from './look.js';
import { until } from './reads.js';
import { createStand } from './stand.js';

/** What the page tells. */
export interface HostileTold {
  readonly executed: number;
  readonly foreign: readonly string[];
  readonly reads: Readonly<Record<string, boolean>>;
  readonly error?: string;
}

const SAID = '<img src=x onerror=alert(1)> https://school.example';

async function use(): Promise<Record<string, boolean>> {
  const stand = createStand();
  const { server } = stand.given;
  const luis = server.as('luis');
  await luis.join();
  const [chat, questions, people, room] = await Promise.all([
    stand.mount('lms-chat', 'teacher'),
    stand.mount('lms-qa-panel', 'teacher'),
    stand.mount('lms-people', 'teacher'),
    stand.mount('lms-meeting-room', 'teacher'),
  ]);
  await luis.send('chat.post', { text: SAID });
  await luis.send('question.ask', { text: SAID });
  await until(chat, () => textOf(chat.renderRoot).includes(SAID));
  await until(questions, () => textOf(questions.renderRoot).includes(SAID));
  await until(people, () => textOf(people.renderRoot).includes('Luis'));
  await until(room, () => room.renderRoot.querySelector('.enter') !== null);
  return { chat: true, questions: true, people: true, room: true };
}

const page = globalThis as unknown as { executed: number };
const tell = (reads: Record<string, boolean>, error?: string): void => {
  const foreign = [...elementsIn(document.documentElement)]
    .filter((element) => element.getRootNode() !== document)
    .filter(
      (element) =>
        element instanceof HTMLImageElement || element.getAttributeNames().some((name) => name.startsWith('on')),
    )
    .map(({ localName }) => localName);
  const told: HostileTold = { executed: page.executed, foreign, reads, ...(error !== undefined && { error }) };
  parent.postMessage(told, '*');
};
use().then(
  (reads) => tell(reads),
  (error: unknown) => tell({}, error instanceof Error ? error.message : 'unknown'),
);
