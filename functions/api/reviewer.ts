import { ApplicationStore } from '../applications/application-store.ts';
import { entityTag } from '../applications/application-view.ts';
import { reviewerRoutes } from '../contracts/reviewer.ts';
import { DocumentFiles } from '../documents/document-files.ts';
import { DocumentStore } from '../documents/document-store.ts';
import { InvitationStore } from '../experts/invitation-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { documentClient } from '../shared/transaction.ts';
import { decideTask } from '../sign-off/decide-task.ts';
import { listTasks } from '../sign-off/list-tasks.ts';
import { getOpinionDraft, saveOpinionDraft } from '../sign-off/opinion-drafts.ts';
import { getRanking, putRanking, type Ranking } from '../sign-off/rankings.ts';
import { showTask } from '../sign-off/show-task.ts';
import { SignOffTaskStore } from '../sign-off/task-store.ts';

const { APPLICATIONS_TABLE, PEOPLE_TABLE, WORKFLOW_TABLE, DOCUMENTS_BUCKET, POLICY_TABLE } =
  readEnvironment('api/reviewer');
const client = documentClient();
const parts = {
  store: new ApplicationStore(client, APPLICATIONS_TABLE),
  tasks: new SignOffTaskStore(client, APPLICATIONS_TABLE),
  invitations: new InvitationStore(client, APPLICATIONS_TABLE),
  people: new PeopleStore(client, PEOPLE_TABLE),
  documents: new DocumentStore(client, APPLICATIONS_TABLE),
  files: new DocumentFiles(DOCUMENTS_BUCKET, systemClock),
  policy: openPolicyBook(import.meta.url, client, POLICY_TABLE, systemClock),
  outbox: new Outbox(WORKFLOW_TABLE, systemClock, newUlid),
  clock: systemClock,
};

/** Taking and handing on is loaded by those who do it. */
const assigning = () => import('../sign-off/assign-task.ts');

/** Few items have experts. */
const inviting = () => import('../experts/invite-expert.ts');

const shown = (item: string, { version, order }: Ranking) => ({
  body: { item, order },
  headers: { etag: entityTag(version) },
});

/** Routes of districts and lead departments. */
export const handler = httpDoor(reviewerRoutes, {
  listTasks: async ({ actor, query }) => ({ body: await listTasks(parts, actor, query) }),
  countTasks: async ({ actor, query }) => {
    const { countTasks } = await import('../sign-off/count-tasks.ts');
    return { body: await countTasks(parts, actor, query) };
  },
  getTask: async ({ actor, params }) => ({ body: await showTask(parts, actor, params.taskId) }),
  decideTask: async ({ actor, params, body }) => ({
    body: await decideTask(parts, actor, params.taskId, body),
  }),
  takeTask: async ({ actor, params }) => ({
    body: await (await assigning()).takeTask(parts, actor, params.taskId),
  }),
  giveBackTask: async ({ actor, params }) => ({
    body: await (await assigning()).giveBackTask(parts, actor, params.taskId),
  }),
  assignTask: async ({ actor, params, body }) => ({
    body: await (await assigning()).assignTask(parts, actor, params.taskId, body.assignee),
  }),
  getOpinionDraft: async ({ actor, params }) => ({
    body: await getOpinionDraft(parts, actor, params.taskId),
  }),
  saveOpinionDraft: async ({ actor, params, body }) => ({
    body: await saveOpinionDraft(parts, actor, params.taskId, body.fields),
  }),
  recommendTasks: async ({ actor, body }) => {
    const { recommendTasks } = await import('../sign-off/recommend-tasks.ts');
    return { body: await recommendTasks(parts, actor, body.decisions) };
  },
  listDuplicateChecksOfTask: async ({ actor, params, query }) => {
    const { listChecksOfTask } = await import('../deduplication/list-checks.ts');
    return { body: await listChecksOfTask(parts, actor, params.taskId, query) };
  },
  getRanking: async ({ actor, params: { item } }) => shown(item, await getRanking(parts, actor, item)),
  putRanking: async ({ actor, params: { item }, headers, body }) =>
    shown(item, await putRanking(parts, actor, item, headers['if-match'], body.order)),
  inviteExpert: async ({ actor, params, body }) => {
    const invitation = await (await inviting()).inviteExpert(parts, actor, params.taskId, body.expert);
    return { body: { ...invitation, link: `/v1/invitations/${invitation.invitationId}` } };
  },
  listInvitations: async ({ actor, params }) => ({
    body: await (await inviting()).listInvitations(parts, actor, params.taskId),
  }),
  revokeInvitation: async ({ actor, params }) => {
    await (await inviting()).revokeInvitation(parts, actor, params.taskId, params.invitationId);
    return {};
  },
});
