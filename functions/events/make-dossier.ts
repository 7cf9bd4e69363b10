import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ArrivedFiles } from '../filing/documents/arrived-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { DossierBucket } from '../filing/dossiers/dossier-bucket.ts';
import { makeDossier } from '../filing/dossiers/make-dossier.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { FontFile } from '../shared/pdf/font-file.ts';
import { openTables } from '../shared/table.ts';
import { taskDoor } from '../shared/task.ts';

const ObjectCreatedSchema = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });

const environment = readEnvironment('events/make-dossier');
const tables = openTables(environment);
const client = new S3Client({});
const parts = {
  store: new ApplicationStore(tables.applications),
  documents: new DocumentStore(tables.applications),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  files: new ArrivedFiles(client, environment.DOCUMENTS_BUCKET),
  dossiers: new DossierBucket(client, environment.DOCUMENTS_BUCKET),
  font: () => new FontFile(readFileSync(new URL('./font.ttf', import.meta.url))),
};

/** Somebody asked for the dossier of a submission. */
export const handler = taskDoor('make-dossier', ObjectCreatedSchema, ({ detail }) =>
  makeDossier(parts, detail.object.key),
);
