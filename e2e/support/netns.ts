/**
 * Networks of the tests' own, out of the kernel's network namespaces: an internet, a server in it, and homes behind a NAT each.
 * Nothing of this machine's network is touched, and nothing leaves it.
 */
import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeLater } from './cleanup.js';

/** No special range (RFC 6890), since a TURN server relays to none of those. */
const INTERNET = '11.22.1';
/** Where `ip netns` keeps names. */
const NAMED = '/run/netns';
const PREFIX = 'lms-live-test-';
/** On many systems the PATH of a test does not have these. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** A machine with a network of its own. */
export class Host {
  readonly namespace: string;
  /** As others on its network reach it. */
  readonly address: string;

  constructor(namespace: string, address: string) {
    this.namespace = namespace;
    this.address = address;
  }

  /** Starts a program on it. It is the caller's to end. */
  spawn(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const env = { ...(options.env ?? process.env), PATH };
    return spawn('ip', ['netns', 'exec', this.namespace, program, ...args], { ...options, env });
  }

  /** Runs a program on it. @returns what it wrote */
  run(program: string, args: readonly string[], input = ''): string {
    return tool('ip', ['netns', 'exec', this.namespace, program, ...args], input);
  }

  /** Writes a program that runs another one on this machine: for those who start programs by their path. */
  writeStarter(folder: string, program: string): string {
    const path = join(folder, `on-${this.namespace}`);
    writeFileSync(path, `#!/bin/sh\nPATH="${PATH}" exec ip netns exec ${this.namespace} ${program} "$@"\n`, {
      mode: 0o755,
    });
    return path;
  }
}

/** Ways in which the router of a home changes what goes through. */
export interface Router {
  /** As many firewalls of schools: no UDP leaves. */
  blockUdp(): void;
  /** `symmetric`: another port for each address that is sent to (RFC 4787 §4.1, address and port-dependent mapping). */
  setNat(kind: 'usual' | 'symmetric'): void;
  /** As a router of a home that was just bought. */
  reset(): void;
}

export interface Home {
  readonly host: Host;
  readonly router: Router;
  /** Its address on the internet, which all of it shares. */
  readonly publicAddress: string;
}

export class Internet {
  readonly #name: string;
  #hosts = 0;
  #homes: Home[] = [];

  private constructor(name: string) {
    this.#name = name;
  }

  /** @throws {Error} where this process may not make networks */
  static open(): Internet {
    requireNetworks();
    removeForgotten();
    const internet = new Internet(`${PREFIX}${String(process.pid)}`);
    const remove = (): void => {
      removeNamespaces((name) => name.startsWith(`${internet.#name}-`));
    };
    // However the tests end: a namespace outlives those who made it.
    process.once('exit', remove);
    closeLater(async () => {
      process.off('exit', remove);
      remove();
    });
    const hub = internet.#namespace('hub');
    ip(hub, ['link add bridge type bridge', 'link set bridge up']);
    // Counts what goes from home to home, past every server: nothing, where a relay is all that is allowed.
    nft(hub, 'add table bridge count\nadd chain bridge count forward { type filter hook forward priority 0; }');
    return internet;
  }

  /** A machine that everyone reaches. */
  addHost(): Host {
    const { namespace, address } = this.#attach('eth0');
    return new Host(namespace, address);
  }

  /** A machine behind a router with a NAT. Homes reach the internet, and each other only where their NATs let them. */
  addHome(): Home {
    const { namespace: router, address: publicAddress } = this.#attach('wan');
    const lan = `192.168.${String(10 + this.#homes.length)}`;
    const pc = this.#namespace(`pc${String(this.#homes.length)}`);
    ip(router, [
      `link add lan type veth peer name eth0 netns ${pc}`,
      `addr add ${lan}.1/24 dev lan`,
      'link set lan up',
    ]);
    ip(pc, [`addr add ${lan}.2/24 dev eth0`, 'link set eth0 up', `route add default via ${lan}.1`]);
    tool('ip', ['netns', 'exec', router, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward']);
    const setNat = (kind: 'usual' | 'symmetric'): void => nft(router, natRules(kind));
    setNat('usual');
    const home: Home = {
      host: new Host(pc, `${lan}.2`),
      router: {
        setNat,
        reset: () => setNat('usual'),
        blockUdp: () => nft(router, 'insert rule ip home forward meta l4proto udp drop'),
      },
      publicAddress,
    };
    this.#homes.push(home);
    nft(`${this.#name}-hub`, this.#homes.map(({ publicAddress: to }) => countRule(publicAddress, to)).join('\n'));
    return home;
  }

  /** Packets that went straight from one home to another so far. */
  directPackets(): number {
    const listing = tool('ip', ['netns', 'exec', `${this.#name}-hub`, 'nft', 'list', 'table', 'bridge', 'count']);
    return [...listing.matchAll(/counter packets (\d+)/gu)].reduce((sum, [, packets]) => sum + Number(packets), 0);
  }

  #attach(device: string): { namespace: string; address: string } {
    this.#hosts += 1;
    const namespace = this.#namespace(`at${String(this.#hosts)}`);
    const port = `port${String(this.#hosts)}`;
    const address = `${INTERNET}.${String(9 + this.#hosts)}`;
    ip(`${this.#name}-hub`, [
      `link add ${port} type veth peer name ${device} netns ${namespace}`,
      `link set ${port} master bridge up`,
    ]);
    ip(namespace, [`addr add ${address}/24 dev ${device}`, `link set ${device} up`]);
    return { namespace, address };
  }

  #namespace(name: string): string {
    const namespace = `${this.#name}-${name}`;
    tool('ip', ['netns', 'add', namespace]);
    ip(namespace, ['link set lo up']);
    return namespace;
  }
}

/**
 * A router for a home: sends out, lets in what belongs to it, and says nothing to the rest. The last matters: a packet that the router
 * itself answered would take the port that the NAT needs a moment later for the way back.
 */
function natRules(kind: 'usual' | 'symmetric'): string {
  const masquerade = kind === 'symmetric' ? 'masquerade fully-random' : 'masquerade';
  return `
    table ip home
    delete table ip home
    table ip home {
      chain nat {
        type nat hook postrouting priority 100
        oifname "wan" ${masquerade}
      }
      chain input {
        type filter hook input priority 0; policy drop
        iifname != "wan" accept
        ct state established,related accept
      }
      chain forward {
        type filter hook forward priority 0; policy drop
        iifname "lan" accept
        ct state established,related accept
      }
    }`;
}

function countRule(from: string, to: string): string {
  const rule = (a: string, b: string): string => `add rule bridge count forward ip saddr ${a} ip daddr ${b} counter`;
  return `${rule(from, to)}\n${rule(to, from)}`;
}

/** @throws {Error} with what is missing: a test that cannot run has not passed */
function requireNetworks(): void {
  try {
    if (process.getuid?.() !== 0) throw new Error('not root');
    const probe = `${PREFIX}${String(process.pid)}-probe`;
    tool('ip', ['netns', 'add', probe]);
    tool('ip', ['netns', 'del', probe]);
    tool('nft', ['--version']);
  } catch (cause) {
    throw new Error(
      'These tests make networks of their own: they need Linux, root with CAP_SYS_ADMIN and CAP_NET_ADMIN, and what scripts/system-packages.sh installs. Nothing was tested.',
      { cause },
    );
  }
}

/** Those of a run that was killed. */
function removeForgotten(): void {
  removeNamespaces((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`, 'u').exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
}

function removeNamespaces(isMeant: (name: string) => boolean): void {
  let names: string[] = [];
  try {
    names = readdirSync(NAMED).filter(isMeant);
  } catch {
    // There is no folder before the first namespace.
  }
  for (const name of names) {
    // Whoever runs in it would keep it alive without a name.
    for (const pid of tool('ip', ['netns', 'pids', name]).split('\n').filter(Boolean)) endNow(Number(pid));
    tool('ip', ['netns', 'del', name]);
  }
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function ip(namespace: string, commands: readonly string[]): void {
  tool('ip', ['-n', namespace, '-batch', '-'], commands.join('\n'));
}

function nft(namespace: string, rules: string): void {
  tool('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], rules);
}

function tool(program: string, args: readonly string[], input = ''): string {
  return execFileSync(program, args, { input, encoding: 'utf8', env: { ...process.env, PATH }, stdio: 'pipe' });
}
