import type { FunctionInvoker, Log } from '../contracts.ts';
import type { Deadlines } from './deadlines.ts';
import type { EventChain, Execution } from './execution.ts';
import { type Json, type JsonObject, parseJson } from './json.ts';
import type { Scope } from './scope.ts';
import { StateError } from './state-error.ts';
import type { Tokens } from './tokens.ts';

/** What executions share. */
export interface Runtime {
  readonly deadlines: Deadlines;
  readonly tokens: Tokens;
  readonly invoker: FunctionInvoker;
  readonly partition: string;
  readonly region: string;
  /** How long a second of a definition is, in milliseconds. */
  readonly msPerSecond: number;
  readonly log: Log;
}

/** A line of states that run one after the other: the machine itself, a branch or an iteration. */
export interface Branch {
  readonly runtime: Runtime;
  readonly execution: Execution;
  readonly scope: Scope;
  /** Prefix of the keys of its states. */
  readonly path: string;
  readonly chain: EventChain;
  readonly map?: JsonObject;
}

/** One visit of one state. */
export interface Visit extends Branch {
  readonly name: string;
  readonly key: string;
  /** ms since the epoch. */
  readonly enteredAt: number;
}

/** As on AWS, an input, a state's output and a task's result hold at most this many bytes. */
export const mostBytes = 262_144;

/**
 * JSON text of a value; fails the state when it is larger than Step Functions carries.
 * @param owner the state's name, or the resource of the task whose result it is
 */
export function limitedText(value: Json, owner: string, terminal = true): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= mostBytes) return text;
  const reason = `The state/task '${owner}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateError('States.DataLimitExceeded', reason, { terminal });
}

/**
 * The context object (`$$`) of a visit.
 * @param retryCount of a state that can be retried; others have none
 */
export function contextOf(visit: Visit, retryCount?: number, token?: string): JsonObject {
  const { start } = visit.execution;
  return {
    Execution: {
      Id: start.arn,
      Name: start.name,
      Input: parseJson(start.input),
      RoleArn: start.roleArn,
      StartTime: new Date(start.startedAt).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: start.machineArn, Name: start.machineName },
    State: {
      Name: visit.name,
      EnteredTime: new Date(visit.enteredAt).toISOString(),
      ...(retryCount === undefined ? {} : { RetryCount: retryCount }),
    },
    ...(token === undefined ? {} : { Task: { Token: token } }),
    ...(visit.map === undefined ? {} : { Map: visit.map }),
  };
}
