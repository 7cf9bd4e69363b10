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

/** As on AWS, a state's output and a task's result hold at most this many bytes. */
const mostBytes = 262_144;

/** JSON text of a value; fails the state when it is larger than Step Functions carries. */
export function limitedText(value: Json, what: string): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= mostBytes) return text;
  throw new StateError('States.DataLimitExceeded', `${what} is larger than ${mostBytes} bytes.`);
}

/** The context object (`$$`) of a visit. */
export function contextOf(visit: Visit, retryCount = 0, token?: string): JsonObject {
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
    State: { Name: visit.name, EnteredTime: new Date(visit.enteredAt).toISOString(), RetryCount: retryCount },
    ...(token === undefined ? {} : { Task: { Token: token } }),
    ...(visit.map === undefined ? {} : { Map: visit.map }),
  };
}
