import * as z from 'zod';
import type { BusEvent } from '../contracts.ts';
import { compileTransformer, readPath } from './input-transformer.ts';

const cosmeticProperty = z.unknown().optional();

/** The properties that targets of rules and of schedules have in common. */
const shared = {
  Arn: z.string(),
  RoleArn: cosmeticProperty,
  Input: z.string().optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
};

export const ruleTargetSchema = z.strictObject({
  ...shared,
  Id: z.string(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), z.string()).default({}), InputTemplate: z.string() })
    .optional(),
});

export const scheduleTargetSchema = z.strictObject(shared);

/** Where a delivery goes and how long it is tried. */
export const destinationSchema = z.object({
  kind: z.enum(['function', 'state machine']),
  arn: z.string(),
  maximumRetries: z.number(),
  maximumAgeMs: z.number(),
  deadLetterArn: z.string().optional(),
});
export type Destination = z.infer<typeof destinationSchema>;

/** @throws for a target that is neither a function nor a state machine, with its ARN */
export function destinationOf(
  resource: string,
  target: z.infer<typeof scheduleTargetSchema> | z.infer<typeof ruleTargetSchema>,
): Destination {
  const kinds: [Destination['kind'], RegExp][] = [
    ['function', /^arn:[^:]+:lambda:[^:]*:\d*:function:.+$/],
    ['state machine', /^arn:[^:]+:states:[^:]*:\d*:stateMachine:.+$/],
  ];
  const kind = kinds.find(([, shape]) => shape.test(target.Arn))?.[0];
  if (kind === undefined) {
    throw new Error(
      `${resource}: target ${target.Arn} is not supported on a laptop (functions, state machines)`,
    );
  }
  const deadLetterArn = target.DeadLetterConfig?.Arn;
  return {
    kind,
    arn: target.Arn,
    maximumRetries: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    maximumAgeMs: (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1_000,
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}

/** Compiles what a rule's target gets for an event: the event, a part of it, a constant or a text made from it. */
export function compileInput(
  resource: string,
  target: z.infer<typeof ruleTargetSchema>,
  rule: { readonly name: string; readonly arn: string },
): (event: BusEvent) => unknown {
  const { Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((way) => way !== undefined).length > 1) {
    throw new Error(`${resource}: Input, InputPath and InputTransformer exclude each other`);
  }
  if (Input !== undefined) {
    const constant = parseJson(resource, 'Input', Input);
    return () => constant;
  }
  if (InputPath !== undefined) {
    const path = readPath(resource, InputPath);
    return (event) => path(event) ?? null;
  }
  if (InputTransformer !== undefined) {
    return compileTransformer(resource, InputTransformer.InputPathsMap, InputTransformer.InputTemplate, rule);
  }
  return (event) => event;
}

/** Parses JSON that stands as text in the template. */
export function parseJson(resource: string, property: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${resource}: ${property} is not JSON`, { cause });
  }
}
