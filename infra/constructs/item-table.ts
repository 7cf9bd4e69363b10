import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { IndexShape } from '../../functions/shared/keys.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';
import { type AnyAccess, actionsOf, leadingKeys } from '../access/rights.ts';
import type { Environment } from '../environment-settings.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

export interface ItemTableProps {
  readonly settings: Environment;
  readonly encryptionKey: IKey;
  /** Its name in the catalogue, which says what indexes and stream it has. */
  readonly name: TableName;
}

/** A table of the catalogue, paid by request, encrypted with our key and restorable to any second. */
export class ItemTable extends Construct {
  readonly table: dynamodb.Table;
  readonly #name: TableName;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: ItemTableProps) {
    super(scope, id);
    const { stream, indexes } = catalogue[props.name];
    this.#name = props.name;
    this.#key = props.encryptionKey;
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey,
      deletionProtection: props.settings.deletionProtection,
      removalPolicy: removalPolicy(props.settings),
      ...(stream && { stream: dynamodb.StreamViewType.NEW_IMAGE }),
    });
    for (const [indexName, index] of Object.entries<IndexShape>(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: index.partition, type: dynamodb.AttributeType.STRING },
        sortKey: { name: index.sort, type: dynamodb.AttributeType.STRING },
        ...projectionOf(index),
      });
    }
  }

  /** Lets a function do what its access lists, on the named indexes and partitions only. */
  grant(grantee: ServiceFunction, access: AnyAccess): void {
    const keys = leadingKeys(catalogue[this.#name], access);
    const conditions = keys && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } };
    if (access.actions.length > 0) {
      const actions = actionsOf(catalogue[this.#name], access).map((action) => `dynamodb:${action}`);
      grantee.allow(actions, [this.table.tableArn], conditions);
    }
    if (access.indexes) {
      const indexes = access.indexes.map((index) => `${this.table.tableArn}/index/${index}`);
      grantee.allow(['dynamodb:Query'], indexes, conditions);
    }
    if (access.scannedIndexes) {
      const indexes = access.scannedIndexes.map((index) => `${this.table.tableArn}/index/${index}`);
      grantee.allow(['dynamodb:Scan'], indexes);
    }
    // DynamoDB uses the key in the caller's name.
    grantee.allow(['kms:Decrypt', 'kms:DescribeKey'], [this.#key.keyArn]);
    if (access.actions.some((action) => !readActions.has(action))) {
      grantee.allow(['kms:Encrypt', 'kms:GenerateDataKey'], [this.#key.keyArn]);
    }
  }

  /** Lets a function read the table's stream. */
  grantStreamRead(grantee: ServiceFunction): void {
    const stream = this.table.tableStreamArn;
    if (!stream) throw new Error(`${this.node.path} has no stream`);
    grantee.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]);
    grantee.allowBelow(
      ['dynamodb:ListStreams'],
      this.table,
      this.table.tableArn,
      '/stream/*',
      'Listing is authorised against all streams of the one table, whose labels are times.',
    );
    grantee.allow(['kms:Decrypt'], [this.#key.keyArn]);
  }
}

function projectionOf({
  shows,
}: IndexShape): Pick<dynamodb.GlobalSecondaryIndexProps, 'projectionType' | 'nonKeyAttributes'> {
  if (!shows) return { projectionType: dynamodb.ProjectionType.ALL };
  if (shows.length === 0) return { projectionType: dynamodb.ProjectionType.KEYS_ONLY };
  return { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...shows] };
}

const readActions: ReadonlySet<string> = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'ConditionCheckItem',
]);
