import { ReadStore } from '../audit/read-store.ts';
import { adjudicatorRoutes } from '../contracts/adjudicator.ts';
import { showCase } from '../duplicates/cases/show-case.ts';
import { VerdictStore } from '../duplicates/screening/verdict-store.ts';
import { abstainFromCase } from '../endings/abstain-from-case.ts';
import { adjudicate } from '../endings/adjudicate.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ClaimStore } from '../filing/applications/claim-store.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/adjudicator');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const parts = {
  store: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  documents: new DocumentStore(tables.applications),
  files: new DocumentFiles(environment.DOCUMENTS_BUCKET, systemClock),
  people: new PeopleStore(tables.people),
  verdicts: new VerdictStore(tables.registry),
  claims: new ClaimStore(tables.registry),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  pools: new PoolStore(tables.budget),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** Routes of those who decide suspected duplicates. */
export const handler = httpDoor(adjudicatorRoutes, callers, {
  getCase: async ({ actor, params }) => ({ body: await showCase(parts, actor, params.taskId) }),
  abstainFromCase: async ({ actor, params, body }) => ({
    body: await abstainFromCase(parts, actor, params.taskId, body),
  }),
  getAgreement: async () => ({ body: { rules: await parts.verdicts.agreement() } }),
  decideCase: async ({ actor, params, body }) => ({
    body: await adjudicate(parts, actor, params.taskId, body),
  }),
});
