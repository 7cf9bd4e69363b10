import { Stack, type StackProps } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { DocumentsBucket } from '../constructs/documents-bucket.ts';
import { HeadsArchive } from '../constructs/heads-archive.ts';
import { IdentityKey } from '../constructs/identity-key.ts';
import { ItemTable } from '../constructs/item-table.ts';
import { LogsKey } from '../constructs/logs-key.ts';
import { PaymentKey } from '../constructs/payment-key.ts';
import { portalOrigins } from '../constructs/portal-origins.ts';
import { SealingKey } from '../constructs/sealing-key.ts';
import { removalPolicy } from '../constructs/service-function.ts';
import type { Environment } from '../environment-settings.ts';

export interface StateStackProps extends StackProps {
  readonly settings: Environment;
}

/** Everything that must survive a failed deployment: tables, documents and their keys. */
export class StateStack extends Stack {
  readonly tables: Readonly<Record<TableName, ItemTable>>;
  readonly documents: DocumentsBucket;
  readonly identityKey: IdentityKey;
  /** Of the bank accounts that awards are paid to: one function seals, another one reads to write a payment file. */
  readonly accountKey: SealingKey;
  /** That payment files are signed with. */
  readonly paymentKey: PaymentKey;
  /** Of those who object to awards. */
  readonly objectorKey: SealingKey;
  /** Of the hashes of their contacts: whoever takes objections in can try out no hash of an applicant's data. */
  readonly contactKey: IdentityKey;
  /** The signed heads of histories, ledgers and register. */
  readonly heads: HeadsArchive;
  readonly logsKey: kms.Key;

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
    const tables = Object.values(catalogue).map(({ name }) => {
      const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return [name, new ItemTable(this, id, { settings, encryptionKey, name })] as const;
    });
    // Every table of the catalogue is among them.
    this.tables = Object.fromEntries(tables) as Record<TableName, ItemTable>;
    this.documents = new DocumentsBucket(this, 'Documents', {
      settings,
      encryptionKey: key('DocumentsKey', 'Documents of the support programme'),
      origins: portalOrigins(this, settings),
    });
    this.identityKey = new IdentityKey(this, 'Identity', { settings });
    this.contactKey = new IdentityKey(this, 'Contacts', { settings });
    this.accountKey = new SealingKey(this, 'Accounts', {
      settings,
      description: 'Bank accounts of the support programme',
      context: 'organisation',
    });
    this.paymentKey = new PaymentKey(this, 'Payments', { settings });
    this.objectorKey = new SealingKey(this, 'Objectors', {
      settings,
      description: 'Who objects to awards under public notice',
      context: 'objection',
    });
    this.logsKey = new LogsKey(this, 'Logs', { settings }).key;
    this.heads = new HeadsArchive(this, 'Heads', { settings, accessLogs: this.documents.accessLogs });
  }
}
