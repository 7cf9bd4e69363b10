import * as z from 'zod';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { LazyArrivedFiles } from '../filing/documents/lazy-arrived-files.ts';
import { verifyDocument } from '../filing/documents/verify-document.ts';
import { EvidenceInspections } from '../publicity/objections/evidence-inspections.ts';
import { inspectEvidence } from '../publicity/objections/inspect-evidence.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const ObjectCreatedSchema = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

const environment = readEnvironment('events/verify-document');
const tables = openTables(environment);
const documents = new DocumentStore(tables.applications);
const files = new LazyArrivedFiles(environment.DOCUMENTS_BUCKET);

const objections = new ObjectionStore(tables.budget);
const inspections = new EvidenceInspections(tables.budget);

/** A document of an applicant or a piece of evidence of an objector arrived in the documents bucket. */
export const handler = taskDoor('verify-document', ObjectCreatedSchema, ({ detail }) => {
  const { key } = detail.object;
  return key.startsWith('objections/')
    ? inspectEvidence({ objections, inspections, files, clock: systemClock }, key)
    : verifyDocument({ documents, files, clock: systemClock }, key);
});
