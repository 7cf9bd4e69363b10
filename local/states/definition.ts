import * as z from 'zod';
import type { Json, JsonObject } from './json.ts';

// The text was parsed from JSON, so whatever stands here is JSON.
const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const seconds = z.int().min(1).max(99_999_999);
const path = z.string().nullable().optional();

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: seconds.optional(),
  MaxAttempts: z.int().min(0).max(99_999_999).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).optional(),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: z.array(z.string()).min(1),
  Next: z.string(),
  ResultPath: path,
});

const common = { Comment: z.string().optional(), InputPath: path, OutputPath: path };
const onward = { Next: z.string().optional(), End: z.literal(true).optional() };
const result = { ResultSelector: jsonObject.optional(), ResultPath: path };
const recovery = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.string(),
  Parameters: json.optional(),
  TimeoutSeconds: seconds.optional(),
  TimeoutSecondsPath: z.string().optional(),
  HeartbeatSeconds: seconds.optional(),
  HeartbeatSecondsPath: z.string().optional(),
  ...common,
  ...onward,
  ...result,
  ...recovery,
});

const pass = z.strictObject({
  Type: z.literal('Pass'),
  Result: json.optional(),
  Parameters: json.optional(),
  ResultPath: path,
  ...common,
  ...onward,
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  Seconds: z.int().min(0).max(99_999_999).optional(),
  SecondsPath: z.string().optional(),
  Timestamp: z.string().optional(),
  TimestampPath: z.string().optional(),
  ...common,
  ...onward,
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z.array(jsonObject).min(1),
  Default: z.string().optional(),
  ...common,
});

const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common });

const fail = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  Error: z.string().optional(),
  ErrorPath: z.string().optional(),
  Cause: z.string().optional(),
  CausePath: z.string().optional(),
});

/** States with the one to start at: a machine, a Parallel's branch or a Map's processor. */
export interface Flow {
  Comment?: string | undefined;
  StartAt: string;
  States: Record<string, State>;
}

const flow: z.ZodType<Flow> = z.lazy(() =>
  z.strictObject({
    Comment: z.string().optional(),
    StartAt: z.string(),
    States: z.record(z.string(), state),
  }),
);
const processor: z.ZodType<Flow> = z.lazy(() =>
  z.strictObject({
    Comment: z.string().optional(),
    ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
    StartAt: z.string(),
    States: z.record(z.string(), state),
  }),
);

const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  Branches: z.array(flow).min(1),
  Parameters: json.optional(),
  ...common,
  ...onward,
  ...result,
  ...recovery,
});

const map = z.strictObject({
  Type: z.literal('Map'),
  ItemProcessor: processor,
  ItemsPath: z.string().optional(),
  ItemSelector: json.optional(),
  MaxConcurrency: z.int().min(0).optional(),
  MaxConcurrencyPath: z.string().optional(),
  ...common,
  ...onward,
  ...result,
  ...recovery,
});

const state = z.discriminatedUnion('Type', [task, pass, wait, choice, succeed, fail, parallel, map]);

const machine = z.strictObject({
  Comment: z.string().optional(),
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
  TimeoutSeconds: seconds.optional(),
  StartAt: z.string(),
  States: z.record(z.string(), state),
});

export type State = z.infer<typeof state>;
export type TaskState = z.infer<typeof task>;
export type WaitState = z.infer<typeof wait>;
export type ParallelState = z.infer<typeof parallel>;
export type MapState = z.infer<typeof map>;
/** The states that Retry and Catch apply to. */
export type FallibleState = TaskState | ParallelState | MapState;
export type Retrier = z.infer<typeof retrier>;
/** A state machine's definition in the part of the Amazon States Language (JSONPath) that we run. */
export type Definition = z.infer<typeof machine>;

/** One fault of a definition; `state` is missing for faults of the machine as a whole. */
export interface DefinitionFault {
  readonly state?: string;
  readonly field: string;
  readonly fault: string;
}

/** Walks from the machine down to the innermost state that a zod issue is about. */
function locate(issuePath: readonly PropertyKey[]): { state?: string; field: string } {
  const parts = issuePath.map(String);
  let name: string | undefined;
  let at = 0;
  while (parts[at] === 'States' && parts[at + 1] !== undefined) {
    name = parts[at + 1];
    at += 2;
    if (parts[at] === 'Branches' && parts[at + 2] === 'States') at += 2;
    else if (parts[at] === 'ItemProcessor' && parts[at + 1] === 'States') at += 1;
    else break;
  }
  return { ...(name === undefined ? {} : { state: name }), field: parts.slice(at).join('.') };
}

/** Parses a definition's text; gives the faults (unknown states, fields and values) instead when it has some. */
export function parseDefinition(
  text: string,
): { readonly definition: Definition } | { readonly faults: readonly DefinitionFault[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { faults: [{ field: 'definition', fault: `is not JSON: ${String(error)}` }] };
  }
  const parsed = machine.safeParse(value);
  if (parsed.success) return { definition: parsed.data };
  const faults = parsed.error.issues.flatMap((issue): DefinitionFault[] => {
    const place = locate(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ ...place, fault: issue.message }];
    const prefix = place.field === '' ? '' : `${place.field}.`;
    return issue.keys.map((key) => ({ ...place, field: prefix + key, fault: 'is not supported' }));
  });
  return { faults };
}
