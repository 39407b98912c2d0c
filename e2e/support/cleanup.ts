/** What was opened and is still to be closed, in order. */
const opened: (() => Promise<void>)[] = [];

/** Closes something at the end of the file, however it ends. */
export function closeLater(close: () => Promise<void>): void {
  opened.push(close);
}

/**
 * Closes everything, the newest first: `afterAll(closeEverything)`.
 * @throws {Error} the first failure, after the rest is closed as well
 */
export async function closeEverything(): Promise<void> {
  const failures: unknown[] = [];
  for (let close = opened.pop(); close; close = opened.pop())
    await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
