import type { ClientFrame, ServerFrame } from '@lms-live/protocol';
import type { SocketLike } from '../types.js';

/** A socket whose server is the test. */
export class ScriptedSocket implements SocketLike {
  readyState = 0;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;
  readonly protocol: string;
  readonly sent: ClientFrame[] = [];

  constructor(url: string, protocol: string) {
    this.url = url;
    this.protocol = protocol;
  }

  get isListenedTo(): boolean {
    // An error that nobody hears would be thrown by `ws`: something inert may stay there.
    return Boolean(this.onopen ?? this.onmessage ?? this.onclose);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
  }

  // ── What the server does ──

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(frame: ServerFrame): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(text: string): void {
    this.onmessage?.({ data: text });
  }

  /** 1006: the connection is lost. */
  shut(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  frames<K extends ClientFrame['frame']>(kind: K): Extract<ClientFrame, { frame: K }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { frame: K }> => frame.frame === kind);
  }
}
