import { Stack, type StackProps } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { TableName } from '../access/rights.ts';
import { DocumentsBucket } from '../constructs/documents-bucket.ts';
import { IdentityKey } from '../constructs/identity-key.ts';
import { type IndexProps, ItemTable } from '../constructs/item-table.ts';
import { SealingKey } from '../constructs/sealing-key.ts';
import { removalPolicy } from '../constructs/service-function.ts';
import type { Environment } from '../environment-settings.ts';

export interface StateStackProps extends StackProps {
  readonly settings: Environment;
}

/** What the public register shows of an award: the index holds nothing else, so that its reader can leak nothing. */
const publicAwardAttributes = [
  'applicationId',
  'organisationName',
  'item',
  'awardFen',
  'roundId',
  'status',
  'noticedAt',
];

/**
 * Open tasks by what an inbox is narrowed by, each by due date, with the task and nothing else; and the lean index that
 * counts are made of. CloudFormation adds one index to a standing table per update.
 */
const inboxes: readonly IndexProps[] = [
  ...[
    ['inbox', 'inboxDepartment'] as const,
    ['inboxItem', 'inboxItem'] as const,
    ['inboxKind', 'inboxKind'] as const,
    ['inboxDistrict', 'inboxDistrict'] as const,
    ['inboxPerson', 'inboxPerson'] as const,
  ].map(([name, partitionKey]) => ({ name, partitionKey, sortKey: 'inboxSort', include: ['task'] })),
  { name: 'inboxTally', partitionKey: 'inboxDepartment', sortKey: 'inboxTally', include: [] },
];

const indexes: Readonly<Record<TableName, readonly IndexProps[]>> = {
  applications: [
    { name: 'byOrganisation', partitionKey: 'organisation', sortKey: 'createdAt' },
    ...inboxes,
    // Those that experts have been sent; open ones stand first.
    { name: 'invitations', partitionKey: 'invitedExpert', sortKey: 'invitationSort' },
    { name: 'awards', partitionKey: 'awardYear', sortKey: 'awardSort', include: publicAwardAttributes },
  ],
  people: [],
  messages: [
    // What the runs read is who waits; a delivery itself is read when it is claimed.
    { name: 'due', partitionKey: 'due', sortKey: 'nextAttemptAt', include: [] },
    { name: 'deliveries', partitionKey: 'deliveries', sortKey: 'createdAt' },
  ],
  registry: [],
  budget: [{ name: 'listing', partitionKey: 'listing', sortKey: 'createdAt' }],
  workflow: [{ name: 'pending', partitionKey: 'pending', sortKey: 'createdAt' }],
  policy: [],
};

/** Everything that must survive a failed deployment: tables, documents and their keys. */
export class StateStack extends Stack {
  readonly tables: Readonly<Record<TableName, ItemTable>>;
  readonly documents: DocumentsBucket;
  readonly identityKey: IdentityKey;
  /** Of the bank accounts that awards are paid to: one function seals, another one reads to write a payment file. */
  readonly accountKey: SealingKey;
  /** Of those who object to awards. */
  readonly objectorKey: SealingKey;

  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id, props);
    const { settings } = props;
    const key = (name: string, description: string) =>
      new kms.Key(this, name, {
        description,
        enableKeyRotation: true,
        removalPolicy: removalPolicy(settings),
      });
    // Two keys, so that a function that only reads tables cannot decrypt a document.
    const encryptionKey = key('TablesKey', 'Tables of the support programme');
    const table = (id: string, name: TableName) =>
      new ItemTable(this, id, {
        settings,
        encryptionKey,
        indexes: indexes[name],
        stream: name === 'workflow' || name === 'applications',
      });
    this.tables = {
      applications: table('Applications', 'applications'),
      people: table('People', 'people'),
      messages: table('Messages', 'messages'),
      registry: table('Registry', 'registry'),
      budget: table('Budget', 'budget'),
      workflow: table('Workflow', 'workflow'),
      policy: table('Policy', 'policy'),
    };
    this.documents = new DocumentsBucket(this, 'Documents', {
      settings,
      encryptionKey: key('DocumentsKey', 'Documents of the support programme'),
    });
    this.identityKey = new IdentityKey(this, 'Identity', { settings });
    this.accountKey = new SealingKey(this, 'Accounts', {
      settings,
      description: 'Bank accounts of the support programme',
      context: 'organisation',
    });
    this.objectorKey = new SealingKey(this, 'Objectors', {
      settings,
      description: 'Who objects to awards under public notice',
      context: 'objection',
    });
  }
}
