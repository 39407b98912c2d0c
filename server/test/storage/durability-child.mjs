/**
 * Commits without end, and prints each batch that was acknowledged, until it is killed.
 * Arguments: the URL of the built storage, the data directory, the room, the batch to begin with.
 */
const [url, dataDir, key, first] = process.argv.slice(2);
const IN_FLIGHT = 8;

const { openSqliteStore } = await import(url);
const store = await openSqliteStore({ dataDir });

async function commit(number) {
  await store.commit(batch(number));
  // A pipe of the system: what was written is there when the process is not.
  process.stdout.write(`${number}\n`);
}

/** Three events in one log, one in another, a command and a vote: all or nothing. */
function batch(number) {
  const event = (log, offset) => ({
    kind: 'event',
    event: {
      ...{ log, owner: '', offset, id: `${log}-${offset}`, at: offset, type: 'chat.posted', by: null },
      ...{ ref: `message-${offset}`, salt: 'salt', digest: 'digest', hash: `hash-${offset}`, body: '{}' },
    },
  });
  const command = { actor: 'ann', cmid: `c-${number}`, digest: 'digest', answer: '{}', ref: null };
  return {
    key: Number(key),
    newLogs: [],
    steps: [
      ...[event('all', 3 * number - 2), event('all', 3 * number - 1), event('staff', number)],
      { kind: 'vote', question: `question-${number}`, participant: 'ann', value: true },
      event('all', 3 * number),
      { kind: 'command', command },
    ],
  };
}

const waiting = [];
for (let number = Number(first); ; number += 1) {
  waiting.push(commit(number));
  if (waiting.length >= IN_FLIGHT) await waiting.shift();
}
