import { applicantRoutes } from '../contracts/applicant.ts';
import { listOwnChecks } from '../duplicates/cases/list-checks.ts';
import { CheckStore } from '../duplicates/screening/check-store.ts';
import { withdrawApplication } from '../endings/withdraw-application.ts';
import type { Application } from '../filing/applications/application.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { entityTag, toApplicationView } from '../filing/applications/application-view.ts';
import { ClaimStore } from '../filing/applications/claim-store.ts';
import { CompetitionStore } from '../filing/applications/competition-store.ts';
import { createApplication, editApplication } from '../filing/applications/edit-draft.ts';
import { offerHandover, takeOver } from '../filing/applications/hand-over.ts';
import { listApplications, listHistory } from '../filing/applications/list-applications.ts';
import { ownApplication } from '../filing/applications/own-application.ts';
import { accountView, listAccountHistory, showBankAccount } from '../filing/bank-accounts/account-view.ts';
import { BankAccountStore } from '../filing/bank-accounts/bank-account-store.ts';
import { decideAccount } from '../filing/bank-accounts/decide-account.ts';
import { KmsAccounts } from '../filing/bank-accounts/kms-accounts.ts';
import { proposeAccount } from '../filing/bank-accounts/propose-account.ts';
import { copyApplication } from '../filing/copies/copy-application.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { DocumentStore } from '../filing/documents/document-store.ts';
import { assessDraft, assessEligibility } from '../filing/eligibility/assess-eligibility.ts';
import { listOpenItems, showForm } from '../filing/eligibility/list-open-items.ts';
import { KmsKeyedHash } from '../filing/enterprise/kms-keyed-hash.ts';
import { LateExceptionStore } from '../filing/late-exceptions/late-exception-store.ts';
import { submitApplication } from '../filing/submission/submit-application.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { AdministratorStore } from '../people/administrator-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { LoginStore } from '../people/login-store.ts';
import { openPolicy } from '../policy/guides/policy-source.ts';
import { showCertificate } from '../publicity/certificates/show-certificate.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { Logins } from '../shared/actor.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/applicant');
const tables = openTables(environment);
/** People are named by any of their logins. */
const logins = new LoginStore(tables.people);
const store = new ApplicationStore(tables.applications);
const administrators = new AdministratorStore(tables.people, systemClock);
const parts = {
  store,
  tasks: new SignOffTaskStore(tables.applications),
  documents: new DocumentStore(tables.applications),
  ...openPolicy(import.meta.url, tables.policy, systemClock),
  exceptions: new LateExceptionStore(tables.applications),
  keyedHash: new KmsKeyedHash(environment.IDENTITY_KEY_ARN),
  accounts: new BankAccountStore(tables.budget),
  administrators,
  sealer: new KmsAccounts(environment.ACCOUNT_KEY_ARN),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  claims: new ClaimStore(tables.registry),
  credit: new CreditList(tables.registry),
  checks: new CheckStore(tables.applications),
  competition: new CompetitionStore(tables.applications),
  pools: new PoolStore(tables.budget),
  records: new IdempotencyRecords(tables.applications),
  clock: systemClock,
  newId: newUlid,
};

function answer(application: Application) {
  return { body: toApplicationView(application), headers: { etag: entityTag(application.version) } };
}

const joined = createLogins(environment, tables.people);
/** Who may confirm an account is known from who comes: administrators are seen in passing. */
const seenLogins: Logins = {
  ...joined,
  async join(login, roles) {
    const actor = await joined.join(login, roles);
    await administrators.see(actor);
    return actor;
  },
};

/** Routes of companies. */
export const handler = httpDoor(applicantRoutes, seenLogins, {
  listOpenItems: async ({ actor }) => ({
    body: { items: await listOpenItems(parts, actor.organisation, systemClock()) },
  }),
  assessEligibility: async ({ actor, body }) => ({
    body: await assessEligibility(parts, actor, body, systemClock()),
  }),
  getForm: async ({ actor, params }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    return { body: await showForm(parts, application, systemClock()) };
  },
  assessDraft: async ({ actor, params }) => {
    const application = await ownApplication(store, actor, params.applicationId);
    return { body: await assessDraft(parts, application, systemClock()) };
  },
  proposeBankAccount: async ({ actor, body }) => ({
    body: accountView(await proposeAccount(parts, actor, body), systemClock()),
  }),
  getBankAccount: async ({ actor }) => ({ body: await showBankAccount(parts, actor) }),
  decideBankAccount: async ({ actor, body }) => ({
    body: accountView(await decideAccount(parts, actor, body), systemClock()),
  }),
  listBankAccountHistory: async ({ actor, query }) => ({
    body: await listAccountHistory(parts, actor, query),
  }),
  createApplication: async ({ actor, headers: given, body }) => {
    const draft = await createApplication(parts, actor, body, given['idempotency-key']);
    const { headers, body: view } = answer(draft);
    return { body: view, headers: { ...headers, location: `/v1/applications/${draft.applicationId}` } };
  },
  listApplications: async ({ actor, query }) => {
    const { items, nextCursor } = await listApplications(store, actor, query);
    return { body: { items: items.map(toApplicationView), nextCursor } };
  },
  getApplication: async ({ actor, params }) =>
    answer(await ownApplication(store, actor, params.applicationId)),
  editApplication: async ({ actor, params, headers, body }) =>
    answer(await editApplication(parts, actor, params.applicationId, { ifMatch: headers['if-match'], body })),
  submitApplication: async ({ actor, params, headers, query }) => {
    const { applicationId } = params;
    const without = query.without?.split(',');
    return answer(await submitApplication(parts, actor, applicationId, headers['idempotency-key'], without));
  },
  copyApplication: async ({ actor, params, headers: given }) => {
    const { applicationId } = params;
    const { draft, view } = await copyApplication(parts, actor, applicationId, given['idempotency-key']);
    const { headers } = answer(draft);
    return { body: view, headers: { ...headers, location: `/v1/applications/${draft.applicationId}` } };
  },
  offerHandover: async ({ actor, params, body }) =>
    answer(await offerHandover(parts, actor, params.applicationId, await logins.personOf(body.to))),
  takeOver: async ({ actor, params }) => answer(await takeOver(parts, actor, params.applicationId)),
  getCertificate: async ({ actor, params }) => ({
    body: await showCertificate(parts, actor, params.applicationId),
  }),
  getHistory: async ({ actor, params, query }) => ({
    body: await listHistory(store, actor, params.applicationId, query),
  }),
  listOwnDuplicateChecks: async ({ actor, params, query }) => ({
    body: await listOwnChecks(parts, actor, params.applicationId, query),
  }),
  withdrawApplication: async ({ actor, params, body }) =>
    answer(await withdrawApplication(parts, actor, params.applicationId, body.reason)),
});
