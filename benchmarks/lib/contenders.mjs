/** Who is measured beside whom: how each is started, and what its members say first. */
import { startLiveServer } from './live-server.mjs';
import { startPeer } from './peer.mjs';

/**
 * @typedef {{ members: number, roomSize?: number, execArgv?: readonly string[], env?: Readonly<Record<string, string>>, tenant?: Readonly<Record<string, unknown>> }} Wanted
 *   `roomSize`: members of each room, all in one by default; `tenant`: more settings of the tenant of LMS Live
 * @typedef {{
 *   pid: number,
 *   port: number,
 *   dialect: 'ours' | 'plain' | 'socketio',
 *   path?: string,
 *   subprotocol?: string,
 *   hellos: readonly import('./load.mjs').Hello[],
 *   firstOfRooms: readonly number[],
 *   close: () => Promise<void>,
 * }} Contestant `firstOfRooms`: who has to be in before the others of the room
 * @typedef {{ name: string, title: string, start: (wanted: Wanted) => Promise<Contestant> }} Contender
 */

/** The window in which LMS Live gathers: `LIMITS.groupCommitMs`. */
const WINDOW_MS = '5';

/** @type {readonly Contender[]} the order is that of the tables */
export const CONTENDERS = [
  { name: 'uws', title: 'bare uWebSockets.js, each message at once', start: (wanted) => startBare('uws', wanted) },
  {
    name: 'uws-window',
    title: 'bare uWebSockets.js, in the same window',
    start: (wanted) => startBare('uws', wanted, { PEER_WINDOW_MS: WINDOW_MS }),
  },
  { name: 'ours', title: 'LMS Live, the full path', start: startOurs },
];

/** @param {readonly string[]} names */
export function contendersOf(names) {
  return names.map((name) => {
    const found = CONTENDERS.find((contender) => contender.name === name);
    if (found === undefined)
      throw new Error(`There is no contender ${name}: ${CONTENDERS.map((one) => one.name).join(', ')}.`);
    return found;
  });
}

/**
 * @param {string} program of a peer
 * @param {Wanted} wanted
 * @param {Readonly<Record<string, string>>} [more] environment
 * @returns {Promise<Contestant>}
 */
async function startBare(program, { members, roomSize = members, execArgv, env = {} }, more = {}) {
  const peer = await startPeer(program, { env: { ...more, ...env }, ...(execArgv && { execArgv }) });
  const hellos = Array.from({ length: members }, (_, index) => {
    const room = Math.floor(index / roomSize);
    return { room, text: JSON.stringify({ room: roomId(room) }) };
  });
  return { ...peer, dialect: 'plain', hellos, firstOfRooms: [] };
}

/** @param {Wanted} wanted @returns {Promise<Contestant>} */
async function startOurs({ members, roomSize = members, env = {}, tenant = {} }) {
  const server = await startLiveServer({ env, tenant });
  const hellos = Array.from({ length: members }, (_, index) => {
    const room = Math.floor(index / roomSize);
    // The first of each room starts the class.
    const role = index % roomSize === 0 ? 'instructor' : 'student';
    const token = server.token({ sub: `person-${index}`, role, room: roomId(room) });
    return { room, text: JSON.stringify({ frame: 'hello', token, join: true, client: { id: `tab-${index}` } }) };
  });
  return {
    pid: server.pid,
    port: server.port,
    dialect: 'ours',
    path: '/v1/socket',
    subprotocol: 'lms-live.v1',
    hellos,
    firstOfRooms: hellos.flatMap((_, index) => (index % roomSize === 0 ? [index] : [])),
    close: () => server.close(),
  };
}

/** @param {number} room */
function roomId(room) {
  return `room-${room}`;
}
