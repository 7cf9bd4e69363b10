import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { kmsSigner } from '../audit/kms-signer.ts';
import { s3HeadsKeeper } from '../audit/s3-heads-keeper.ts';
import { StoredHistories } from '../audit/stored-histories.ts';
import { StoredLedgers } from '../audit/stored-ledgers.ts';
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
};
const { TIMESTAMP_URL } = environment;
const parts = {
  histories: new StoredHistories(stored),
  ledgers: new StoredLedgers(stored),
  guides: new DynamoGuideSource(tables.policy, systemClock),
  register: new RegisterStore(tables.budget),
  signer: kmsSigner(new KMSClient({}), environment.HEADS_KEY_ARN),
  keeper: s3HeadsKeeper(new S3Client({}), environment.HEADS_BUCKET),
  timestamps: TIMESTAMP_URL === '' ? undefined : timestampAuthority(TIMESTAMP_URL),
  clock: systemClock,
};

/** What is left for signing and keeping when the time for looking is over, in milliseconds. */
const reserveMs = 60_000;

/** Verifies everything that is stored, as long as there is time, and keeps the day's heads. */
export async function handler(_: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) {
  return verifyAudit({ ...parts, hasTime: () => context.getRemainingTimeInMillis() > reserveMs });
}
