import { documentRoutes } from '../contracts/documents.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ownApplication } from '../filing/applications/own-application.ts';
import { deleteDraft } from '../filing/documents/delete-draft.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { listDocuments } from '../filing/documents/list-documents.ts';
import { openDocument } from '../filing/documents/open-document.ts';
import { removeDocument } from '../filing/documents/remove-document.ts';
import { requestUpload } from '../filing/documents/request-upload.ts';
import { createLogins } from '../people/create-logins.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/documents');
const tables = openTables(environment);
const store = new ApplicationStore(tables.applications);
const parts = {
  store,
  documents: new DocumentStore(tables.applications),
  files: new DocumentFiles(environment.DOCUMENTS_BUCKET, systemClock),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
  newId: newUlid,
};

/** Routes of the documents of an application, for its company: apart, since the client of S3 is the largest of all. */
export const handler = httpDoor(documentRoutes, createLogins(environment, tables.people), {
  deleteDraft: async ({ actor, params, headers }) => {
    await deleteDraft(parts, actor, params.applicationId, headers['if-match']);
    return {};
  },
  requestUpload: async ({ actor, params, body }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    const { item } = await parts.policy.requireItem(application.guide, application.content.item);
    return { body: await requestUpload(parts, { application, item, actorId: actor.id }, body) };
  },
  listDocuments: async ({ actor, params }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    return { body: { items: await listDocuments(parts, application) } };
  },
  openDocument: async ({ actor, params }) => ({
    body: await openDocument(
      parts,
      await ownApplication(store, actor, params.applicationId),
      params.documentId,
    ),
    headers: { 'cache-control': 'no-store' },
  }),
  removeDocument: async ({ actor, params }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    await removeDocument(parts, application, params.documentId, actor.id);
    return {};
  },
});
