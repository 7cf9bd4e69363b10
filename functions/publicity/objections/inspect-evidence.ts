import type { ArrivedFiles } from '../../filing/documents/arrived-files.ts';
import { inspectFile } from '../../filing/documents/inspect-file.ts';
import type { Clock } from '../../shared/clock.ts';
import { log } from '../../shared/log.ts';
import type { EvidenceInspections } from './evidence-inspections.ts';
import { parseEvidenceKey } from './objection.ts';
import type { ObjectionStore } from './objection-store.ts';

/**
 * Inspects a piece of evidence that has arrived, as documents are, once. Nobody gets a link to it before, or to one that is
 * refused.
 * @param key of the object that arrived.
 */
export async function inspectEvidence(
  parts: {
    readonly objections: Pick<ObjectionStore, 'require'>;
    readonly inspections: EvidenceInspections;
    readonly files: Pick<ArrivedFiles, 'read'>;
    readonly clock: Clock;
  },
  key: string,
): Promise<void> {
  const place = parseEvidenceKey(key);
  if (!place) return log.info('document.ignored', { cause: 'unknown-key' });
  const { objectionId, index } = place;
  const declared = (await parts.objections.require(objectionId)).evidence[index];
  if (!declared) return log.info('document.ignored', { cause: 'unknown-key' });
  const inspected = await inspectFile({ files: parts.files, key, declared });
  if (!inspected) return log.info('document.ignored', { cause: 'no-object', document: objectionId });
  await parts.inspections.settle(objectionId, {
    number: index,
    at: parts.clock().toISOString(),
    ...inspected,
  });
  log.info('document.verified', { document: objectionId, status: inspected.fault ? 'refused' : 'accepted' });
}
