import { ReadStore } from '../audit/read-store.ts';
import { dossierRoutes } from '../contracts/dossiers.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ownApplication } from '../filing/applications/own-application.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { askForDossier } from '../filing/dossiers/ask-for-dossier.ts';
import { DossierFiles } from '../filing/dossiers/dossier-files.ts';
import { createLogins } from '../people/create-logins.ts';
import { taskDossier } from '../review/sign-off/task-dossier.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/dossiers');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const store = new ApplicationStore(tables.applications);
const parts = {
  store,
  documents: new DocumentStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  files: new DossierFiles(environment.DOCUMENTS_BUCKET, systemClock),
};

/** Routes of dossiers, for all who may read an application; another function makes them. */
export const handler = httpDoor(dossierRoutes, callers, {
  askForDossier: async ({ actor, params, query }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    return { body: await askForDossier(parts, application, query.submission) };
  },
  askForTaskDossier: async ({ actor, params }) => ({ body: await taskDossier(parts, actor, params.taskId) }),
  askForAuditedDossier: async ({ params, query }) => {
    const application = await store.require(params.applicationId);
    return { body: await askForDossier(parts, application, query.submission) };
  },
});
