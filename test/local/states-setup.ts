import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { onTestFinished, vi } from 'vitest';
import type { FunctionInvoker, InvocationResult, StatesService } from '../../local/contracts.ts';
import { startStates } from '../../local/states/service.ts';

interface Invocation {
  readonly functionName: string;
  readonly payload: unknown;
}

/** What a fake function does: gives its result, or throws to fail as a handler would. */
type FakeFunction = (payload: never, count: number) => unknown;

/** Makes a handler's error with a name, as domain errors have. */
export function named(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

/** Functions that live in the test and remember how they were called. */
class FakeInvoker implements FunctionInvoker {
  readonly invocations: Invocation[] = [];
  readonly functions = new Map<string, FakeFunction>();

  async invoke(functionName: string, payload: unknown): Promise<InvocationResult> {
    const handler = this.functions.get(functionName);
    if (handler === undefined) throw new Error(`there is no function ${functionName}`);
    this.invocations.push({ functionName, payload });
    const count = this.invocations.filter((one) => one.functionName === functionName).length;
    try {
      return { payload: await handler(payload as never, count) };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : named('Error', String(error));
      return { payload: { errorType: name, errorMessage: message, trace: [] }, functionError: 'Unhandled' };
    }
  }

  /** The payloads that a function was invoked with. */
  payloadsOf(functionName: string): unknown[] {
    return this.invocations.filter((one) => one.functionName === functionName).map(({ payload }) => payload);
  }
}

/** A Task state of the fake function `name`, by the invoke integration. */
export function task(name: string, payload: unknown = {}, more: object = { End: true }): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws-cn:states:::lambda:invoke',
    Parameters: { FunctionName: name, Payload: payload },
    OutputPath: '$.Payload',
    ...more,
  };
}

/** A Task state that gives `name` its token and waits for it. */
export function tokenTask(name: string, more: object = { End: true }): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws-cn:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: name, Payload: { 'token.$': '$$.Task.Token', 'input.$': '$' } },
    ...more,
  };
}

/** A machine of the given states that starts at the first of them. */
export function machine(states: Record<string, object>, more: object = {}): object {
  return { StartAt: Object.keys(states)[0], States: states, ...more };
}

export const machineArn = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:Machine';
export const executionArn = (name: string): string =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

/** What happens between a stop and the next start. */
interface Change {
  readonly definition?: object;
  /** How long the service was down, in milliseconds: everything it wrote becomes older by that. */
  readonly downMs?: number;
  /** Changes the text of every journal. */
  readonly journals?: (text: string) => string;
}

async function rewriteJournals(dataDir: string, rewrite: (text: string) => string): Promise<void> {
  const dir = join(dataDir, 'states', 'executions');
  for (const file of await readdir(dir, { recursive: true })) {
    if (!file.endsWith('.jsonl')) continue;
    await writeFile(join(dir, file), rewrite(await readFile(join(dir, file), 'utf8')));
  }
}

/** Makes every time of a journal earlier. */
const older =
  (ms: number) =>
  (text: string): string =>
    text.replaceAll(/"(at|value|startedAt)":(\d+)/g, (_all, key, at) => `"${key}":${Number(at) - ms}`);

export interface States {
  readonly client: SFNClient;
  readonly invoker: FakeInvoker;
  readonly service: StatesService;
  readonly logs: readonly string[];
  /** Registers `Machine`, or replaces its definition. */
  define(definition: object): void;
  /** Stops the service and starts a new one on the same data, with the same machine unless another is given. */
  restart(change?: Change): Promise<void>;
  begin(input?: unknown, name?: string): Promise<string>;
  /** Waits until an execution is over. */
  ended(arn: string): Promise<DescribeExecutionCommandOutput>;
  /** Runs an execution to its end and gives its output, or `error: cause` when it failed. */
  run(definition: object, input?: unknown): Promise<unknown>;
  history(arn: string): Promise<HistoryEvent[]>;
  /** Waits for a history event of a type (the nth of them). */
  sees(arn: string, type: string, count?: number): Promise<void>;
  /** Waits for the nth token that a token task handed to a function. */
  tokenOf(functionName: string, nth?: number): Promise<string>;
}

const patience = { timeout: 20_000, interval: 5 };

/** Starts Step Functions on a fresh directory; a second of a definition lasts 20 ms unless said otherwise. */
export async function setup(msPerSecond = 20): Promise<States> {
  const dataDir = await mkdtemp(join(tmpdir(), 'states-'));
  const invoker = new FakeInvoker();
  const logs: string[] = [];
  const log = (line: string): void => {
    logs.push(line);
  };
  const options = {
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    msPerSecond,
    log,
  };
  let definition: object | undefined;
  let service = await startStates(options);
  const connect = (): SFNClient =>
    new SFNClient({
      endpoint: service.endpoint,
      region: 'cn-north-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  let client = connect();
  const define = (next: object): void => {
    definition = next;
    service.addStateMachine('Machine', {}, JSON.stringify(next));
  };
  await service.start(invoker);
  onTestFinished(async () => {
    client.destroy();
    await service.stop();
    await rm(dataDir, { recursive: true });
  });

  const history = async (arn: string): Promise<HistoryEvent[]> => {
    const answer = await client.send(new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000 }));
    return answer.events ?? [];
  };
  const ended = (arn: string): Promise<DescribeExecutionCommandOutput> =>
    vi.waitFor(async () => {
      const answer = await client.send(new DescribeExecutionCommand({ executionArn: arn }));
      if (answer.status === 'RUNNING') throw new Error('still running');
      return answer;
    }, patience);
  const begin = async (input: unknown = {}, name?: string): Promise<string> => {
    const command = new StartExecutionCommand({
      stateMachineArn: machineArn,
      name,
      input: JSON.stringify(input),
    });
    return (await client.send(command)).executionArn ?? '';
  };

  return {
    invoker,
    logs,
    define,
    history,
    ended,
    begin,
    get client() {
      return client;
    },
    get service() {
      return service;
    },
    async restart({ definition: next, downMs = 0, journals = (text: string) => text } = {}) {
      client.destroy();
      await service.stop();
      await rewriteJournals(dataDir, (text) => journals(older(downMs)(text)));
      service = await startStates(options);
      client = connect();
      if (next ?? definition) define(next ?? definition ?? {});
      await service.start(invoker);
    },
    async run(next, input = {}) {
      define(next);
      const { status, output, error, cause } = await ended(await begin(input));
      return status === 'SUCCEEDED' ? JSON.parse(output ?? '') : `${status} ${error}: ${cause}`;
    },
    sees: (arn, type, count = 1) =>
      vi.waitFor(async () => {
        const seen = (await history(arn)).filter((event) => event.type === type).length;
        if (seen < count) throw new Error(`${seen} of ${count} ${type}`);
      }, patience),
    tokenOf: (functionName, nth = 0) =>
      vi.waitFor(() => {
        const payload = invoker.payloadsOf(functionName)[nth];
        if (typeof payload === 'object' && payload !== null && 'token' in payload)
          return String(payload.token);
        throw new Error(`no token ${nth} for ${functionName} yet`);
      }, patience),
  };
}
