/**
 * Every number that both sides hold each other to. A number without a row here is not a limit.
 * The server may announce smaller ones in `welcome.limits`; never larger.
 */
export const LIMITS = {
  /** A token longer than this is refused before it is decoded. */
  maxTokenBytes: 8_192,
  /** Any frame from a client but `signal`; a hello with an 8 KiB token still fits. */
  maxFrameBytes: 16_384,
  /** A `signal` frame, once admitted: a session description of a six-person mesh stays below it. */
  maxSignalBytes: 65_536,
  /** Nesting of any JSON that a client sends; deeper is refused before it is validated. */
  maxJsonDepth: 8,
  /** A chat message. Characters are UTF-16 units, here and below. */
  maxMessageChars: 4_000,
  /** A question. */
  maxQuestionChars: 1_000,
  /** A written answer to a question. */
  maxAnswerChars: 4_000,
  /** Why a question is declined, or a note beside a bar. */
  maxReasonChars: 300,
  /** The name of a person, from the token; a longer one is cut. */
  maxNameChars: 120,
  /** The title of a room. */
  maxTitleChars: 200,
  /** The description of a room. */
  maxDescriptionChars: 4_000,
  /** The address of a picture. */
  maxUrlChars: 2_048,
  /** Any id; a `sub` too. */
  maxIdChars: 128,
  /** Labels of one question. */
  maxLabels: 8,
  /** One label. */
  maxLabelChars: 40,
  /** Pinned messages of a room. */
  maxPins: 20,
  /** Questions of one person that are pending or open at once. */
  maxOpenQuestionsPerPerson: 20,
  /** Commands of one connection that may wait for their `ack`. */
  maxUnacked: 8,
  /** Commands of one room that wait to be decided; the next is refused as `busy`. */
  maxQueuedCommands: 256,
  /** Malformed frames of one connection within `malformedWindowMs` before it is closed. */
  maxMalformedFrames: 5,
  /** See `maxMalformedFrames`. */
  malformedWindowMs: 10_000,
  /** From the open socket to a `hello`. */
  helloTimeoutMs: 5_000,
  /** A lone command commits at once; under load a batch closes after this … */
  groupCommitMs: 5,
  /** … or after this many commands. */
  groupCommitCommands: 64,
  /** Events of a log kept in memory for resumes. */
  tailEvents: 256,
  /** A client further behind than this gets a snapshot. */
  snapshotAfterEvents: 2_000,
  /** Messages in a snapshot; older ones come over HTTP. */
  snapshotMessages: 100,
  /** Events in one page of a replay. */
  replayPageEvents: 200,
  /** A message page over HTTP. */
  pageMessages: 50,
  /** The largest message page that may be asked for. */
  maxPageMessages: 200,
  /** Server pings carry the heads of the logs. */
  pingIntervalMs: 5_000,
  /** A visible client that has heard nothing for this long probes, then reconnects. */
  silenceMs: 8_000,
  /** How long such a client waits for the answer to its probe. */
  probeTimeoutMs: 2_000,
  /** Server side: a socket without a protocol pong for this long is dead. */
  idleTimeoutS: 20,
  /** From the loss of the last connection to the leave that others see. */
  leaveGraceMs: 10_000,
  /** After a start of the server, before the leases of people who have not come back are closed. */
  restartGraceMs: 30_000,
  /** `seenAt` of open leases is written this often. */
  seenIntervalMs: 5_000,
  /** Rooms leave memory after this long without a connection. */
  roomIdleMs: 300_000,
  /** Minutes of server up-time that a room stays held, where its record says nothing else … */
  heldMinutes: 10,
  /** … and the most that it may say. */
  maxHeldMinutes: 240,
  /** Minutes before its start at which a room opens for its staff, where its record says nothing else … */
  openMinutesBefore: 15,
  /** … and the most that it may say. */
  maxOpenMinutesBefore: 1_440,
  /** Least time between two tallies of one question. */
  tallyIntervalMs: 500,
  /** Names in one presence signal; beyond it only the count is sent. */
  maxPresenceNames: 200,
  /** Unsent bytes of one socket before it is closed as a slow reader. */
  maxBackpressureBytes: 1_048_576,
  /** Commands of one person: a bucket of this many … */
  commandBurst: 20,
  /** … refilled at this rate. */
  commandsPerSecond: 5,
  /** Commands of one room, but for those of its staff: a bucket of this many … */
  roomCommandBurst: 1_000,
  /** … refilled at this rate. The operator may change both for a tenant. */
  roomCommandsPerSecond: 200,
  /** Commands of all rooms of one tenant: a bucket of this many … */
  tenantCommandBurst: 10_000,
  /** … refilled at this rate. The operator may change both for a tenant. */
  tenantCommandsPerSecond: 2_000,
  /** Signals of one person: a bucket of this many … */
  signalBurst: 40,
  /** … refilled at this rate. */
  signalsPerSecond: 20,
  /** Signals of one room, each of which goes to everyone in it: a bucket of this many … */
  roomSignalBurst: 200,
  /** … refilled at this rate; what is over it is dropped and counted. The operator may change both for a tenant. */
  roomSignalsPerSecond: 100,
  /** Media sessions of a mesh with cameras; the next ones are of the mode `audio` … */
  maxVideoSessions: 6,
  /** … up to this many; further ones are of the mode `none`. */
  maxMediaSessions: 12,
  /** Before the media session of a lost socket is closed. */
  mediaGraceMs: 10_000,
  /** A wish for a media session that is not answered is told again after this. */
  mediaRetryMs: 1_500,
  /** `rtc` signals of one person, which make the calls: a bucket of this many … */
  rtcBurst: 400,
  /** … refilled at this rate. */
  rtcPerSecond: 120,
  /** Bytes of these signals of one person, five times what joining a full call takes (200 kB): a bucket of this many … */
  rtcBurstBytes: 1_000_000,
  /** … refilled at this rate. */
  rtcBytesPerSecond: 64_000,
  /** Unsent bytes of one socket above which no `rtc` signals are added, so that nobody else can fill it up to `maxBackpressureBytes`. */
  rtcBacklogBytes: 262_144,
  /** Unsent bytes of one socket above which signals, presence and the list of the call stay away from it until it has caught up. */
  signalBacklogBytes: 65_536,
  /** An `rtc` message that is not acknowledged is sent again after this. */
  rtcRetryMs: 1_000,
  /** Names of those who wait at the door, as staff are told; beyond it only the count. */
  maxLobbyNames: 200,
  /** What somebody at the door writes to the staff, and the staff to them. */
  maxNoteChars: 300,
  /** The password of a room. */
  maxPasswordChars: 128,
  /** Tries of one person at the password of a room: a bucket of this many … */
  passwordBurst: 5,
  /** … refilled at this rate. */
  passwordsPerMinute: 6,
  /** Wrong tries from one address, behind which a school may stand: a bucket of this many … */
  addressPasswordBurst: 50,
  /** … refilled at this rate. */
  addressPasswordsPerMinute: 60,
  /** People on the list that a host gives for a room. */
  maxRosterPeople: 10_000,
  /** Names of that list, as staff are told; beyond it only how many. */
  maxRosterNames: 500,
  /** Reference of the host, kept with a room. */
  maxExternalRefChars: 256,
  /** How long an `Idempotency-Key` is remembered. */
  idempotencyMs: 86_400_000,
  /** How long a host has to answer an admission hook. */
  hookTimeoutMs: 5_000,
  /** Bytes that are read of its answer. */
  maxHookBytes: 16_384,
  /** How long a TURN credential is valid; renewed before. */
  turnCredentialMs: 3_600_000,
  /** Frames that ask for something again (`resume`, `token`, `ping`, a known `cmid`): a bucket of this many for one person … */
  controlBurst: 40,
  /** … refilled at this rate. */
  controlsPerSecond: 10,
  /** Requests over HTTP that read, of one person, or of one address where no token is needed: a bucket of this many … */
  httpReadBurst: 60,
  /** … refilled at this rate. */
  httpReadsPerSecond: 20,
  /** Requests over HTTP of a host's back end, which speaks for all of its people: a bucket of this many … */
  httpServiceBurst: 400,
  /** … refilled at this rate. */
  httpServicePerSecond: 200,
  /** Sockets of one person in one room; and those that wait or are on their way in, whatever the room. */
  maxConnectionsPerPerson: 12,
  /** Sockets that have not been let in or told to wait, on one server … */
  maxPendingHellos: 500,
  /** … and from one address. A school behind one address has as many at once, and the next try a moment later. The operator may change it. */
  maxPendingHellosPerAddress: 200,
  /** Sockets of one tenant. The operator may change it. */
  maxConnectionsPerTenant: 50_000,
  /** A server that stops asks this many connections a second to move … */
  drainPerSecond: 200,
  /** … over this long at least … */
  minDrainMs: 5_000,
  /** … and at most. Whoever is still there is closed then. */
  maxDrainMs: 20_000,
} as const;

/** The name of a limit. */
export type LimitName = keyof typeof LIMITS;
