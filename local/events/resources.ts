import * as z from 'zod';
import type { BusEvent, ResolvedProperties } from '../contracts.ts';
import { parseProperties } from '../template-properties.ts';
import { compilePattern, type Matches } from './pattern.ts';
import { compileSchedule, type NextCall } from './schedule-expression.ts';
import {
  compileInput,
  type Destination,
  destinationOf,
  parseJson,
  ruleTargetSchema,
  scheduleTargetSchema,
} from './target.ts';

/** Makes the ARN of a resource of the service that is being parsed. */
type MakeArn = (resource: string) => string;

const busSchema = z.strictObject({ Name: z.string().min(1) });

/** Parses the resolved properties of AWS::Events::EventBus. */
export function parseBus(logicalId: string, properties: ResolvedProperties): { name: string } {
  const cosmetic = ['Description', 'KmsKeyIdentifier', 'LogConfig', 'Policy', 'Tags'];
  const resource = `${logicalId} (AWS::Events::EventBus)`;
  return { name: parseProperties(resource, busSchema, cosmetic, properties).Name };
}

const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  Targets: z.array(ruleTargetSchema).default([]),
});

export interface RuleTarget {
  readonly destination: Destination;
  input(event: BusEvent): unknown;
}

export interface RuleProperties {
  readonly name: string;
  readonly arn: string;
  readonly bus: string;
  readonly enabled: boolean;
  readonly matches: Matches | undefined;
  readonly schedule: { readonly expression: string; readonly next: NextCall } | undefined;
  readonly targets: readonly RuleTarget[];
}

/** Parses the resolved properties of AWS::Events::Rule. */
export function parseRule(
  logicalId: string,
  properties: ResolvedProperties,
  makeArn: MakeArn,
): RuleProperties {
  const resource = `${logicalId} (AWS::Events::Rule)`;
  const rule = parseProperties(resource, ruleSchema, ['Description', 'RoleArn', 'Tags'], properties);
  const { EventPattern, ScheduleExpression } = rule;
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw new Error(`${resource}: EventPattern or ScheduleExpression is needed`);
  }
  const name = rule.Name ?? logicalId;
  const bus = rule.EventBusName.slice(rule.EventBusName.lastIndexOf('/') + 1);
  if (ScheduleExpression !== undefined && bus !== 'default') {
    throw new Error(`${resource}: only rules of the default event bus have a ScheduleExpression`);
  }
  const arn = makeArn(bus === 'default' ? `rule/${name}` : `rule/${bus}/${name}`);
  return {
    name,
    arn,
    bus,
    enabled: rule.State !== 'DISABLED',
    matches: EventPattern && compilePattern(EventPattern, `${resource}: EventPattern`),
    schedule:
      ScheduleExpression === undefined
        ? undefined
        : {
            expression: ScheduleExpression,
            next: compileSchedule(ScheduleExpression, {
              timeZone: 'UTC',
              firstRateCall: 'after a period',
              mayBeOnce: false,
            }),
          },
    targets: rule.Targets.map((target) => ({
      destination: destinationOf(resource, target),
      input: compileInput(resource, target, { name, arn }),
    })),
  };
}

const scheduleSchema = z.strictObject({
  Name: z.string().optional(),
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  StartDate: z.coerce.date().optional(),
  EndDate: z.coerce.date().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  // The start of the window is a time inside it, so calls are never late.
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.number().optional(),
  }),
  Target: scheduleTargetSchema,
});

export interface ScheduleProperties {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly expression: string;
  readonly next: NextCall;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly destination: Destination;
  /** Undefined when the target gets the standard event. */
  readonly input: ((call: ScheduledCall) => unknown) | undefined;
}

/** What the context attributes of an input stand for. */
interface ScheduledCall {
  readonly arn: string;
  /** ISO 8601. */
  readonly scheduledTime: string;
  readonly executionId: string;
}

/** Parses the resolved properties of AWS::Scheduler::Schedule. */
export function parseSchedule(
  logicalId: string,
  properties: ResolvedProperties,
  makeArn: MakeArn,
): ScheduleProperties {
  const resource = `${logicalId} (AWS::Scheduler::Schedule)`;
  const cosmetic = ['ActionAfterCompletion', 'Description', 'KmsKeyArn'];
  const schedule = parseProperties(resource, scheduleSchema, cosmetic, properties);
  const name = schedule.Name ?? logicalId;
  const timeZone = schedule.ScheduleExpressionTimezone;
  const { Input } = schedule.Target;
  if (Input !== undefined) parseJson(resource, 'Target.Input', Input);
  return {
    name,
    arn: makeArn(`schedule/${schedule.GroupName}/${name}`),
    enabled: schedule.State === 'ENABLED',
    expression: `${schedule.ScheduleExpression} ${timeZone}`,
    next: compileSchedule(schedule.ScheduleExpression, {
      timeZone,
      firstRateCall: 'at once',
      mayBeOnce: true,
    }),
    startMs: schedule.StartDate?.getTime(),
    endMs: schedule.EndDate?.getTime(),
    destination: destinationOf(resource, schedule.Target),
    input: Input === undefined ? undefined : (call) => JSON.parse(withContext(Input, call)),
  };
}

function withContext(input: string, call: ScheduledCall): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', call.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', call.scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', call.executionId)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
