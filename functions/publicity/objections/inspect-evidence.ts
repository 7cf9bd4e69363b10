import type { ArrivedFiles } from '../../filing/documents/arrived-files.ts';
import { askForFile, type ScanParts, scanOf } from '../../filing/documents/ask-scanner.ts';
import { inspectFile } from '../../filing/documents/inspect-file.ts';
import type { FollowVerdict } from '../../filing/documents/take-verdict.ts';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { EvidenceInspections } from './evidence-inspections.ts';
import { parseEvidenceKey } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';

/**
 * Inspects a piece of evidence that has arrived, as documents are, once; a sound one waits for a scanner's verdict. Nobody
 * gets a link to it before, or to one that is refused.
 * @param key of the object that arrived.
 */
export async function inspectEvidence(
  parts: ScanParts & {
    readonly objections: Pick<ObjectionStore, 'require'>;
    readonly inspections: EvidenceInspections;
    readonly files: Pick<ArrivedFiles, 'read'>;
  },
  key: string,
): Promise<void> {
  const place = parseEvidenceKey(key);
  if (!place) return log.info('document.ignored', { cause: 'unknown-key' });
  const { objectionId, index } = place;
  const declared = (await parts.objections.require(objectionId)).evidence[index];
  if (!declared) return log.info('document.ignored', { cause: 'unknown-key' });
  if ((await parts.inspections.of(objectionId)).has(index)) return askForFile(parts, key);
  const inspected = await inspectFile({ files: parts.files, key, declared });
  if (!inspected) return log.info('document.ignored', { cause: 'no-object', document: objectionId });
  const now = parts.clock();
  const found = { number: index, at: now.toISOString() };
  const { fault } = inspected;
  const scan = scanOf(key, declared, now);
  const isKept = fault
    ? await parts.inspections.settle(objectionId, { ...found, fault })
    : await parts.inspections.settle(objectionId, { ...found, quarantined: true }, parts.scans.opened(scan));
  if (!isKept) return;
  log.info('document.verified', { document: objectionId, status: fault ? 'refused' : 'quarantined' });
  if (!fault) await parts.scanner.ask(scan);
}

/** What follows from a verdict on a piece of evidence. */
export function evidenceVerdict(inspections: EvidenceInspections, clock: Clock): FollowVerdict {
  return async (objectKey, fault) => {
    const { objectionId, index } = parseEvidenceKey(objectKey) ?? {};
    const before = objectionId && (await inspections.of(objectionId)).get(index ?? 0);
    if (!objectionId || !before || before.fault) return [];
    const found = { number: before.number, at: clock().toISOString(), ...(fault && { fault }) };
    return [inspections.changed(objectionId, found, before)];
  };
}
