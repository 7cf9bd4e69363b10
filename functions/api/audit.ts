import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ReadStore } from '../audit/read-store.ts';
import { StoredHistories } from '../audit/stored-histories.ts';
import { StoredLedgers } from '../audit/stored-ledgers.ts';
import { StoredRows } from '../audit/stored-rows.ts';
import { StoredTable } from '../audit/stored-table.ts';
import { auditRoutes } from '../contracts/audit.ts';
import { listChecks } from '../duplicates/cases/list-checks.ts';
import { CheckStore } from '../duplicates/screening/check-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { openTables } from '../shared/table.ts';
import { applications } from '../shared/tables.ts';

const environment = readEnvironment('api/audit');
const client = new DynamoDBClient({});
const stored = {
  applications: new StoredTable<'applications'>(client, environment.APPLICATIONS_TABLE),
  budget: new StoredTable<'budget'>(client, environment.BUDGET_TABLE),
  people: new StoredTable<'people'>(client, environment.PEOPLE_TABLE),
  registry: new StoredTable<'registry'>(client, environment.REGISTRY_TABLE),
  reads: new StoredTable<'reads'>(client, environment.READS_TABLE),
};
const histories = new StoredHistories(stored);
const rows = new StoredRows(stored);
const ledgers = new StoredLedgers(stored);
const tables = openTables(environment, DynamoDBDocumentClient.from(client));
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const parts = {
  checks: new CheckStore(tables.applications),
  objections: new ObjectionStore(tables.budget),
};

const { application } = applications.entities;

/** The application whose partition it is. */
function applicationOf(pk: string): string[] {
  const parts = application.partsOf({ pk, sk: application.sk({}) });
  return parts ? [parts.applicationId] : [];
}

/** Routes of auditors. */
export const handler = httpDoor(auditRoutes, callers, {
  listAuditedApplications: async ({ query }) => ({ body: await histories.applications(query.cursor) }),
  getStoredHistory: async ({ params, query }) => ({
    body: await histories.history({ kind: 'application', id: params.applicationId }, query),
  }),
  listAuditedHistories: async ({ query }) => ({ body: await histories.ofBudget(query.cursor) }),
  listAuditedAccess: async ({ query }) => ({ body: await histories.ofPeople(query.cursor) }),
  getStoredHistoryOf: async ({ params, query }) => ({ body: await histories.history(params, query) }),
  listStoredRows: async ({ params: { table }, query: { partition, ...page } }) => ({
    about: partition === undefined ? [] : applicationOf(partition),
    body: await (partition === undefined
      ? rows.page(table, page.cursor)
      : rows.partition(table, partition, page)),
  }),
  listDuplicateChecks: async ({ params, query }) => ({
    body: await listChecks(parts, params.applicationId, query),
  }),
  listAuditedPools: async ({ query }) => ({ body: await ledgers.pools(query.cursor) }),
  getStoredLedger: async ({ params, query }) => ({ body: await ledgers.ledger(params.poolId, query) }),
  listObjectionHistory: async ({ params }) => {
    await parts.objections.require(params.objectionId);
    return { body: { items: await parts.objections.history(params.objectionId) } };
  },
  listReads: async ({ query: { limit, cursor, ...sought } }) => ({
    body: await callers.reads.list(sought, { limit, cursor }, shanghaiDate(systemClock())),
  }),
  listReservations: async ({ query }) => ({ body: await ledgers.rounds(query.cursor) }),
  listCommitments: async ({ query }) => ({ body: await ledgers.awards(query.cursor) }),
});
