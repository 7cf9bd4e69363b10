import { expertRoutes } from '../contracts/expert.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { declineInvitation } from '../review/experts/decline-invitation.ts';
import { InvitationStore } from '../review/experts/invitation-store.ts';
import { scoreApplication } from '../review/experts/score-application.ts';
import { listOwnInvitations, showInvitation } from '../review/experts/show-invitation.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { documentClient } from '../shared/transaction.ts';

const { APPLICATIONS_TABLE, PEOPLE_TABLE, DOCUMENTS_BUCKET, POLICY_TABLE } = readEnvironment('api/expert');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, APPLICATIONS_TABLE),
  invitations: new InvitationStore(client, APPLICATIONS_TABLE),
  documents: new DocumentStore(client, APPLICATIONS_TABLE),
  files: new DocumentFiles(DOCUMENTS_BUCKET, systemClock),
  people: new PeopleStore(client, PEOPLE_TABLE),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
  clock: systemClock,
};

/** Routes of experts. */
export const handler = httpDoor(expertRoutes, {
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
