import * as z from 'zod';
import type { ResolvedProperties } from '../contracts.ts';
import { parseProperties } from '../template-properties.ts';

/** Properties of a bucket that change nothing on a laptop. */
const cosmetic = [
  'AccelerateConfiguration',
  'AnalyticsConfigurations',
  'BucketEncryption',
  'IntelligentTieringConfigurations',
  'InventoryConfigurations',
  'LifecycleConfiguration',
  'LoggingConfiguration',
  'MetricsConfigurations',
  'ObjectLockConfiguration',
  'ObjectLockEnabled',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'Tags',
];

const corsRuleSchema = z.strictObject({
  Id: z.string().optional(),
  AllowedOrigins: z.array(z.string()),
  AllowedMethods: z.array(z.string()),
  AllowedHeaders: z.array(z.string()).default([]),
  ExposedHeaders: z.array(z.string()).default([]),
  MaxAge: z.number().optional(),
});

const bucketSchema = z.strictObject({
  BucketName: z.string().optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRuleSchema) }).optional(),
  NotificationConfiguration: z
    .strictObject({
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: z.boolean().default(true) }).optional(),
    })
    .optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
});

export interface BucketProperties {
  readonly name: string;
  /** The CORS document as S3's API takes it; undefined without CORS. */
  readonly corsXml: string | undefined;
  readonly notifies: boolean;
  /** Old versions are not kept on a laptop, but the deletion events tell of delete markers. */
  readonly versioned: boolean;
}

/** Parses the resolved properties of AWS::S3::Bucket. */
export function parseBucketProperties(logicalId: string, properties: ResolvedProperties): BucketProperties {
  const bucket = parseProperties(`${logicalId} (AWS::S3::Bucket)`, bucketSchema, cosmetic, properties);
  const rules = bucket.CorsConfiguration?.CorsRules ?? [];
  return {
    name: bucket.BucketName ?? logicalId.toLowerCase().slice(0, 63),
    corsXml: rules.length === 0 ? undefined : corsXml(rules),
    notifies: bucket.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled ?? false,
    versioned: bucket.VersioningConfiguration?.Status === 'Enabled',
  };
}

function corsXml(rules: readonly z.infer<typeof corsRuleSchema>[]): string {
  const elements = (name: string, values: readonly string[]) =>
    values.map((value) => `<${name}>${escapeXml(value)}</${name}>`).join('');
  const rulesXml = rules.map(
    (rule) =>
      `<CORSRule>${elements('AllowedOrigin', rule.AllowedOrigins)}` +
      `${elements('AllowedMethod', rule.AllowedMethods)}${elements('AllowedHeader', rule.AllowedHeaders)}` +
      `${elements('ExposeHeader', rule.ExposedHeaders)}` +
      `${elements('MaxAgeSeconds', rule.MaxAge === undefined ? [] : [String(rule.MaxAge)])}</CORSRule>`,
  );
  return `<CORSConfiguration>${rulesXml.join('')}</CORSConfiguration>`;
}

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
