import * as z from 'zod';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { LazyArrivedFiles } from '../filing/documents/lazy-arrived-files.ts';
import { verifyDocument } from '../filing/documents/verify-document.ts';
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

/** A file arrived in the documents bucket. */
export const handler = taskDoor('verify-document', ObjectCreatedSchema, ({ detail }) =>
  verifyDocument({ documents, files, clock: systemClock }, detail.object.key),
);
