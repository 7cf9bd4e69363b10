import { operatorRoutes } from '../contracts/operator.ts';
import type { LateException } from '../filing/late-exceptions/late-exception.ts';
import { createPool } from '../money/pools/create-pool.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { poolPage, poolView } from '../money/pools/pool-view.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { DynamoGuideSource } from '../policy/guides/guide-store.ts';
import { listGuides, showGuide } from '../policy/guides/list-guides.ts';
import { PolicyBook } from '../policy/guides/policy-book.ts';
import { readLaw } from '../policy/guides/policy-source.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { httpDoor } from '../shared/http-door.ts';
import { IdempotencyRecords } from '../shared/idempotency.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/operator');
const tables = openTables(environment);
const guides = new DynamoGuideSource(tables.policy, systemClock);
const parts = {
  guides,
  pools: new PoolStore(tables.budget),
  people: new PeopleStore(tables.people),
  records: new IdempotencyRecords(tables.budget),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  policy: new PolicyBook(readLaw(import.meta.url), guides),
  clock: systemClock,
  newId: newUlid,
};

/** Entries are made a few times a year. */
async function ledger() {
  const [{ ProposalStore }, { RoundStore }, ...useCases] = await Promise.all([
    import('../money/entries/proposal-store.ts'),
    import('../money/rounds/round-store.ts'),
    import('../money/entries/propose-entry.ts'),
    import('../money/entries/decide-entry.ts'),
    import('../money/entries/propose-year-end.ts'),
    import('../money/entries/ledger-view.ts'),
  ]);
  const [{ proposeEntry }, { decideEntry }, { proposeYearEnd }, views] = useCases;
  const stores = { proposals: new ProposalStore(tables.budget), rounds: new RoundStore(tables.budget) };
  return { proposeEntry, decideEntry, proposeYearEnd, ...views, parts: { ...parts, ...stores } };
}

/** Seldom does an operator write to everybody. */
async function announcing() {
  const [{ AnnouncementStore }, useCases, views] = await Promise.all([
    import('../filing/announcements/announcement-store.ts'),
    import('../filing/announcements/announce.ts'),
    import('../filing/announcements/announcement-view.ts'),
  ]);
  const announcements = new AnnouncementStore(tables.messages);
  const records = new IdempotencyRecords(tables.messages);
  return { ...useCases, ...views, parts: { ...parts, announcements, records } };
}

/** Guides are proposed a few times a year. */
async function guideProposals() {
  const [{ GuideProposalStore }, ...useCases] = await Promise.all([
    import('../policy/guides/guide-proposal-store.ts'),
    import('../policy/guides/propose-guide.ts'),
    import('../policy/guides/decide-guide.ts'),
    import('../policy/guides/guide-proposal-view.ts'),
  ]);
  const [{ proposeGuide }, { decideGuide }, views] = useCases;
  const stores = { proposals: new GuideProposalStore(tables.policy), allowed: environment.GUIDES_ALLOWED };
  return { proposeGuide, decideGuide, ...views, parts: { ...parts, ...stores } };
}

/** Closings are departed from a few times a year. */
async function departing() {
  const [{ LateExceptionStore }, useCases, views] = await Promise.all([
    import('../filing/late-exceptions/late-exception-store.ts'),
    import('../filing/late-exceptions/propose-exception.ts'),
    import('../filing/late-exceptions/late-exception-view.ts'),
  ]);
  const exceptions = new LateExceptionStore(tables.applications);
  const records = new IdempotencyRecords(tables.applications);
  const viewOf = (exception: LateException) => views.lateExceptionView(parts.policy, exception);
  return { ...useCases, viewOf, parts: { ...parts, exceptions, records } };
}

/** Lapsed applications are opened again too rarely for every start to load what that takes. */
async function reopening() {
  const [{ ApplicationStore }, useCases] = await Promise.all([
    import('../filing/applications/application-store.ts'),
    import('../review/sign-off/reopen-application.ts'),
  ]);
  const store = new ApplicationStore(tables.applications);
  return { ...useCases, parts: { ...parts, store } };
}

export const handler = httpDoor(operatorRoutes, createLogins(environment, tables.people), {
  createPool: async ({ actor, body }) => ({ body: poolView(await createPool(parts, actor, body.poolId)) }),
  listPools: async ({ query }) => ({ body: poolPage(await parts.pools.page(query)) }),
  getPool: async ({ params }) => ({ body: poolView(await parts.pools.require(params.poolId)) }),
  proposeEntry: async ({ actor, params, headers, body: { cause, ...change } }) => {
    const { proposeEntry, entryView, parts } = await ledger();
    const request = { ...params, change, cause, idempotencyKey: headers['idempotency-key'] };
    return { body: entryView(await proposeEntry(parts, actor, request)) };
  },
  listEntries: async ({ params, query }) => {
    const { listEntries, parts } = await ledger();
    return { body: await listEntries(parts, params.poolId, query) };
  },
  decideEntry: async ({ actor, params, body }) => {
    const { decideEntry, entryView, parts } = await ledger();
    return { body: entryView(await decideEntry(parts, actor, params, body)) };
  },
  listLedger: async ({ params, query }) => {
    const { listLedger, parts } = await ledger();
    return { body: await listLedger(parts, params.poolId, query) };
  },
  proposeYearEnd: async ({ actor, params, headers, body }) => {
    const { proposeYearEnd, entryView, parts } = await ledger();
    const request = { ...params, ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: entryView(await proposeYearEnd(parts, actor, request)) };
  },
  getYearReport: async ({ params }) => {
    const { yearReport } = await import('../money/entries/year-report.ts');
    return { body: await yearReport(parts, params.poolId) };
  },
  getYearReportFile: async ({ params }) => {
    const [{ yearReport }, { yearReportFile }] = await Promise.all([
      import('../money/entries/year-report.ts'),
      import('../money/entries/year-report-view.ts'),
    ]);
    return { body: yearReportFile(await yearReport(parts, params.poolId)) };
  },
  announce: async ({ actor, params, headers, body }) => {
    const { announce, announcementView, parts } = await announcing();
    const request = { ...body, ...params, idempotencyKey: headers['idempotency-key'] };
    return { body: announcementView(await announce(parts, actor, request)) };
  },
  listAnnouncements: async ({ query }) => {
    const { announcementView, parts } = await announcing();
    const { items, nextCursor } = await parts.announcements.page(query);
    return { body: { items: items.map(announcementView), nextCursor } };
  },
  getAnnouncement: async ({ params }) => {
    const { announcementView, parts } = await announcing();
    return { body: announcementView(await parts.announcements.require(params.announcementId)) };
  },
  proposeGuide: async ({ actor, body }) => {
    const { proposeGuide, guideProposalView, parts } = await guideProposals();
    return { body: guideProposalView(await proposeGuide(parts, actor, body)) };
  },
  listGuideProposals: async () => {
    const { guideProposalView, parts } = await guideProposals();
    return { body: { items: (await parts.proposals.list()).map(guideProposalView) } };
  },
  getGuideProposal: async ({ params }) => {
    const { showGuideProposal, parts } = await guideProposals();
    return { body: await showGuideProposal(parts, params.proposalId) };
  },
  decideGuide: async ({ actor, params, body }) => {
    const { decideGuide, guideProposalView, parts } = await guideProposals();
    return { body: guideProposalView(await decideGuide(parts, actor, params.proposalId, body)) };
  },
  proposeLateException: async ({ actor, headers, body }) => {
    const { proposeException, viewOf, parts } = await departing();
    const request = { ...body, idempotencyKey: headers['idempotency-key'] };
    return { body: await viewOf(await proposeException(parts, actor, request)) };
  },
  listLateExceptions: async ({ query }) => {
    const { viewOf, parts } = await departing();
    const { items, nextCursor } = await parts.exceptions.page(query);
    return { body: { items: await Promise.all(items.map(viewOf)), nextCursor } };
  },
  decideLateException: async ({ actor, params, body }) => {
    const { decideException, viewOf, parts } = await departing();
    return { body: await viewOf(await decideException(parts, actor, params, body)) };
  },
  listGuides: async () => ({ body: { items: await listGuides(parts) } }),
  getGuide: async ({ params }) => ({ body: await showGuide(parts, params.version) }),
  getReopening: async ({ params }) => {
    const { reopeningView, parts } = await reopening();
    return { body: reopeningView(await parts.store.require(params.applicationId)) };
  },
  requestReopening: async ({ actor, params, body }) => {
    const { requestReopening, reopeningView, parts } = await reopening();
    return {
      body: reopeningView(await requestReopening(parts, actor, params.applicationId, body.reason)),
    };
  },
  decideReopening: async ({ actor, params, body }) => {
    const { decideReopening, reopeningView, parts } = await reopening();
    return { body: reopeningView(await decideReopening(parts, actor, params.applicationId, body)) };
  },
});
