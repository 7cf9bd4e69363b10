import * as z from 'zod';
import type { ResolvedProperties } from '../contracts.ts';
import { parseProperties } from '../template-properties.ts';

/** Properties of a table that change nothing on a laptop. */
const cosmetic = [
  'BillingMode',
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  'GlobalTableWitnesses',
  'MultiRegionConsistency',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ProvisionedThroughput',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'Replicas',
  'ResourcePolicy',
  'SSESpecification',
  'TableClass',
  'Tags',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

const cosmeticProperty = z.unknown().optional();

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projectionSchema = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const attributeSchema = z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) });

const indexSchema = z
  .strictObject({
    IndexName: z.string(),
    KeySchema: keySchema,
    Projection: projectionSchema,
    ContributorInsightsSpecification: cosmeticProperty,
    OnDemandThroughput: cosmeticProperty,
    ProvisionedThroughput: cosmeticProperty,
    ReadOnDemandThroughputSettings: cosmeticProperty,
    ReadProvisionedThroughputSettings: cosmeticProperty,
    WarmThroughput: cosmeticProperty,
    WriteOnDemandThroughputSettings: cosmeticProperty,
    WriteProvisionedThroughputSettings: cosmeticProperty,
  })
  .transform(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));

const tableSchema = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(attributeSchema),
  GlobalSecondaryIndexes: z.array(indexSchema).default([]),
  LocalSecondaryIndexes: z.array(indexSchema).default([]),
  StreamSpecification: z
    .strictObject({
      StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']),
      ResourcePolicy: cosmeticProperty,
    })
    .optional(),
  TimeToLiveSpecification: z
    .strictObject({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .refine((ttl) => !ttl.Enabled || ttl.AttributeName !== undefined, 'AttributeName is missing')
    .optional(),
});

export type TableProperties = z.infer<typeof tableSchema>;
export type IndexProperties = z.infer<typeof indexSchema>;

/** What DescribeTable tells about a table that matters for a comparison with the template. */
export const tableDescriptionSchema = z.object({
  Table: z.object({
    TableStatus: z.string(),
    KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
    AttributeDefinitions: z.array(
      z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    GlobalSecondaryIndexes: z.array(z.looseObject(describedIndex())).default([]),
    LocalSecondaryIndexes: z.array(z.looseObject(describedIndex())).default([]),
    StreamSpecification: z
      .object({ StreamEnabled: z.boolean().default(false), StreamViewType: z.string().optional() })
      .optional(),
    LatestStreamLabel: z.string().optional(),
  }),
});

export type TableDescription = z.infer<typeof tableDescriptionSchema>['Table'];

function describedIndex() {
  return {
    IndexName: z.string(),
    IndexStatus: z.string().optional(),
    KeySchema: keySchema,
    Projection: projectionSchema,
  };
}

/** Parses the resolved properties of AWS::DynamoDB::Table or ::GlobalTable. */
export function parseTableProperties(
  logicalId: string,
  type: string,
  properties: ResolvedProperties,
): TableProperties {
  return parseProperties(`${logicalId} (${type})`, tableSchema, cosmetic, properties);
}

/** The same text for two tables or indexes exactly when their keys have the same names, roles and types. */
export function describeKeys(
  keys: readonly { AttributeName: string; KeyType: string }[],
  attributes: readonly { AttributeName: string; AttributeType: string }[],
): string {
  return keys
    .map(({ AttributeName, KeyType }) => {
      const type = attributes.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType;
      return `${KeyType} ${AttributeName} ${type}`;
    })
    .join(', ');
}

/** The same text for two indexes exactly when their keys and projections are the same. */
export function describeIndex(
  index: IndexProperties,
  attributes: readonly { AttributeName: string; AttributeType: string }[],
): string {
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  const projection = `${ProjectionType} ${[...NonKeyAttributes].sort().join(' ')}`.trim();
  return `${describeKeys(index.KeySchema, attributes)} projecting ${projection}`;
}
