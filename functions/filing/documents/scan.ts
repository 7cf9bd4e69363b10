import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';

/** What a scanner may find. `unreadable`: it cannot look into the file, and so nobody can say that it is harmless. */
export const verdicts = ['clean', 'harmful', 'unreadable'] as const;
export type Verdict = (typeof verdicts)[number];

/** A file that a scanner was asked to judge. An object of the bucket never changes, so there is one for each. */
export const ScanSchema = z.object({
  /** Key of the object. */
  objectKey: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  /** SHA-256 of the file in hexadecimal, as it was inspected. */
  sha256: z.string(),
  /** Word that only whoever was asked knows: a verdict without it is none. */
  token: z.string(),
  /** When it was first asked, and how often it was. */
  askedAt: InstantSchema,
  asks: z.int().min(1),
  verdict: z.object({ verdict: z.enum(verdicts), engine: z.string(), at: InstantSchema }).optional(),
});
export type Scan = z.output<typeof ScanSchema>;

/** How a scanner tells what it found: `detail` of its event. */
export const VerdictEventSchema = z.object({
  key: z.string().max(200),
  token: z.string().max(200),
  /** Of the bytes that it has seen. */
  sha256: z.string().max(64),
  verdict: z.enum(verdicts),
  /** Which program judged by which signatures. */
  engine: z.string().min(1).max(200),
});
export type VerdictEvent = z.output<typeof VerdictEventSchema>;

/** How long a scanner usually has at most. */
const overdueMs = 30 * 60_000;
const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;

/** Whether a verdict has been waited for longer than usual. */
export function isOverdue(askedAt: string, now: Date): boolean {
  return now.getTime() - Date.parse(askedAt) >= overdueMs;
}

/** When a scanner that was asked so often is asked again: later each time. */
export function askAgainAt(asks: number, now: Date): string {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (asks - 1));
  return new Date(now.getTime() + pause).toISOString();
}

/** Whether an event is an answer to what was asked, and of the very bytes that were inspected. */
export function isAnswerTo(scan: Scan, { token, sha256 }: VerdictEvent): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(scan.token), digest(token)) && sha256 === scan.sha256;
}
