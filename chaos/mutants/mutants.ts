/** One exact replacement in a file of the built server. */
export interface Patch {
  /** Below `dist`. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A server with a known fault. A harness that does not find it proves nothing. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
}

const BEFORE_COMMIT = 'if (await (batch.made.length > 0 ?';

/**
 * Commits take a moment longer, in the order that they always have: between a commit and what depends on it there is time to be killed.
 * The healthy server of each comparison has the same disk.
 */
export const SLOW_DISK: readonly Patch[] = [
  {
    file: 'storage/sqlite/store.js',
    find: `commit: forward('commit'),`,
    replace: `commit: async (...batch) => { await new Promise((done) => setTimeout(done, 25)); return forward('commit')(...batch); },`,
  },
];

/** The seven faults that the harness has to find. */
export const MUTANTS = {
  ackBeforeCommit: {
    name: 'ack-before-commit',
    patches: [
      {
        file: 'rooms/room.js',
        find: BEFORE_COMMIT,
        replace: `for (const { job, answer } of batch.outcomes) { settle(job, answer); delete job.onAnswer; }
        ${BEFORE_COMMIT}`,
      },
    ],
  },
  fanOutBeforeCommit: {
    name: 'fan-out-before-commit',
    patches: [
      {
        file: 'rooms/room.js',
        find: BEFORE_COMMIT,
        replace: `for (const { event, folded } of batch.events) this.#tell(event, frameOf(event), folded);
        ${BEFORE_COMMIT}`,
      },
      {
        file: 'rooms/room.js',
        find: `push(event, frame);
            this.#tell(event, frame, folded);`,
        replace: 'push(event, frame);',
      },
    ],
  },
  noDedupe: {
    name: 'no-dedupe',
    patches: [
      {
        file: 'rooms/answers.js',
        find: 'const recent = this.#recent.get(idOf(memory));',
        replace: 'return null; const recent = this.#recent.get(idOf(memory));',
      },
      {
        file: 'rooms/answers.js',
        find: 'const stored = await this.#store.findCommand(',
        replace: 'return null; const stored = await this.#store.findCommand(',
      },
      {
        file: 'storage/sqlite/commit.js',
        find: 'throw new CommandConflict(actor, cmid);',
        replace: '',
      },
    ],
  },
  offByOneResume: {
    name: 'off-by-one-resume',
    patches: [
      {
        file: 'gateway/feed.js',
        find: 'feed.sent = position.offset;',
        replace: 'feed.sent = position.offset + 1;',
      },
    ],
  },
  pingsWithoutHeads: {
    name: 'pings-without-heads',
    patches: [
      {
        file: 'rooms/topics.js',
        find: `return JSON.stringify({ frame: 'ping', heads });`,
        replace: `return JSON.stringify({ frame: 'ping', heads: [] });`,
      },
    ],
  },
  noAuthorizationOnResume: {
    name: 'no-authorization-on-resume',
    patches: [
      {
        file: 'gateway/entrance.js',
        find: 'if (await directory.isBanned(live.room, identity.sub))',
        replace: 'if (!this.#hello.positions?.all && await directory.isBanned(live.room, identity.sub))',
      },
      {
        file: 'gateway/entrance.js',
        find: 'if (live.room.isBanned(participant))',
        replace: 'if (!this.#hello.positions?.all && live.room.isBanned(participant))',
      },
    ],
  },
  droppedFrameIgnored: {
    name: 'dropped-frame-ignored',
    patches: [
      {
        file: 'transport/uws-socket.js',
        find: `markDropped() {
        if (this.#dropped || this.#ws === null)`,
        replace: `markDropped() {
        if (true)`,
      },
    ],
  },
} as const satisfies Record<string, Mutant>;
