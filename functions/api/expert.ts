import { ReadStore } from '../audit/read-store.ts';
import { expertRoutes } from '../contracts/expert.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { declineInvitation } from '../review/experts/decline-invitation.ts';
import { InvitationStore } from '../review/experts/invitation-store.ts';
import { scoreApplication } from '../review/experts/score-application.ts';
import { listOwnInvitations, showInvitation } from '../review/experts/show-invitation.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/expert');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const parts = {
  store: new ApplicationStore(tables.applications),
  invitations: new InvitationStore(tables.applications),
  documents: new DocumentStore(tables.applications),
  files: new DocumentFiles(environment.DOCUMENTS_BUCKET, systemClock),
  people: new PeopleStore(tables.people),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  clock: systemClock,
};

/** Routes of experts. */
export const handler = httpDoor(expertRoutes, callers, {
  listMyInvitations: async ({ actor, query }) => ({ body: await listOwnInvitations(parts, actor, query) }),
  getInvitation: async ({ actor, params }) => ({
    body: await showInvitation(parts, actor, params.invitationId),
  }),
  scoreApplication: async ({ actor, params, body }) => ({
    body: await scoreApplication(parts, actor, params.invitationId, body),
  }),
  declineInvitation: async ({ actor, params, body }) => ({
    body: await declineInvitation(parts, actor, params.invitationId, body),
  }),
});
