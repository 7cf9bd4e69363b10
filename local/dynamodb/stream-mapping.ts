import * as z from 'zod';
import type { ResolvedProperties } from '../contracts.ts';
import { compilePattern, type Matches } from '../events/pattern.ts';
import { parseProperties } from '../template-properties.ts';

/** Properties of an event source mapping that change nothing on a laptop; the deliveries of a shard are sequential. */
const cosmetic = ['KmsKeyArn', 'LoggingConfig', 'MetricsConfig', 'ParallelizationFactor', 'Tags'];

const mappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.number().min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })).default([]) })
    .default({ Filters: [] }),
  MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.int().min(-1).max(604_800).default(-1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() })
    .optional(),
});

export interface StreamMapping {
  readonly streamArn: string;
  readonly tableName: string;
  readonly functionName: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Records that no filter wants are passed over. */
  readonly wants: Matches;
  /** -1: until the record is too old. */
  readonly maximumRetries: number;
  /** -1: never too old. */
  readonly maximumAgeSeconds: number;
  readonly bisects: boolean;
  readonly reportsItemFailures: boolean;
  readonly failureDestination: string | undefined;
}

/** Parses the resolved properties of AWS::Lambda::EventSourceMapping for the stream of a table. */
export function parseStreamMapping(properties: ResolvedProperties): StreamMapping {
  const resource = `event source mapping of ${String(properties['FunctionName'])}`;
  const mapping = parseProperties(resource, mappingSchema, cosmetic, properties);
  const tableName = /^arn:[^:]+:dynamodb:[^:]*:\d*:table\/([^/]+)\/stream\/.+$/.exec(
    mapping.EventSourceArn,
  )?.[1];
  if (tableName === undefined) {
    throw new Error(`${resource}: event source ${mapping.EventSourceArn} is not the stream of a table`);
  }
  const filters = mapping.FilterCriteria.Filters.map(({ Pattern }, index) =>
    compilePattern(JSON.parse(Pattern), `${resource}: FilterCriteria.Filters[${index}]`),
  );
  return {
    streamArn: mapping.EventSourceArn,
    tableName,
    functionName: mapping.FunctionName,
    enabled: mapping.Enabled,
    batchSize: mapping.BatchSize,
    batchingWindowMs: mapping.MaximumBatchingWindowInSeconds * 1_000,
    startingPosition: mapping.StartingPosition,
    wants: filters.length === 0 ? () => true : (record) => filters.some((fits) => fits(record)),
    maximumRetries: mapping.MaximumRetryAttempts,
    maximumAgeSeconds: mapping.MaximumRecordAgeInSeconds,
    bisects: mapping.BisectBatchOnFunctionError,
    reportsItemFailures: mapping.FunctionResponseTypes.length > 0,
    failureDestination: mapping.DestinationConfig?.OnFailure?.Destination,
  };
}

const batchResponseSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/**
 * Tells which record of a batch is the first that the function did not finish, by the answer that
 * ReportBatchItemFailures asks for: the number of records when all are done, 0 when the answer makes no sense.
 */
export function firstUnfinished(sequenceNumbers: readonly string[], payload: unknown): number {
  // Lambda takes an empty list for an empty answer.
  const empty = payload === null || payload === undefined || (Array.isArray(payload) && payload.length === 0);
  if (empty) return sequenceNumbers.length;
  const response = batchResponseSchema.safeParse(payload);
  if (!response.success) return 0;
  const indexes = (response.data.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    sequenceNumbers.indexOf(itemIdentifier),
  );
  return Math.max(0, Math.min(sequenceNumbers.length, ...indexes));
}
