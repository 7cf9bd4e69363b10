import * as z from 'zod';
import { askAgain } from '../filing/documents/ask-scanner.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { BusScanner } from '../filing/documents/file-scanner.ts';
import { LazyArrivedFiles } from '../filing/documents/lazy-arrived-files.ts';
import { VerdictEventSchema } from '../filing/documents/scan.ts';
import { scannerSource, scanTypes } from '../filing/documents/scan-source.ts';
import { ScanStore } from '../filing/documents/scan-store.ts';
import { documentVerdict, takeVerdict } from '../filing/documents/take-verdict.ts';
import { verifyDocument } from '../filing/documents/verify-document.ts';
import { EvidenceInspections } from '../publicity/objections/evidence-inspections.ts';
import { evidenceVerdict, inspectEvidence } from '../publicity/objections/inspect-evidence.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const EventSchema = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('aws.s3'),
    'detail-type': z.literal('Object Created'),
    detail: z.object({ object: z.object({ key: z.string() }) }),
  }),
  z.object({
    source: z.literal(scannerSource),
    'detail-type': z.literal(scanTypes.answered),
    detail: VerdictEventSchema,
  }),
  z.object({ source: z.literal('aws.events') }),
]);

const environment = readEnvironment('events/verify-document');
const tables = openTables(environment);
const inspections = new EvidenceInspections(tables.budget);
const parts = {
  documents: new DocumentStore(tables.applications),
  files: new LazyArrivedFiles(environment.DOCUMENTS_BUCKET),
  objections: new ObjectionStore(tables.budget),
  inspections,
  scans: new ScanStore(tables.workflow),
  scanner: new BusScanner(environment.EVENT_BUS_NAME, environment.DOCUMENTS_BUCKET),
  write: (writes: Parameters<typeof tables.workflow.transact>[0]) => tables.workflow.transact(writes),
  clock: systemClock,
};

/** A file of an applicant or an objector arrived in the bucket, a scanner judged one, or it is time to ask it again. */
export const handler = taskDoor('verify-document', EventSchema, (event) => {
  switch (event.source) {
    case 'aws.s3': {
      const { key } = event.detail.object;
      return isEvidence(key) ? inspectEvidence(parts, key) : verifyDocument(parts, key);
    }
    case scannerSource:
      return takeVerdict(
        parts,
        event.detail,
        isEvidence(event.detail.key)
          ? evidenceVerdict(inspections, systemClock)
          : documentVerdict(parts.documents, systemClock),
      );
    case 'aws.events':
      return askAgain(parts);
  }
});

function isEvidence(key: string): boolean {
  return key.startsWith('objections/');
}
