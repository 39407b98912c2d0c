import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { startLiveServer } from '../../benchmarks/lib/live-server.mjs';
import { ClassMember, type Frame } from './class-member.js';

export const ROOM = 'algebra';
const CLI = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));
const PAGE_MESSAGES = 100;
const SOON = { timeout: 15_000, interval: 50 };

type LiveServer = Awaited<ReturnType<typeof startLiveServer>>;

export interface Problem {
  readonly status: number;
  readonly type: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What `lms-live audit` said. */
export interface Audit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A class on a real server whose disk is about to fail. */
export class FaultyClass {
  readonly server: LiveServer;
  readonly members: ClassMember[] = [];
  readonly #others: ClassMember[] = [];

  private constructor(server: LiveServer) {
    this.server = server;
  }

  static async start(options: NonNullable<Parameters<typeof startLiveServer>[0]> = {}): Promise<FaultyClass> {
    const story = new FaultyClass(
      await startLiveServer({ ...options, env: { LMS_LIVE_DRAIN_S: '0', ...options.env } }),
    );
    await story.enter('grace', 'instructor');
    return story;
  }

  async enter(name: string, role: string): Promise<ClassMember> {
    const member = this.#member(name, role, ROOM);
    this.members.push(member);
    await member.enter();
    return member;
  }

  /** Somebody who teaches elsewhere. */
  async enterRoom(name: string, room: string): Promise<ClassMember> {
    const member = this.#member(name, 'instructor', room);
    this.#others.push(member);
    await member.enter();
    return member;
  }

  /** Somebody who tries once to come in. @returns how they were refused */
  async knock(name: string): Promise<Frame | null> {
    const member = this.#member(name, 'student', ROOM);
    this.#others.push(member);
    await member.knock();
    return member.frames.find(({ frame }) => frame === 'refused') ?? null;
  }

  #member(name: string, role: string, room: string): ClassMember {
    return new ClassMember({ url: this.server.url, name, token: this.server.token({ sub: name, role, room }) });
  }

  async health(path: '/readyz' | '/healthz'): Promise<Problem> {
    const response = await fetch(`http://127.0.0.1:${String(this.server.port)}${path}`);
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  /** Waits for `/readyz` to say what is wrong, while the process lives and says so. */
  async expectUnready(fault: string): Promise<void> {
    await expect.poll(async () => (await this.health('/readyz')).body['fault'], SOON).toBe(fault);
    const { status, type, body } = await this.health('/readyz');
    expect({ status, type }).toEqual({ status: 503, type: 'application/problem+json' });
    expect(body).toMatchObject({ code: 'store_unavailable', status: 503, retryable: true });
    expect(body['reason']).toMatch(/^[A-Z].*\.$/);
    expect(body['todo']).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(body)).not.toContain(this.server.dataDir);
    expect(await this.health('/healthz')).toMatchObject({ status: 200 });
  }

  async expectReady(): Promise<void> {
    await expect.poll(async () => (await this.health('/readyz')).status, SOON).toBe(200);
  }

  log(): Promise<string> {
    return readFile(this.server.logFile, 'utf8');
  }

  /** The messages of the class as the server has them, by their author's words. */
  async messages(): Promise<readonly string[]> {
    const token = this.server.token({ sub: 'grace', role: 'instructor', room: ROOM });
    const texts: string[] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null;) {
      const url = `http://127.0.0.1:${String(this.server.port)}/v1/rooms/${ROOM}/messages?limit=${String(PAGE_MESSAGES)}&before=${String(before)}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(200);
      const page = (await response.json()) as { items: { text: string }[]; next: number | null };
      texts.unshift(...page.items.map(({ text }) => text));
      before = page.next;
    }
    return texts;
  }

  /** After a crash and a start, everything that anybody was told is saved is there: once, and in their order. */
  async expectNothingLost(): Promise<void> {
    await this.server.kill();
    await this.server.start();
    const messages = await this.messages();
    for (const { acked, name } of this.members) {
      const own = messages.filter((text) => text.startsWith(`${name}:`));
      expect(own).toEqual([...acked.values()]);
    }
  }

  /** Stops the server with SIGKILL, so that the write-ahead log stays, and audits what it leaves. */
  async auditAfterKill(): Promise<Audit> {
    await this.server.kill();
    return audit(this.server.dataDir);
  }

  async close(): Promise<void> {
    for (const member of [...this.members, ...this.#others]) member.close();
    // Nobody is there any more who would have to be told.
    await this.server.kill();
    await this.server.close();
  }
}

/** `lms-live audit`, as it is built. */
export async function audit(dataDir: string): Promise<Audit> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [CLI, 'audit', dataDir])) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** Some messages of one person, told apart. */
export function words(name: string, from: number, count: number, padding = ''): string[] {
  return Array.from({ length: count }, (_, i) => `${name}: ${String(from + i)}${padding}`);
}
