import type { Execution } from './execution.ts';
import type { Executions } from './executions.ts';
import { historyEvent, secondsOf } from './history.ts';
import { type Json, type JsonObject, parseJson } from './json.ts';
import type { Machine } from './machines.ts';
import { ServiceError } from './service-error.ts';

type Action = (request: JsonObject) => JsonObject;

const invalid = (message: string): ServiceError => new ServiceError('ValidationException', message);

function optional(request: JsonObject, member: string): string | undefined {
  const value = request[member] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`'${member}' must be a string`);
}

function required(request: JsonObject, member: string): string {
  const value = optional(request, member);
  if (value === undefined || value === '')
    throw invalid(`1 validation error detected: '${member}' must not be null`);
  return value;
}

/** Cuts one page out of a list; the token is the place to go on from. */
function page(
  request: JsonObject,
  items: readonly JsonObject[],
): { items: JsonObject[]; nextToken?: string } {
  const { maxResults } = request;
  const token = optional(request, 'nextToken');
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0)
    throw new ServiceError('InvalidToken', `Invalid Token: '${token}'`);
  const asked = typeof maxResults === 'number' && maxResults > 0 ? maxResults : 100;
  const to = from + Math.min(asked, 1000);
  return { items: items.slice(from, to), ...(to < items.length ? { nextToken: String(to) } : {}) };
}

function summary({ start, status, end }: Execution): JsonObject {
  return {
    executionArn: start.arn,
    stateMachineArn: start.machineArn,
    name: start.name,
    status,
    startDate: secondsOf(start.startedAt),
    ...(end === undefined ? {} : { stopDate: secondsOf(end.at) }),
  };
}

function description(execution: Execution): JsonObject {
  const { output, error, cause } = execution.end?.details ?? {};
  const { input } = execution.start;
  return {
    ...summary(execution),
    input,
    inputDetails: { included: true },
    redriveCount: 0,
    ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function outputOf(request: JsonObject): Json {
  const output = required(request, 'output');
  if (Buffer.byteLength(output) > 262_144)
    throw new ServiceError('InvalidOutput', 'Invalid Output: too large');
  try {
    return parseJson(output);
  } catch (error) {
    throw new ServiceError(
      'InvalidOutput',
      `Invalid Output: '${error instanceof Error ? error.message : ''}'`,
    );
  }
}

/** The actions of the Step Functions API that we serve, by name. */
export function createActions(
  executions: Executions,
  machines: ReadonlyMap<string, Machine>,
): Readonly<Record<string, Action>> {
  const machineOf = (request: JsonObject): Machine => {
    const arn = required(request, 'stateMachineArn');
    if (!arn.startsWith('arn:')) throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    const machine = machines.get(arn);
    if (machine !== undefined) return machine;
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  };
  const executionOf = (request: JsonObject): Execution => {
    const arn = required(request, 'executionArn');
    if (!arn.startsWith('arn:')) throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    return executions.find(arn);
  };

  return {
    StartExecution: (request) => {
      const { start } = executions.begin(
        machineOf(request),
        optional(request, 'name'),
        optional(request, 'input'),
      );
      return { executionArn: start.arn, startDate: secondsOf(start.startedAt) };
    },
    SendTaskSuccess: (request) => {
      const token = required(request, 'taskToken');
      const output = outputOf(request);
      executions.waitOf(token).succeed(output);
      return {};
    },
    SendTaskFailure: (request) => {
      const wait = executions.waitOf(required(request, 'taskToken'));
      wait.fail(optional(request, 'error'), optional(request, 'cause'));
      return {};
    },
    SendTaskHeartbeat: (request) => {
      executions.waitOf(required(request, 'taskToken')).heartbeat();
      return {};
    },
    StopExecution: (request) => {
      const execution = executionOf(request);
      const [error, cause] = [optional(request, 'error'), optional(request, 'cause')];
      execution.finish('ExecutionAborted', {
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
      });
      return { stopDate: secondsOf(execution.end?.at ?? Date.now()) };
    },
    DescribeExecution: (request) => description(executionOf(request)),
    GetExecutionHistory: (request) => {
      const events = executionOf(request).history().map(historyEvent);
      const { items, ...next } = page(request, request['reverseOrder'] === true ? events.reverse() : events);
      return { events: items, ...next };
    },
    ListExecutions: (request) => {
      const wanted = optional(request, 'statusFilter');
      const found = executions
        .list(machineOf(request).arn)
        .filter(({ status }) => wanted === undefined || status === wanted);
      const { items, ...next } = page(request, found.map(summary));
      return { executions: items, ...next };
    },
    DescribeStateMachine: (request) => {
      const { arn, name, roleArn, text, createdAt } = machineOf(request);
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        type: 'STANDARD',
        definition: text,
        roleArn,
        creationDate: secondsOf(createdAt),
      };
    },
  };
}
