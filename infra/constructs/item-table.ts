import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { TableAccess } from '../access/rights.ts';
import type { Environment } from '../environment-settings.ts';
import { removalPolicy, type ServiceFunction } from './service-function.ts';

export interface IndexProps {
  readonly name: string;
  /** Attribute names; both are strings. */
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Attributes beside the keys; none for an empty list. Default: all. */
  readonly include?: readonly string[];
}

export interface ItemTableProps {
  readonly settings: Environment;
  readonly encryptionKey: IKey;
  readonly indexes?: readonly IndexProps[];
  /** Whether new items go to a stream. Default: no. */
  readonly stream?: boolean;
}

/** A table with string keys `pk` and `sk`, paid by request, encrypted with our key and restorable to any second. */
export class ItemTable extends Construct {
  readonly table: dynamodb.Table;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: ItemTableProps) {
    super(scope, id);
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
      ...(props.stream && { stream: dynamodb.StreamViewType.NEW_IMAGE }),
    });
    for (const index of props.indexes ?? []) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.partitionKey, type: dynamodb.AttributeType.STRING },
        sortKey: { name: index.sortKey, type: dynamodb.AttributeType.STRING },
        ...projectionOf(index),
      });
    }
  }

  /** Lets a function do what its access lists, on the named indexes and partition keys only. */
  grant(grantee: ServiceFunction, access: TableAccess): void {
    const conditions = access.leadingKeys && {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...access.leadingKeys] },
    };
    if (access.actions.length > 0) {
      const actions = access.actions.map((action) => `dynamodb:${action}`);
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
  include,
}: IndexProps): Pick<dynamodb.GlobalSecondaryIndexProps, 'projectionType' | 'nonKeyAttributes'> {
  if (!include) return { projectionType: dynamodb.ProjectionType.ALL };
  if (include.length === 0) return { projectionType: dynamodb.ProjectionType.KEYS_ONLY };
  return { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...include] };
}

const readActions: ReadonlySet<string> = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'ConditionCheckItem',
]);
