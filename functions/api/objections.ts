import { ReadStore } from '../audit/read-store.ts';
import { objectionRoutes } from '../contracts/objections.ts';
import { decideObjection, proposeOutcome } from '../endings/decide-objection.ts';
import { ApplicationStore } from '../filing/applications/application-store.ts';
import { ClaimStore } from '../filing/applications/claim-store.ts';
import { CreditList } from '../filing/credit/credit-list.ts';
import { decideListing, proposeListing } from '../filing/credit/decide-listing.ts';
import type { ListingProposal } from '../filing/credit/listing-proposal.ts';
import { PoolStore } from '../money/pools/pool-store.ts';
import { createLogins } from '../people/create-logins.ts';
import { PeopleStore } from '../people/people-store.ts';
import { openPolicyBook } from '../policy/guides/policy-source.ts';
import { EvidenceInspections } from '../publicity/objections/evidence-inspections.ts';
import { ObjectionStore } from '../publicity/objections/objection-store.ts';
import {
  listObjections,
  objectionStanding,
  objectionView,
  showObjection,
} from '../publicity/objections/show-objection.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import { systemClock } from '../shared/clock.ts';
import { readEnvironment } from '../shared/environment.ts';
import { DomainError } from '../shared/errors.ts';
import { httpDoor } from '../shared/http-door.ts';
import { newUlid } from '../shared/ids.ts';
import { Outbox } from '../shared/outbox.ts';
import { KmsSealing } from '../shared/sealing.ts';
import { openTables } from '../shared/table.ts';

const environment = readEnvironment('api/objections');
const tables = openTables(environment);
const callers = { ...createLogins(environment, tables.people), reads: new ReadStore(tables.reads) };
const credit = new CreditList(tables.registry);
const parts = {
  credit,
  applications: new ApplicationStore(tables.applications),
  objections: new ObjectionStore(tables.budget),
  inspections: new EvidenceInspections(tables.budget),
  people: new PeopleStore(tables.people),
  outbox: new Outbox(tables.workflow, systemClock, newUlid),
  policy: openPolicyBook(import.meta.url, tables.policy, systemClock),
  objectors: new KmsSealing(environment.OBJECTOR_KEY_ARN),
  files: async () =>
    new (await import('../filing/documents/presigner.ts')).Presigner(environment.DOCUMENTS_BUCKET),
  tasks: new SignOffTaskStore(tables.applications),
  claims: new ClaimStore(tables.registry),
  pools: new PoolStore(tables.budget),
  clock: systemClock,
};

/** A proposed listing as officials see it, beside what is recorded. */
async function shown(proposal: ListingProposal) {
  return {
    ...proposal,
    ...('decision' in proposal && { decidedBy: proposal.decision.by, decidedAt: proposal.decision.at }),
    ...(proposal.status === 'refused' && { reason: proposal.decision.reason }),
    standing: await credit.get(proposal.uscc),
  };
}

/** Routes of objections, and of the credit list. */
export const handler = httpDoor(objectionRoutes, callers, {
  getObjectionStanding: async ({ params, headers }) => ({
    body: await objectionStanding(parts, { ...params, receipt: headers['objection-receipt'] }),
    headers: { 'cache-control': 'no-store' },
  }),
  listObjections: async ({ query }) => ({ body: await listObjections(parts, query) }),
  getObjection: async ({ params }) => ({ body: await showObjection(parts, params.objectionId) }),
  admitObjection: async ({ actor, params }) => {
    const { admitObjection } = await import('../endings/admit-objection.ts');
    return { body: objectionView(await admitObjection(parts, actor, params.objectionId)) };
  },
  readObjector: async ({ actor, params, body }) => {
    const { readObjector } = await import('../endings/read-objector.ts');
    const objector = await readObjector(parts, actor, params.objectionId, body.reason);
    const { applicationId } = await parts.objections.require(params.objectionId);
    return { body: { objector }, about: [applicationId] };
  },
  proposeOutcome: async ({ actor, params, body }) => ({
    body: objectionView(await proposeOutcome(parts, actor, params.objectionId, body)),
  }),
  decideObjection: async ({ actor, params, body }) => ({
    body: objectionView(await decideObjection(parts, actor, params.objectionId, body)),
  }),
  proposeListing: async ({ actor, params, body }) => ({
    body: await shown(await proposeListing(parts, actor, { ...params, ...body })),
  }),
  getListingProposal: async ({ params }) => {
    const proposal = await credit.proposal(params.uscc);
    if (!proposal) throw new DomainError('not-found');
    return { body: await shown(proposal) };
  },
  decideListing: async ({ actor, params, body }) => ({
    body: await shown(await decideListing(parts, actor, params.uscc, body)),
  }),
  getCreditListing: async ({ params }) => ({ body: await credit.require(params.uscc) }),
});
