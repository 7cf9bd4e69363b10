import { adjudicatorRoutes } from '../contracts/adjudicator.ts';
import { showCase } from '../duplicates/cases/show-case.ts';
import { Verdicts } from '../duplicates/screening/verdicts.ts';
import { adjudicate } from '../endings/adjudicate.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { documentClient } from '../shared/transaction.ts';

const environment = readEnvironment('api/adjudicator');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, environment.APPLICATIONS_TABLE),
  tasks: new SignOffTaskStore(client, environment.APPLICATIONS_TABLE),
  documents: new DocumentStore(client, environment.APPLICATIONS_TABLE),
  files: new DocumentFiles(environment.DOCUMENTS_BUCKET, systemClock),
  people: new PeopleStore(client, environment.PEOPLE_TABLE),
  verdicts: new Verdicts(client, environment.REGISTRY_TABLE),
  outbox: new Outbox(environment.WORKFLOW_TABLE, systemClock, newUlid),
  budgetTable: environment.BUDGET_TABLE,
  clock: systemClock,
};

/** Routes of those who decide suspected duplicates. */
export const handler = httpDoor(adjudicatorRoutes, {
  getCase: async ({ actor, params }) => ({ body: await showCase(parts, actor, params.taskId) }),
  getAgreement: async () => ({ body: { rules: await parts.verdicts.agreement() } }),
  decideCase: async ({ actor, params, body }) => ({
    body: await adjudicate(parts, actor, params.taskId, body),
  }),
});
