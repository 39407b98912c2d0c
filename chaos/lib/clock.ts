/** Milliseconds since 1970 that never go back: comparable with the times that a server on this machine writes. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
