/** A page in a browser, whichever library drives it. */
export interface Tab {
  readonly record: PageRecord;
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs a function in the page. What it closes over is not there: give it as the argument. */
  evaluate<R, A>(run: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** Whether a target is there and can be seen. */
  has(target: Target): Promise<boolean>;
  /** With the pointer, or with a finger on a device that has no pointer; waits for the target. */
  click(target: Target): Promise<void>;
  /** Moves the pointer there, or touches it. */
  point(target: Target): Promise<void>;
  /** Writes into a field, in place of what is there. */
  fill(target: Target, text: string): Promise<void>;
  /** A key, by its name, to what has the focus. */
  press(key: string): Promise<void>;
  /** Every WebSocket frame since the tab was made, in order. */
  frames(): Promise<readonly Frame[]>;
  close(): Promise<void>;
}

export interface Frame {
  readonly direction: 'sent' | 'received';
  readonly text: string;
}

/** Something in the page, in the shadow root of an element where one is named, wherever that stands. */
export interface Target {
  readonly element?: string;
  readonly css: string;
  /** Its label, or its whole text where it has no label. */
  readonly name?: string;
  /** A part of its text. */
  readonly text?: string;
  /** Something in it instead of itself. */
  readonly within?: string;
}

/**
 * Finds a target; runs in the page.
 * @returns the first one that is there and can be seen
 */
export function findTarget({ element, css, name, text, within }: Target): Element | null {
  const plain = (node: Element): string => node.textContent.replace(/\s+/gu, ' ').trim();
  const hostsIn = (root: ParentNode): Element[] => [
    ...root.querySelectorAll(element ?? ''),
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? hostsIn(shadowRoot) : [])),
  ];
  const roots = element ? hostsIn(document).map((host) => host.shadowRoot) : [document];
  for (const root of roots) {
    for (const node of root?.querySelectorAll(css) ?? []) {
      if (name !== undefined && (node.getAttribute('aria-label') ?? plain(node)) !== name) continue;
      if (text !== undefined && !plain(node).includes(text)) continue;
      const found = within ? node.querySelector(within) : node;
      if (found?.checkVisibility({ visibilityProperty: true })) return found;
    }
  }
  return null;
}

/** What a page did that it should not have done, or that a test may want to count. */
export class PageRecord {
  /** Errors in the console, violations of the Content-Security-Policy among them, and exceptions that nobody caught. */
  readonly errors: string[] = [];
  /** Requests to other servers than those of the test, whether they were let through or not. */
  readonly foreign: string[] = [];
  readonly dialogs: string[] = [];
  /** How many WebSockets were opened, and how many of them are closed. */
  readonly sockets = { opened: 0, closed: 0 };
  readonly #servers: ReadonlySet<string>;

  /** @param servers origins that pages may talk to */
  constructor(servers: readonly string[]) {
    this.#servers = new Set(servers.map((server) => new URL(server).host));
  }

  request(address: string): void {
    const { protocol, host } = new URL(address);
    if (/^(?:https?|wss?|ftp):$/u.test(protocol) && !this.#servers.has(host)) this.foreign.push(address);
  }

  /** What stands against the page, each thing once, beside the errors that the test has made happen; begins anew. */
  takeFaults(expected: readonly RegExp[]): readonly string[] {
    const faults = [
      ...this.errors.filter((error) => !expected.some((pattern) => pattern.test(error))),
      ...this.foreign.map((address) => `request to ${address}`),
      ...this.dialogs.map((text) => `dialog: ${text}`),
    ];
    for (const list of [this.errors, this.foreign, this.dialogs]) list.length = 0;
    return [...new Set(faults)];
  }
}

/** Tells of violations of the policy in the console, where every browser shows them; runs in the page, before its own scripts. */
export function tellViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
    console.error(`[policy] ${violatedDirective} ${blockedURI} ${sample}`);
  });
}
