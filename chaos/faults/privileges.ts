/** Mounting, and attaching to a process that is not a child, are for root; a continuous integration that is not root fails instead. */
const IS_ROOT = process.getuid?.() === 0;

/** Whether tests that mount and trace are left out; said loudly, since what is left out proves nothing. */
export const LEFT_OUT = !IS_ROOT && process.env['CI'] === undefined;

if (LEFT_OUT)
  process.stderr.write('LEFT OUT: tests that mount file systems or trace system calls need root. Run them as root.\n');
