import type { ErrorCode } from '@lms-live/protocol';
import { LocalizeController, registerTranslation, type Translation as Coded } from '@shoelace-style/localize';
import type { ReactiveControllerHost } from 'lit';
import type { ChatStrings } from './strings/chat.js';
import type { ClassroomStrings } from './strings/classroom.js';
import { commonStrings, type CommonStrings } from './strings/common.js';
import type { DoorStrings } from './strings/door.js';
import type { DoorkeeperStrings } from './strings/doorkeeper.js';
import type { MeetingRoomStrings } from './strings/meeting-room.js';
import type { MissingStrings } from './strings/missing.js';
import type { ModerationStrings } from './strings/moderation.js';
import type { PeopleStrings } from './strings/people.js';
import type { QaPanelStrings } from './strings/qa-panel.js';
import type { ShortcutStrings } from './strings/shortcuts.js';
import type { WaitingStrings } from './strings/waiting.js';

/** Every sentence of every element, by its key. */
export interface Strings
  extends
    CommonStrings,
    DoorStrings,
    DoorkeeperStrings,
    MissingStrings,
    ChatStrings,
    QaPanelStrings,
    PeopleStrings,
    ModerationStrings,
    ClassroomStrings,
    ShortcutStrings,
    WaitingStrings,
    MeetingRoomStrings {}

/** What went wrong, by code, for those who are in the class. English comes from the protocol and the server. */
export type ErrorStrings = { readonly [K in ErrorCode as `error_${K}`]: string };

/** A complete language. `$code` is a BCP 47 tag. */
export interface Translation extends Coded, Strings, ErrorStrings {}

/** Own words for a language: any part of it. */
export type CustomStrings = Coded & Partial<Strings & ErrorStrings>;

/** Languages that come with the package, each loaded when an element first needs it. */
const LOADERS: Readonly<Record<string, () => Promise<Translation>>> = {
  ar: async () => (await import('../translations/ar.js')).ar,
  de: async () => (await import('../translations/de.js')).de,
  es: async () => (await import('../translations/es.js')).es,
  fr: async () => (await import('../translations/fr.js')).fr,
};

const own = new Map<string, CustomStrings>();
const loading = new Map<string, Promise<void>>();
const loaded = new Set<string>();

registerEnglish(commonStrings);

/** Adds English sentences: each element brings its own, so that a page with a chat alone loads no more. */
export function registerEnglish(strings: Partial<Strings>): void {
  register({ $code: 'en', $name: 'English', $dir: 'ltr', ...strings });
}

/**
 * Replaces or adds sentences, in any language: `registerStrings({ $code: 'en', $name: 'English', $dir: 'ltr', chat: 'Discussion' })`.
 * What is left out stays as it is; a language of which nothing is known falls back to English. Elements on the page follow at once.
 */
export function registerStrings(strings: CustomStrings): void {
  const code = strings.$code.toLowerCase();
  own.set(code, { ...own.get(code), ...strings });
  register(strings);
}

interface Host extends ReactiveControllerHost, HTMLElement {
  readonly locale: string;
}

/** The language of an element: its `locale`, else that of the `<lms-room>` around it, else the nearest `lang`, else the browser's. */
export class Localize extends LocalizeController<Strings & ErrorStrings & Coded> {
  readonly #host: Host;
  /** The locale of the `<lms-room>`, kept up to date by the connection. */
  inherited = '';

  constructor(host: Host) {
    super(host);
    this.#host = host;
  }

  override lang(): string {
    const wanted =
      this.#host.locale || this.inherited || this.#host.closest('[lang]')?.getAttribute('lang') || super.lang();
    return toLocale(wanted)?.toString() ?? 'en';
  }

  override dir(): 'ltr' | 'rtl' {
    if (this.#host.locale || this.inherited) return RTL.has(this.#language) ? 'rtl' : 'ltr';
    const set = this.#host.closest('[dir]')?.getAttribute('dir');
    if (set === 'rtl' || set === 'ltr') return set;
    return RTL.has(this.#language) ? 'rtl' : 'ltr';
  }

  /** Whether the language is at hand; where it is not, it is fetched and the element rendered again. */
  get ready(): boolean {
    const language = this.#language;
    const load = LOADERS[language];
    if (!load || loaded.has(language)) return true;
    let pending = loading.get(language);
    if (!pending) {
      // A language that cannot be fetched is read in English.
      pending = load()
        .then(register, () => undefined)
        .finally(() => loaded.add(language));
      loading.set(language, pending);
    }
    void pending.then(() => this.#host.requestUpdate());
    return false;
  }

  /** A sentence for an error code, or null where this language leaves it to the server. */
  error(code: string): string | null {
    const key = `error_${code}` as keyof ErrorStrings;
    return this.exists(key, { lang: this.lang() }) ? this.term(key) : null;
  }

  get #language(): string {
    return this.lang().split('-')[0] ?? 'en';
  }
}

/** Languages that are written from right to left. */
const RTL = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

function register(strings: CustomStrings): void {
  // Own words stand over what is registered later.
  registerTranslation({ ...strings, ...own.get(strings.$code.toLowerCase()) });
}

function toLocale(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag.replace(/_/g, '-'));
  } catch {
    return null;
  }
}
