/** From and to, milliseconds since 1970; `to` is not before `from`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The same time, each moment once and in order: tabs, devices and reconnects that overlap or touch become one. */
export function unionOf(intervals: readonly Interval[]): readonly Interval[] {
  const union: Interval[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last && from <= last.to) union[union.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else union.push({ from, to });
  }
  return union;
}

/** What two unions have in common. */
export function overlapOf(ours: readonly Interval[], theirs: readonly Interval[]): readonly Interval[] {
  const common: Interval[] = [];
  for (let i = 0, j = 0; i < ours.length && j < theirs.length;) {
    const a = ours[i] as Interval;
    const b = theirs[j] as Interval;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to) common.push({ from, to });
    if (a.to < b.to) i += 1;
    else j += 1;
  }
  return common;
}

/** How long a union is, milliseconds. */
export function lengthOf(union: readonly Interval[]): number {
  return union.reduce((sum, { from, to }) => sum + to - from, 0);
}
