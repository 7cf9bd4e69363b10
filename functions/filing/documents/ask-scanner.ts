import { randomBytes } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { FileScanner } from './file-scanner.ts';
import type { DeclaredContent } from './inspect-file.ts';
import { isOverdue, type Scan } from './scan.ts';
import type { ScanStore } from './scan-store.ts';

export interface ScanParts {
  readonly scans: ScanStore;
  readonly scanner: FileScanner;
  readonly clock: Clock;
}

/** How many files a scanner is asked for again in one run: the next run goes on. */
const runLimit = 500;

/** What a scanner is to be asked of a file that was inspected. */
export function scanOf(objectKey: string, { contentType, bytes, sha256 }: DeclaredContent, now: Date): Scan {
  const token = randomBytes(32).toString('base64url');
  return { objectKey, contentType, bytes, sha256, token, askedAt: now.toISOString(), asks: 1 };
}

/** Asks the scanner for a file in quarantine, whose event came again before a verdict did. */
export async function askForFile({ scans, scanner }: ScanParts, objectKey: string): Promise<void> {
  const scan = await scans.get(objectKey);
  if (scan && !scan.verdict) await scanner.ask(scan);
}

/**
 * Asks the scanner again for the files whose verdict is late, since an event may be lost on either way. Tells of each that
 * has waited longer than usual, which is an alarm.
 */
export async function askAgain({ scans, scanner, clock }: ScanParts): Promise<void> {
  const now = clock();
  let asked = 0;
  for await (const scan of scans.due(now)) {
    if (asked === runLimit) break;
    const ageSeconds = Math.floor((now.getTime() - Date.parse(scan.askedAt)) / 1000);
    if (isOverdue(scan.askedAt, now)) log.warn('scan.overdue', { ageSeconds, asks: scan.asks });
    await scanner.ask(scan);
    await scans.askedAgain(scan, now);
    asked += 1;
  }
  if (asked > 0) log.info('scan.asked', { again: asked });
}
