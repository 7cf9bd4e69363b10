import { ApplicationStore } from '../applications/application-store.ts';
import { reviewerRoutes } from '../contracts/reviewer.ts';
import { DocumentFiles } from '../documents/document-files.ts';
import { DocumentStore } from '../documents/document-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { documentClient } from '../shared/transaction.ts';
import { decideTask } from '../sign-off/decide-task.ts';
import { listTasks, showTask } from '../sign-off/show-task.ts';
import { SignOffTaskStore } from '../sign-off/task-store.ts';

const { APPLICATIONS_TABLE, PEOPLE_TABLE, WORKFLOW_TABLE, DOCUMENTS_BUCKET, POLICY_TABLE } =
  readEnvironment('api/reviewer');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, APPLICATIONS_TABLE),
  tasks: new SignOffTaskStore(client, APPLICATIONS_TABLE),
  people: new PeopleStore(client, PEOPLE_TABLE),
  documents: new DocumentStore(client, APPLICATIONS_TABLE),
  files: new DocumentFiles(DOCUMENTS_BUCKET, systemClock),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
  outbox: new Outbox(WORKFLOW_TABLE, systemClock, newUlid),
  clock: systemClock,
};

/** Routes of districts and lead departments. */
export const handler = httpDoor(reviewerRoutes, {
  listTasks: async ({ actor, query }) => ({ body: await listTasks(parts.tasks, actor, query) }),
  getTask: async ({ actor, params }) => ({ body: await showTask(parts, actor, params.taskId) }),
  decideTask: async ({ actor, params, body }) => ({
    body: await decideTask(parts, actor, params.taskId, body),
  }),
});
