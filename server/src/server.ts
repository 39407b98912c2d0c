import { fileURLToPath } from 'node:url';
import { LIMITS, SOCKET_PATH, SUBPROTOCOL } from '@lms-live/protocol';
import { Enrolment } from './admission/enrolment.js';
import { HostAnswers } from './admission/host-answers.js';
import { createAuthenticator } from './auth/authenticator.js';
import { Revocations } from './auth/revocations.js';
import type { Bus } from './bus/index.js';
import type { Config } from './config/types.js';
import { FairLimits } from './gateway/fair-limits.js';
import { Gateway } from './gateway/gateway.js';
import { Api } from './http/api.js';
import { Sdk } from './http/sdk.js';
import { IceService, stunUrlOf } from './ice/ice-service.js';
import { createMetrics, serveMetrics, type Log, type Metrics, type MetricsServer } from './observe/index.js';
import { authLogOf } from './observe/auth-log.js';
import { SigningKeys } from './signing/signing-keys.js';
import { Statements } from './signing/statements.js';
import { RoomDirectory } from './rooms/directory.js';
import { reportRoom } from './rooms/report-room.js';
import { openSqliteStore, reportNewDatabase, reportStore, StoreUnavailable, type Store } from './storage/index.js';
import { startStun } from './stun/start.js';
import { createTransport } from './transport/index.js';
import { VERSION } from './version.js';

/** JSON bodies of the API, the largest a list of ten thousand people; recordings will have a route of their own. */
const MAX_BODY_BYTES = 1_048_576;
const ROOM_GAUGE_MS = 5_000;
/** From the last move to the end of the process: with the time for moving less than the 30 s that containers are given. */
const STOP_WITHIN_MS = 8_000;

export interface ServerOptions {
  readonly config: Config;
  readonly log: Log;
  readonly now?: () => number;
  /** Default: SQLite in `config.dataDir`. One that is given is closed by whoever gave it. */
  readonly store?: Store;
  /** What joins servers that share one store. Default: this one has its store to itself. */
  readonly bus?: Bus;
  /** The folder of the built elements. Default: `sdk` beside the compiled server. */
  readonly sdkDir?: string;
}

export interface RunningServer {
  readonly port: number;
  readonly metricsPort: number | null;
  /** UDP; null: there is no built-in STUN server, or its port was taken. */
  readonly stunPort: number | null;
  readonly metrics: Metrics;
  /** The rooms, for programs that hold the server in their own process. */
  readonly directory: RoomDirectory;
  /**
   * Takes no more, lets connections move to another server, tells the rest to come back, finishes what is under way, and lets go of the store.
   * Called again it does not wait for moves any longer.
   * @param options `drainMs`: how long connections may take to move; default as configured, else by their number
   */
  stop(options?: { readonly drainMs?: number | null }): Promise<void>;
}

/** Starts everything in order, each part with what it needs; settles when the port is open. */
export async function startServer({
  config,
  log,
  now = Date.now,
  store: givenStore,
  bus,
  sdkDir,
}: ServerOptions): Promise<RunningServer> {
  const metrics = createMetrics();
  const store =
    givenStore ??
    (await openSqliteStore({
      dataDir: config.dataDir,
      onChange: reportStore(log),
      onNew: reportNewDatabase(log),
    }));
  const revocations = await Revocations.open(store, now);
  const authenticator = createAuthenticator({
    tenants: config.tenants,
    publicUrl: config.publicUrl,
    now,
    revocations,
    log: authLogOf(log),
  });
  const sdk = await Sdk.read(sdkDir ?? fileURLToPath(new URL('./sdk/', import.meta.url)));
  if (sdk.isEmpty) log.warn('There are no built elements beside the server; /sdk/ is empty. Run `npm run build`.');

  const stun = await startStun({
    config: config.stun,
    log,
    onRequest: (outcome) => {
      metrics.stunRequest(outcome);
    },
  });
  const stunUrl = stun && stunUrlOf(config.publicUrl, stun.port);
  if (stun && stunUrl === null) {
    log.warn(
      'The STUN server is not announced to browsers: LMS_LIVE_PUBLIC_URL is on this machine, where they need none. To try it, make that URL one of the network.',
      { port: stun.port },
    );
  }
  const ice = new IceService({
    fixed: config.iceServers,
    stunUrl,
    turn: config.turn,
    now,
  });

  const signing = await SigningKeys.open(store);
  const statements = new Statements({
    store,
    keys: signing,
    issuer: config.publicUrl,
    now,
    onError: (error) => {
      if (error instanceof StoreUnavailable) log.debug('A statement waits for the store.', { error });
      else log.error('The end of a class could not be signed; it is tried again.', { error });
    },
  });

  let isReady = false;
  let publish: (topic: string, text: string) => void = () => undefined;
  const directory = await RoomDirectory.open({
    store,
    ...(bus && { bus }),
    now,
    publish: (topic, text) => {
      publish(topic, text);
    },
    onError: (error, room) => {
      if (error instanceof StoreUnavailable) metrics.storeFailed('room');
      reportRoom(log, error, room);
    },
    onRoom: (room) => {
      statements.watch(room);
    },
    onOutdated: ({ tenant, id }) => {
      log.info('A class was deleted: it was kept for as long as its policy `retentionDays` says.', {
        tenant,
        room: id,
      });
    },
    onCommit: ({ commands, ms }) => {
      metrics.committed({ commands, durationMs: ms });
    },
  });
  const hosts = new HostAnswers({
    now,
    onFailure: (tenant, error) => {
      log.warn(
        'The admission hook of an LMS does not answer as it should: whoever needs its word is told to come again.',
        {
          tenant,
          error,
        },
      );
    },
  });
  const enrolment = new Enrolment({ store, host: hosts });
  // What ended just before the last process did.
  await statements.catchUp();
  const limits = new FairLimits();
  const gateway = new Gateway({
    authenticator,
    directory,
    enrolment,
    now,
    ice,
    limits,
    maxPendingPerAddress: config.maxPendingHellosPerAddress,
    observer: {
      onSockets: (open) => {
        metrics.socketsOpen(open);
      },
      onClose: (code) => {
        metrics.socketClosed(code);
      },
      onCommand: ({ type, outcome }) => {
        metrics.command(type, outcome === 'ok' ? 'accepted' : 'refused');
      },
      onRefusal: (code) => {
        metrics.refused(code);
      },
      onTurnedAway: () => {
        metrics.turnedAway();
      },
      onSignalDropped: (limit) => {
        metrics.signalDropped(limit);
      },
      onRtc: (outcome) => {
        metrics.rtcSignal(outcome);
      },
      onRelayMissing: ({ tenant, room }) => {
        log.warn(
          'A class allows media through a relay alone, and there is none: nobody in it sees or hears anybody. Set LMS_LIVE_TURN_URLS and LMS_LIVE_TURN_SECRET.',
          { tenant, room },
        );
      },
      onError: (error) => {
        log.error('A connection failed.', { error });
      },
    },
  });
  const api = new Api({
    authenticator,
    directory,
    enrolment,
    store,
    signing,
    sdk,
    ice,
    limits,
    now,
    isReady: () => isReady,
    onRequest: ({ method, route, status, ms }) => {
      metrics.answered({ method, route, status, durationMs: ms });
    },
    onError: (error, instance) => {
      log.error('A request failed.', { instance, error });
    },
  });
  const transport = await createTransport(
    config.transport,
    {
      host: config.host,
      port: config.port,
      socketPath: SOCKET_PATH,
      subprotocol: SUBPROTOCOL,
      maxFrameBytes: LIMITS.maxSignalBytes,
      maxBodyBytes: MAX_BODY_BYTES,
      maxBackpressureBytes: LIMITS.maxBackpressureBytes,
      idleTimeoutS: LIMITS.idleTimeoutS,
      trustedProxies: config.trustedProxies,
      ...(config.tls && { tls: config.tls }),
    },
    {
      handle: (request) => api.handle(request),
      upgrade: (head) => gateway.upgrade(head),
      connect: (socket) => gateway.connect(socket),
    },
    log,
  );
  publish = (topic, text) => {
    transport.publish(topic, text);
  };
  const metricsServer: MetricsServer | null = config.metrics ? await serveMetrics(config.metrics, metrics, log) : null;
  const { port } = await transport.listen();
  const gauge = setInterval(() => {
    const rooms = [...directory.loaded];
    metrics.roomsInMemory(rooms.length);
    metrics.mediaSessions(rooms.reduce((sum, { media }) => sum + media.size, 0));
    metrics.waitingAtDoor(rooms.reduce((sum, { lobby }) => sum + lobby.size, 0));
  }, ROOM_GAUGE_MS);
  gauge.unref();
  metrics.started({ version: VERSION, transport: transport.name });
  isReady = true;
  if (config.tenants.length === 0)
    log.warn('No LMS may use this server: set LMS_LIVE_TENANTS_FILE or LMS_LIVE_TENANTS.');
  log.info('The server is ready.', { host: config.host, port, transport: transport.name, version: VERSION });

  let stopping: Promise<void> | null = null;
  let hurry: () => void = () => undefined;
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });
  const drain = async (drainMs: number | null): Promise<void> => {
    isReady = false;
    log.info('The server stops.', { count: gateway.count });
    directory.stopping();
    await Promise.race([gateway.drain(drainMs), hurried]);
  };
  const close = async (): Promise<void> => {
    clearInterval(gauge);
    transport.stopListening();
    gateway.closeAll();
    hosts.close();
    await directory.close();
    await statements.close();
    await transport.close();
    await metricsServer?.close();
    await stun?.close();
    authenticator.close();
    await revocations.close();
    if (!givenStore) await store.close();
    log.info('The server has stopped.');
  };
  return {
    port,
    metricsPort: metricsServer?.port ?? null,
    stunPort: stun?.port ?? null,
    metrics,
    directory,
    stop: ({ drainMs = config.drainMs } = {}) => {
      if (stopping) hurry();
      stopping ??= drain(drainMs).then(() => within(close(), STOP_WITHIN_MS));
      return stopping;
    },
  };
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the server did not stop within ${String(ms)} ms`));
    }, ms);
  });
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}
