import { resolve } from 'node:path';
import { audit, type AuditReport, type Finding } from './audit.js';
import { readBroughtStatement } from './brought-statement.js';

const WHAT_TO_DO =
  'Keep a copy of the data folder as it is, restore the last backup, and audit that. What was said after the backup is gone.';

/**
 * `lms-live audit`: prints what is wrong with a data folder, room by room.
 * @returns the exit code: 0 where all is sound, 1 where it is not or could not be seen
 */
export async function auditCommand({
  dataDir,
  statementFiles = [],
  print,
  complain,
}: {
  readonly dataDir: string;
  /** Statements that a host has kept. */
  readonly statementFiles?: readonly string[];
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}): Promise<number> {
  let report: AuditReport;
  try {
    report = await audit(resolve(dataDir), await Promise.all(statementFiles.map(readBroughtStatement)));
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const { file, rooms, logs, events, statements, findings } = report;
  for (const finding of findings) print(`${lineOf(finding)}\n`);
  print(`${file}: ${rooms} rooms, ${logs} logs, ${events} events, ${statements} statements.\n`);
  if (findings.length === 0) {
    print('Every log fits its hashes and what was signed of it, and the file is sound.\n');
    return 0;
  }
  complain(`${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}. ${WHAT_TO_DO}\n`);
  return 1;
}

function lineOf({ room, log, offset, what }: Finding): string {
  if (room === null) return `file: ${what}`;
  return log === null ? `room ${room}: ${what}` : `room ${room}, log ${log}, offset ${String(offset)}: ${what}`;
}
