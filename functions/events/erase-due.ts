import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { TraceStore } from '../duplicates/screening/trace-store.ts';
import { ApplicationRows } from '../erasure/application-rows.ts';
import { type ErasedDue, eraseDue, failures } from '../erasure/erase-due.ts';
import { ErasureStore } from '../erasure/erasure-store.ts';
import { StoredFiles } from '../erasure/stored-files.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { ScanStore } from '../filing/documents/scan-store.ts';
import { readLaw } from '../policy/guides/policy-source.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('events/erase-due');
const tables = openTables(environment);
const parts = {
  erasures: new ErasureStore(tables.people),
  store: new ApplicationStore(tables.applications),
  documents: new DocumentStore(tables.applications),
  rows: new ApplicationRows(tables.applications),
  scans: new ScanStore(tables.workflow),
  traces: new TraceStore(tables.registry),
  objections: new ObjectionStore(tables.budget),
  files: new StoredFiles(new S3Client({}), environment.DOCUMENTS_BUCKET),
  retention: readLaw(import.meta.url).retention,
  clock: systemClock,
};

/** What one thing takes at most, in milliseconds: with less time left, none is begun. */
const reserveMs = 30_000;

const EventSchema = z.object({ dryRun: z.boolean().default(false) });

/**
 * Deletes or anonymises what is due as long as there is time; with `dryRun` only counts it.
 * @throws Error when something could not be erased, after everything else was: its alarm tells of it.
 */
export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<ErasedDue> {
  const { dryRun } = EventSchema.parse(event);
  const hasTime = () => context.getRemainingTimeInMillis() > reserveMs;
  const done = await eraseDue({ ...parts, hasTime }, dryRun);
  const failed = failures(done);
  if (failed > 0) throw new Error(`${failed} things that are due could not be erased`);
  return done;
}
