import { ReadStore } from '../audit/read-store.ts';
import { reviewerRoutes } from '../contracts/reviewer.ts';
import { listChecksOfTask } from '../duplicates/cases/list-checks.ts';
import { CheckStore } from '../duplicates/screening/check-store.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { entityTag } from '../filing/applications/application-view.ts';
import { listWaitingAccounts, waitingView } from '../filing/bank-accounts/account-view.ts';
import { BankAccountStore } from '../filing/bank-accounts/bank-account-store.ts';
import { decideAccountForDistrict } from '../filing/bank-accounts/decide-account.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { DocumentFiles } from '../filing/documents/document-files.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { AdministratorStore } from '../people/administrator-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { LoginStore } from '../people/login-store.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { InvitationStore } from '../review/experts/invitation-store.ts';
import { inviteExpert, listInvitations, revokeInvitation } from '../review/experts/invite-expert.ts';
import { decideTask } from '../review/sign-off/decide-task.ts';
import { listApplicationsOfTask } from '../review/sign-off/list-applications-of-task.ts';
import type { Ranking } from '../review/sign-off/ranking.ts';
import { RankingStore } from '../review/sign-off/ranking-store.ts';
import { getRanking, putRanking } from '../review/sign-off/rankings.ts';
import { recommendTasks } from '../review/sign-off/recommend-tasks.ts';
import { showSubmission } from '../review/sign-off/show-submission.ts';
import { showTask } from '../review/sign-off/show-task.ts';
import { assignTask, giveBackTask, takeTask } from '../review/tasks/assign-task.ts';
import { countTasks } from '../review/tasks/count-tasks.ts';
import { Inbox } from '../review/tasks/inbox.ts';
import { listTasks } from '../review/tasks/list-tasks.ts';
import { getOpinionDraft, saveOpinionDraft } from '../review/tasks/opinion-drafts.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/reviewer');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
/** People are named by any of their logins. */
const logins = new LoginStore(tables.people);
const parts = {
  store: new ApplicationStore(tables.applications),
  tasks: new SignOffTaskStore(tables.applications),
  inbox: new Inbox(tables.applications),
  rankings: new RankingStore(tables.applications),
  invitations: new InvitationStore(tables.applications),
  people: new PeopleStore(tables.people),
  accounts: new BankAccountStore(tables.budget),
  administrators: new AdministratorStore(tables.people, systemClock),
  credit: new CreditList(tables.registry),
  documents: new DocumentStore(tables.applications),
  files: new DocumentFiles(environment.DOCUMENTS_BUCKET, systemClock),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  clock: systemClock,
};

const shown = (item: string, { version, order }: Ranking) => ({
  body: { item, order },
  headers: { etag: entityTag(version) },
});

/** Routes of districts and lead departments. */
export const handler = httpDoor(reviewerRoutes, callers, {
  listTasks: async ({ actor, query }) => ({ body: await listTasks(parts, actor, query) }),
  countTasks: async ({ actor, query }) => {
    return { body: await countTasks(parts, actor, query) };
  },
  getTask: async ({ actor, params }) => ({ body: await showTask(parts, actor, params.taskId) }),
  getTaskSubmission: async ({ actor, params }) => ({ body: await showSubmission(parts, actor, params) }),
  listApplicationsOfTask: async ({ actor, params, query }) => ({
    body: await listApplicationsOfTask(parts, actor, params.taskId, query),
  }),
  decideTask: async ({ actor, params, body }) => ({
    body: await decideTask(parts, actor, params.taskId, body),
  }),
  takeTask: async ({ actor, params }) => ({
    body: await takeTask(parts, actor, params.taskId),
  }),
  giveBackTask: async ({ actor, params }) => ({
    body: await giveBackTask(parts, actor, params.taskId),
  }),
  assignTask: async ({ actor, params, body }) => ({
    body: await assignTask(parts, actor, params.taskId, await logins.personOf(body.assignee)),
  }),
  getOpinionDraft: async ({ actor, params }) => ({
    body: await getOpinionDraft(parts, actor, params.taskId),
  }),
  saveOpinionDraft: async ({ actor, params, body }) => ({
    body: await saveOpinionDraft(parts, actor, params.taskId, body.fields),
  }),
  recommendTasks: async ({ actor, body }) => {
    return { body: await recommendTasks(parts, actor, body.decisions) };
  },
  listDuplicateChecksOfTask: async ({ actor, params, query }) => {
    const checks = new CheckStore(tables.applications);
    return { body: await listChecksOfTask({ ...parts, checks }, actor, params.taskId, query) };
  },
  listWaitingBankAccounts: async ({ actor, query }) => ({
    body: await listWaitingAccounts(parts, actor, query),
  }),
  decideWaitingBankAccount: async ({ actor, params, body }) => ({
    body: waitingView(await decideAccountForDistrict(parts, actor, params.organisation, body), systemClock()),
  }),
  getRanking: async ({ actor, params: { item } }) => shown(item, await getRanking(parts, actor, item)),
  putRanking: async ({ actor, params: { item }, headers, body }) =>
    shown(item, await putRanking(parts, actor, item, { ifMatch: headers['if-match'], order: body.order })),
  inviteExpert: async ({ actor, params, body }) => {
    const invitation = await inviteExpert(parts, actor, params.taskId, await logins.personOf(body.expert));
    return { body: { ...invitation, link: `/v1/invitations/${invitation.invitationId}` } };
  },
  listInvitations: async ({ actor, params }) => ({
    body: await listInvitations(parts, actor, params.taskId),
  }),
  revokeInvitation: async ({ actor, params }) => {
    await revokeInvitation(parts, actor, params.taskId, params.invitationId);
    return {};
  },
});
