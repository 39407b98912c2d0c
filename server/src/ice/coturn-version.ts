/** Debian 12 packages it, and the tests run against it. */
const OLDEST = '4.6.1';
/** Without a known hole. */
export const SAFE_COTURN = '4.17.2';

/** What is wrong with a version of coturn, and why the configuration that we make is safe on it all the same. */
const FAULTS: readonly { readonly before: string; readonly from?: string; readonly what: string }[] = [
  {
    before: SAFE_COTURN,
    what: 'ways around the list of denied peers (CVE-2026-73212): the configuration relays no TCP and has IPv4 addresses alone; keep a filter on what leaves the machine as a second wall',
  },
  {
    before: '4.17.1',
    from: '4.17.0',
    what: 'answers over UDP have a time to live of one hop: browsers behind a router hear nothing',
  },
  {
    before: '4.13.1',
    what: 'link-local and unique local addresses are not denied by itself: the configuration lists them',
  },
  {
    before: '4.10.0',
    what: 'a memory fault in OAuth (CVE-2026-43994): the configuration does not turn OAuth on',
  },
];

export interface CoturnVerdict {
  /** False: it was never tried with what we make. */
  readonly isSupported: boolean;
  /** Sentences for the operator; none from `SAFE_COTURN` on. */
  readonly notes: readonly string[];
}

/** @param text as `turnserver --version` prints it @returns null where there is no version in it */
export function judgeCoturn(text: string): CoturnVerdict | null {
  const version = /(?:^|\D)(\d+\.\d+\.\d+)(?:\D|$)/u.exec(text)?.[1];
  if (version === undefined) return null;
  if (isBefore(version, OLDEST)) {
    return {
      isSupported: false,
      notes: [`coturn ${version} is older than ${OLDEST}, the oldest that this configuration was tried with.`],
    };
  }
  const notes = FAULTS.filter(
    ({ before, from }) => isBefore(version, before) && (from === undefined || !isBefore(version, from)),
  ).map(({ what }) => `coturn ${version}: ${what}.`);
  return { isSupported: true, notes: notes.length > 0 ? [...notes, `Take ${SAFE_COTURN} where you can.`] : [] };
}

function isBefore(one: string, other: string): boolean {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
}
