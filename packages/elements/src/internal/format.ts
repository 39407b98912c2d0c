/** Dates and times in words; the formatters are kept, since making one costs more than a hundred uses. */
const formatters = new Map<string, Intl.DateTimeFormat>();

const STYLES = {
  time: { hour: 'numeric', minute: '2-digit' },
  full: { dateStyle: 'full', timeStyle: 'short' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  start: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export function formatDate(at: number, style: keyof typeof STYLES, lang: string): string {
  const key = `${style} ${lang}`;
  let formatter = formatters.get(key);
  if (!formatter) formatters.set(key, (formatter = new Intl.DateTimeFormat(lang, STYLES[style])));
  return formatter.format(at);
}

/** A number that changes with the calendar day here, for separators. */
export function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

/** `4:05` or `1:04:05`, in the digits of the language. */
export function formatCountdown(ms: number, lang: string): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown
    .map((part, index) => part.toLocaleString(lang, { minimumIntegerDigits: index === 0 ? 1 : 2, useGrouping: false }))
    .join(':');
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `in 4 minutes`: whole minutes for two hours, then hours, then days. */
export function formatIn(ms: number, lang: string): string {
  const words = new Intl.RelativeTimeFormat(lang);
  if (ms < 2 * HOUR_MS) return words.format(Math.ceil(ms / MINUTE_MS), 'minute');
  return ms < 2 * DAY_MS
    ? words.format(Math.round(ms / HOUR_MS), 'hour')
    : words.format(Math.round(ms / DAY_MS), 'day');
}
