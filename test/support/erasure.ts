import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { StoredHistories } from '../../functions/audit/stored-histories.ts';
import { StoredLedgers } from '../../functions/audit/stored-ledgers.ts';
import { StoredRows } from '../../functions/audit/stored-rows.ts';
import { StoredTable } from '../../functions/audit/stored-table.ts';
import { verifyStored } from '../../functions/audit/verify-stored.ts';
import { ApplicationRows } from '../../functions/erasure/application-rows.ts';
import { ErasureStore } from '../../functions/erasure/erasure-store.ts';
import { StoredFiles } from '../../functions/erasure/stored-files.ts';
import { people as peopleTable } from '../../functions/shared/tables.ts';
import { localCredentials } from '../../local/credentials.ts';
import { startS3 } from '../../local/s3/service.ts';
import { startTestDynamoDb } from './dynamodb.ts';
import { compiled, openRooms, today } from './rooms.ts';
import { testOptions } from './service-options.ts';

export const dayMs = 86_400_000;

/** The rooms on a database and a bucket of their own, with what the erasure of what is due needs. */
export async function startErasure() {
  const options = testOptions();
  const database = await startTestDynamoDb();
  const rooms = openRooms(database);
  const s3 = await startS3(options, () => undefined);
  await s3.ensureBucket('DocumentsBucket', { BucketName: 'documents' });
  s3.start();
  const client = new S3Client({
    ...{ endpoint: s3.endpoint, region: 'cn-north-1', credentials: localCredentials },
    forcePathStyle: true,
  });
  const files = new StoredFiles(client, 'documents');
  const { people } = rooms.tables;
  const everything = async (): Promise<Record<string, unknown>[]> => {
    const found = await Promise.all(
      Object.values(rooms.tableNames).map((TableName) =>
        rooms.client.send(new ScanCommand({ TableName, ConsistentRead: true })),
      ),
    );
    return found.flatMap(({ Items = [] }) => Items);
  };
  return {
    rooms,
    client,
    parts: {
      ...rooms,
      ...{ files, retention: compiled.retention, hasTime: () => true },
      erasures: new ErasureStore(people),
      rows: new ApplicationRows(rooms.tables.applications),
    },
    /** Sets the clock some days behind the tests' day. */
    later: (days: number) => rooms.setClock(new Date(today.getTime() + days * dayMs)),
    put: (Key: string) =>
      client.send(new PutObjectCommand({ Bucket: 'documents', Key, Body: 'x', IfNoneMatch: '*' })),
    keys: async (prefix: string) => (await files.page(prefix, undefined)).files.map(({ key }) => key),
    /** Every item of every table. */
    everything,
    /** What says that something was erased. */
    recordsOf: async (thing: string) =>
      (await everything()).map(({ erasure }) => erasure).filter((one) => Object(one).thing === thing),
    /** What the nightly audit finds to be broken. */
    breaks: async () => {
      const plain = new DynamoDBClient(database.clientConfig);
      const names = database.tableNames;
      const stored = {
        applications: new StoredTable<'applications'>(plain, names.applications),
        budget: new StoredTable<'budget'>(plain, names.budget),
        people: new StoredTable<'people'>(plain, names.people),
        reads: new StoredTable<'reads'>(plain, names.reads),
        registry: new StoredTable<'registry'>(plain, names.registry),
      };
      const found = await verifyStored({
        histories: new StoredHistories(stored),
        ledgers: new StoredLedgers(stored),
        rows: new StoredRows(stored),
        hasTime: () => true,
      });
      return found.breaks;
    },
    hold: (subject: string) =>
      people.transact([people.put(peopleTable.entities.hold.key({ subject }), { hold: { subject } })]),
    letGo: (subject: string) => people.transact([people.remove(peopleTable.entities.hold.key({ subject }))]),
    stop: async () => {
      client.destroy();
      await s3.stop();
      options.removeData();
      await database.stop();
    },
  };
}

export type ErasureRooms = Awaited<ReturnType<typeof startErasure>>;
