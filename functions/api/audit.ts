import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { StoredHistories } from '../audit/stored-histories.ts';
import { auditRoutes } from '../contracts/audit.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';

const histories = new StoredHistories(
  new DynamoDBClient({}),
  readEnvironment('api/audit').APPLICATIONS_TABLE,
);

/** Routes of auditors. */
export const handler = httpDoor(auditRoutes, {
  listAuditedApplications: async ({ query }) => ({ body: await histories.applications(query.cursor) }),
  getStoredHistory: async ({ params, query }) => ({
    body: await histories.history(params.applicationId, query),
  }),
});
