import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { kmsSigner } from '../audit/kms-signer.ts';
import { s3HeadsKeeper } from '../audit/s3-heads-keeper.ts';
import { StoredHistories } from '../audit/stored-histories.ts';
import { StoredLedgers } from '../audit/stored-ledgers.ts';
import { StoredRows } from '../audit/stored-rows.ts';
import { StoredTable } from '../audit/stored-table.ts';
import { timestampAuthority } from '../audit/timestamp-authority.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { DynamoGuideSource } from '../policy/guides/guide-store.ts';
import { RegisterStore } from '../register/register-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('events/verify-audit');
const client = new DynamoDBClient({});
const tables = openTables(
  environment,
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
);
const stored = {
  applications: new StoredTable<'applications'>(client, environment.APPLICATIONS_TABLE),
  budget: new StoredTable<'budget'>(client, environment.BUDGET_TABLE),
  people: new StoredTable<'people'>(client, environment.PEOPLE_TABLE),
  registry: new StoredTable<'registry'>(client, environment.REGISTRY_TABLE),
  reads: new StoredTable<'reads'>(client, environment.READS_TABLE),
};
const { TIMESTAMP_URL } = environment;
const parts = {
  histories: new StoredHistories(stored),
  ledgers: new StoredLedgers(stored),
  rows: new StoredRows(stored),
  guides: new DynamoGuideSource(tables.policy, systemClock),
  register: new RegisterStore(tables.budget),
  signer: kmsSigner(new KMSClient({}), environment.HEADS_KEY_ARN),
  keeper: s3HeadsKeeper(new S3Client({}), environment.HEADS_BUCKET),
  timestamps: TIMESTAMP_URL === '' ? undefined : timestampAuthority(TIMESTAMP_URL),
  clock: systemClock,
};

/** What is left for signing and keeping when the time for looking is over, in milliseconds. */
const reserveMs = 60_000;

const EventSchema = z.object({ again: z.boolean().default(false) });

/**
 * Verifies what is stored as long as there is time, from where the day's last run stopped, and keeps its heads; with
 * `again` from the beginning.
 */
export async function handler(event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) {
  const { again } = EventSchema.parse(event);
  return verifyAudit({ ...parts, hasTime: () => context.getRemainingTimeInMillis() > reserveMs }, again);
}
