import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoredHistories } from '../audit/stored-histories.ts';
import { auditRoutes } from '../contracts/audit.ts';
import { listChecks } from '../deduplication/list-checks.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';

const table = readEnvironment('api/audit').APPLICATIONS_TABLE;
const client = new DynamoDBClient({});
const histories = new StoredHistories(client, table);
const applications = { client: DynamoDBDocumentClient.from(client), table };

/** Routes of auditors. */
export const handler = httpDoor(auditRoutes, {
  listAuditedApplications: async ({ query }) => ({ body: await histories.applications(query.cursor) }),
  getStoredHistory: async ({ params, query }) => ({
    body: await histories.history(params.applicationId, query),
  }),
  listDuplicateChecks: async ({ params, query }) => ({
    body: await listChecks(applications, params.applicationId, query),
  }),
});
