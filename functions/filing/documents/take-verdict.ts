import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Document, materialsCitation, parseObjectKey } from './document.ts';
import type { DocumentStore } from './document-store.ts';
import type { Fault } from './inspect-file.ts';
import { isAnswerTo, type Verdict, type VerdictEvent } from './scan.ts';
import type { ScanStore } from './scan-store.ts';

/** What a verdict on a file means to that which it belongs to: the writes that follow, none where that is gone. */
export type FollowVerdict = (objectKey: string, fault: Fault | undefined) => Promise<readonly GuardedWrite[]>;

/**
 * Takes a scanner's verdict on a file, once, with what follows from it in one transaction. A verdict that nobody was asked
 * for changes nothing. Of two that contradict each other the worse one stands: a file that was found harmless is closed when
 * it is found harmful later; one that was found harmful stays closed. Both are an alarm.
 */
export async function takeVerdict(
  parts: {
    readonly scans: ScanStore;
    readonly write: (writes: readonly GuardedWrite[]) => Promise<void>;
    readonly clock: Clock;
  },
  told: VerdictEvent,
  follow: FollowVerdict,
): Promise<void> {
  await decideAgainOnConflict(async () => {
    const scan = await parts.scans.get(told.key);
    if (!scan || !isAnswerTo(scan, told)) {
      return log.warn('scan.rejected', { cause: scan ? 'not-the-answer' : 'unknown-key' });
    }
    const { verdict: before } = scan;
    const { verdict, engine } = told;
    if (before?.verdict === verdict) return log.info('document.ignored', { cause: 'settled-before' });
    if (before) log.warn('scan.contrary', { before: before.verdict, verdict });
    if (before && before.verdict !== 'clean') return;
    const at = parts.clock().toISOString();
    const judged = parts.scans.judged({ ...scan, verdict: { verdict, engine, at } }, before);
    await parts.write([judged, ...(await follow(told.key, faults[verdict]))]);
    log.info('document.verified', { verdict, engine });
  });
}

/** What follows for a document. */
export function documentVerdict(documents: DocumentStore, clock: Clock): FollowVerdict {
  return async (objectKey, fault) => {
    const id = parseObjectKey(objectKey);
    const document = id && (await documents.get(id));
    if (!document) return [];
    const next = settled(document, fault, clock().toISOString());
    return next ? [documents.changed(next, document.status)] : [];
  };
}

function settled(document: Document, fault: Fault | undefined, verifiedAt: string): Document | undefined {
  if (!fault) {
    return document.status === 'quarantined' ? { ...document, status: 'accepted', verifiedAt } : undefined;
  }
  if (document.status === 'awaiting-upload' || document.status === 'refused') return undefined;
  const reason = { ...fault, citation: materialsCitation(document.guide) };
  return { ...document, status: 'refused', verifiedAt, reason };
}

const faults: Readonly<Record<Verdict, Fault | undefined>> = {
  clean: undefined,
  harmful: {
    code: 'harmful',
    message: {
      zh: '文件被识别为有害：请查杀病毒后换用无害的文件上传',
      en: 'The file is known to be harmful: scan your machine and upload a clean file',
    },
  },
  unreadable: {
    code: 'unscannable',
    message: {
      zh: '文件无法完成病毒检查：请重新导出或打印为 PDF 后上传',
      en: 'The file could not be scanned for harmful content: export it again, or print it as PDF, and upload it',
    },
  },
};
