import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { CheckStore } from '../../functions/duplicates/screening/check-store.ts';
import type { NameJudge } from '../../functions/duplicates/screening/suspicion-rules.ts';
import { TraceStore } from '../../functions/duplicates/screening/trace-store.ts';
import { VerdictStore } from '../../functions/duplicates/screening/verdict-store.ts';
import { ApplicationStore } from '../../functions/filing/applications/application-store.ts';
import { ClaimStore } from '../../functions/filing/applications/claim-store.ts';
import { CompetitionStore } from '../../functions/filing/applications/competition-store.ts';
import { CreditList } from '../../functions/filing/credit/credit-list.ts';
import type { DocumentIn } from '../../functions/filing/documents/document.ts';
import { DocumentStore } from '../../functions/filing/documents/document-store.ts';
import type { Scan } from '../../functions/filing/documents/scan.ts';
import { ScanStore } from '../../functions/filing/documents/scan-store.ts';
import { type KeyedHash, messageOf } from '../../functions/filing/enterprise/keyed-hash.ts';
import { LateExceptionStore } from '../../functions/filing/late-exceptions/late-exception-store.ts';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { AdministratorStore } from '../../functions/people/administrator-store.ts';
import { PeopleStore } from '../../functions/people/people-store.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { ConfirmationStore } from '../../functions/publicity/objections/confirmation-store.ts';
import { ObjectionStore } from '../../functions/publicity/objections/objection-store.ts';
import { AwardRegistry } from '../../functions/registry/awards/award-registry.ts';
import { ImportStore } from '../../functions/registry/imports/import-store.ts';
import { OpenRowStore } from '../../functions/registry/imports/open-row-store.ts';
import { ScreeningRequests } from '../../functions/registry/imports/screening-requests.ts';
import { InvitationStore } from '../../functions/review/experts/invitation-store.ts';
import { RankingStore } from '../../functions/review/sign-off/ranking-store.ts';
import { Inbox } from '../../functions/review/tasks/inbox.ts';
import { SignOffTaskStore } from '../../functions/review/tasks/task-store.ts';
import type { Actor } from '../../functions/shared/actor.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { witnessPrefix } from '../../functions/shared/keys.ts';
import { Outbox, type OutboxMessage } from '../../functions/shared/outbox.ts';
import type { GuardedWrite } from '../../functions/shared/transaction.ts';
import { WaitRepository } from '../../functions/shared/wait-repository.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { dcmmContent } from '../builders/content.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { tablesOn } from './tables.ts';

export const compiled = compilePolicy();

/** The sample guides with notices of two seconds, as rehearsals have them, and accounts that do not cool off. */
export const rehearsed = compiled.guides.map((guide) => ({
  ...guide,
  accountCoolingOff: { seconds: 0 },
  items: guide.items.map((item) => ({ ...item, notice: { seconds: 2 } })),
}));
export const policy = new PolicyBook(compiled, guidesInMemory(rehearsed));

/** A Monday in the sample guide's window. */
export const today = new Date('2026-11-23T02:00:00Z');

const { uscc: organisation, name: organisationName } = dcmmContent().enterprise;
const company = { organisation, organisationName };

/** People of the tests; each call may change what it is about. */
export const people = {
  admin: { id: 'admin', roles: ['organisation-admin'], ...company },
  preparer: { id: 'preparer', roles: ['preparer'], ...company },
  reviewer: { id: 'reviewer', roles: ['lead-reviewer'], department: 'gz-miit' },
  secondReviewer: { id: 'second-reviewer', roles: ['lead-reviewer'], department: 'gz-miit' },
  lead: { id: 'lead', roles: ['lead-reviewer', 'department-lead'], department: 'gz-miit' },
  otherReviewer: { id: 'other-reviewer', roles: ['lead-reviewer'], department: 'gz-sti' },
  districtReviewer: {
    id: 'district-reviewer',
    roles: ['district-reviewer'],
    department: 'district-440106',
  },
  secondDistrictReviewer: {
    id: 'second-district-reviewer',
    roles: ['district-reviewer'],
    department: 'district-440106',
  },
  districtLead: {
    id: 'district-lead',
    roles: ['district-reviewer', 'department-lead'],
    department: 'district-440106',
  },
  expert: { id: 'expert', roles: ['expert'] },
  operator: { id: 'operator', roles: ['operator'] },
  secondOperator: { id: 'second-operator', roles: ['operator'] },
  approver: { id: 'approver', roles: ['budget-approver'] },
  auditor: { id: 'auditor', roles: ['auditor'] },
  adjudicator: { id: 'adjudicator', roles: ['adjudicator'], department: 'adjudicators' },
  secondAdjudicator: { id: 'second-adjudicator', roles: ['adjudicator'], department: 'adjudicators' },
} as const satisfies Record<string, Actor>;

/** Keyed hashes as KMS would make them, under a key of the tests. */
export const keyedHash: KeyedHash = {
  hash: async (field, value) =>
    createHmac('sha256', 'key of the tests').update(messageOf(field, value)).digest('hex'),
};

/** For tests that are not about names: no two of them are alike. */
const names: NameJudge = { thresholds: compiled.matching.names, compare: () => undefined };

/** The rooms on a test database, with a clock that can be set. */
export function openRooms(database: TestDynamoDb) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const tables = tablesOn(client, database.tableNames);
  const { workflow } = database.tableNames;
  let now = today;
  const clock = () => now;
  const store = new ApplicationStore(tables.applications);
  const documents = new DocumentStore(tables.applications);
  const asked: Scan[] = [];

  return {
    client,
    tables,
    tableNames: database.tableNames,
    store,
    documents,
    tasks: new SignOffTaskStore(tables.applications),
    inbox: new Inbox(tables.applications),
    rankings: new RankingStore(tables.applications),
    invitations: new InvitationStore(tables.applications),
    people: new PeopleStore(tables.people),
    administrators: new AdministratorStore(tables.people, clock),
    scans: new ScanStore(tables.workflow),
    /** A scanner that only keeps what it was asked. */
    scanner: { asked, ask: async (scan: Scan) => void asked.push(scan) },
    write: (writes: readonly GuardedWrite[]) => tables.workflow.transact(writes),
    exceptions: new LateExceptionStore(tables.applications),
    waits: new WaitRepository(tables.workflow, clock),
    outbox: new Outbox(tables.workflow, clock, newUlid),
    policy,
    /** Guides in memory are published once. */
    guides: { asPublished: async () => [] },
    keyedHash,
    clock,
    newId: newUlid,
    registry: new AwardRegistry(tables.registry),
    claims: new ClaimStore(tables.registry),
    traces: new TraceStore(tables.registry),
    verdicts: new VerdictStore(tables.registry),
    checks: new CheckStore(tables.applications),
    credit: new CreditList(tables.registry),
    competition: new CompetitionStore(tables.applications),
    objections: new ObjectionStore(tables.budget),
    confirmations: new ConfirmationStore(tables.budget),
    records: new IdempotencyRecords(tables.budget),
    pools: new PoolStore(tables.budget),
    names,
    imports: new ImportStore(tables.registry),
    openRows: new OpenRowStore(tables.registry),
    screenings: new ScreeningRequests(tables.workflow, clock),
    setClock(instant: Date) {
      now = instant;
    },

    /** Puts an accepted document of each material that an item asks for. */
    async acceptMaterials(
      applicationId: string,
      item: string,
      status: 'draft' | 'returned' = 'draft',
    ): Promise<void> {
      for (const material of (await policy.requireItem('2026.1', item)).item.materials) {
        const document: DocumentIn<'awaiting-upload'> = {
          status: 'awaiting-upload',
          documentId: newUlid(),
          applicationId,
          material: material.id,
          fileName: `${material.id}.pdf`,
          contentType: 'application/pdf',
          bytes: 10,
          // A file of its own: the same one in two enterprises' applications is suspicious.
          sha256: createHash('sha256').update(`${applicationId} ${material.id}`).digest('hex'),
          guide: '2026.1',
          requestedAt: now.toISOString(),
          requestedBy: 'preparer',
        };
        await documents.add(document, status);
        await documents.settle({ ...document, status: 'accepted', verifiedAt: now.toISOString() });
      }
    },

    /** Every outbox message about an application that is not delivered, by its kind. */
    async pending(id: string): Promise<{ pk: string; message: OutboxMessage }[]> {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName: workflow, ConsistentRead: true }),
      );
      return Items.filter(
        (item) => item['pending'] !== undefined && JSON.stringify(item['message']).includes(id),
      ).map((item) => ({ pk: String(item['pk']), message: item['message'] as OutboxMessage }));
    },

    /** Every row of the history. */
    async historyRows(applicationId: string) {
      return store.history(applicationId, 0, 100);
    },

    /** How many items stand under a partition key. */
    async countUnder(table: string, pk: string): Promise<number> {
      const { Count } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk < :witnesses',
          ExpressionAttributeValues: { ':pk': pk, ':witnesses': witnessPrefix },
          ConsistentRead: true,
        }),
      );
      return Count ?? 0;
    },
  };
}

export type Rooms = ReturnType<typeof openRooms>;
