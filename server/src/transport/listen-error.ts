/** @returns an error that says what an operator can do about it */
export function listenError(host: string, port: number, cause?: unknown): Error {
  return new Error(
    `Cannot listen on ${host}:${port}: the port is taken, needs more rights, or the address is not one of this machine. Set LMS_LIVE_HOST or LMS_LIVE_PORT.`,
    cause === undefined ? undefined : { cause },
  );
}
