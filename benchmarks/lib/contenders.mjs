/** Who is measured beside whom: how each is started, and what its members say first. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compile } from './compile.mjs';
import { freePort, startLiveServer } from './live-server.mjs';
import { startPeer } from './peer.mjs';
import { createSigner } from './tokens.mjs';

/**
 * @typedef {{
 *   members: number,
 *   roomSize?: number,
 *   visits?: number,
 *   joins?: boolean,
 *   algorithm?: import('./tokens.mjs').Algorithm,
 *   verifies?: boolean,
 *   recovers?: boolean,
 *   env?: Readonly<Record<string, string>>,
 *   limits?: Readonly<Record<string, number>>,
 * }} Wanted
 *   `roomSize`: members of each room, all in one by default; `visits`: hellos of each person, one after all others', each with a token of its own;
 *   `joins`: LMS Live makes them present, default true; `verifies`: the peers verify a token too; `recovers`: socket.io with its recovery;
 *   `limits` of the tenant of LMS Live
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
const SOCKET_IO_PATH = '/socket.io/?EIO=4&transport=websocket';

/** @type {readonly Contender[]} the order is that of the tables */
export const CONTENDERS = [
  { name: 'uws', title: 'bare uWebSockets.js, each message at once', start: (wanted) => startBare('uws', wanted) },
  {
    name: 'uws-window',
    title: 'bare uWebSockets.js, in the same window',
    start: (wanted) => startBare('uws', wanted, { PEER_WINDOW_MS: WINDOW_MS }),
  },
  { name: 'ours', title: 'LMS Live, the full path', start: startOurs },
  { name: 'ws', title: '`ws`, a loop of sends', start: (wanted) => startBare('ws', wanted) },
  { name: 'socketio', title: 'socket.io', start: startSocketIo },
  { name: 'limit', title: 'C with epoll, one write for each member', start: startLimit },
];

/**
 * @param {string} program of a peer
 * @param {Wanted} wanted
 * @param {Readonly<Record<string, string>>} [more] environment
 * @returns {Promise<Contestant>}
 */
async function startBare(program, wanted, more = {}) {
  const { token, peerEnv } = createSigner(wanted.algorithm ?? 'HS256');
  const peer = await startPeer(program, { env: { ...more, ...(wanted.verifies === true && peerEnv), ...wanted.env } });
  const hellos = people(wanted).map(({ sub, room }) => ({
    room,
    text: JSON.stringify({ room: roomId(room), ...(wanted.verifies === true && { token: token({ sub }) }) }),
  }));
  return { ...peer, dialect: 'plain', hellos, firstOfRooms: [] };
}

/** @param {Wanted} wanted @returns {Promise<Contestant>} */
async function startSocketIo(wanted) {
  const recovery = wanted.recovers === true ? { PEER_RECOVERY: '1' } : {};
  return { ...(await startBare('socketio', wanted, recovery)), dialect: 'socketio', path: SOCKET_IO_PATH };
}

/** @param {Wanted} wanted @returns {Promise<Contestant>} */
async function startOurs(wanted) {
  const { algorithm = 'HS256', roomSize = wanted.members, joins = true, env = {}, limits } = wanted;
  const { token, keys } = createSigner(algorithm);
  const server = await startLiveServer({ env, tenant: { keys, ...(limits && { limits }) } });
  const audience = `http://localhost:${server.port}`;
  const hellos = people(wanted).map(({ sub, room, isFirst, index }) => {
    const claims = { sub, name: sub, aud: audience, role: isFirst ? 'instructor' : 'student', room: roomId(room) };
    const hello = { frame: 'hello', token: token(claims), join: joins || isFirst, client: { id: `tab-${index}` } };
    return { room, text: JSON.stringify(hello) };
  });
  return {
    pid: server.pid,
    port: server.port,
    dialect: 'ours',
    path: '/v1/socket',
    subprotocol: 'lms-live.v1',
    hellos,
    firstOfRooms: Array.from({ length: Math.ceil(wanted.members / roomSize) }, (_, room) => room * roomSize),
    close: () => server.close(),
  };
}

/** @param {Wanted} wanted @returns {Promise<Contestant>} */
async function startLimit(wanted) {
  const port = await freePort();
  const child = spawn(compile('limit', 'load/limit'), [String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const gone = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), gone]);
  const close = async () => {
    process.removeListener('exit', end);
    end();
    await gone;
  };
  const hellos = people(wanted).map(() => ({ room: 0, text: '{}' }));
  return { pid: child.pid ?? 0, port, dialect: 'plain', hellos, firstOfRooms: [], close };
}

/** Everybody in the order of their hellos. The first of each room starts the class. @param {Wanted} wanted */
function people({ members, roomSize = members, visits = 1 }) {
  return Array.from({ length: members * visits }, (_, index) => {
    const person = index % members;
    return { index, sub: `person-${person}`, room: Math.floor(person / roomSize), isFirst: person % roomSize === 0 };
  });
}

/** @param {number} room */
function roomId(room) {
  return `room-${room}`;
}
