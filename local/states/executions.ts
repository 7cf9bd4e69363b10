import { randomUUID } from 'node:crypto';
import type { FunctionInvoker, ServiceOptions } from '../contracts.ts';
import { Deadlines } from './deadlines.ts';
import type { Definition } from './definition.ts';
import { readDefinition } from './definition-check.ts';
import { Execution, Suspended } from './execution.ts';
import { runFlow } from './interpreter.ts';
import { JournalStore } from './journal.ts';
import { type Json, parseJson } from './json.ts';
import type { Machine } from './machines.ts';
import { Aborted } from './scope.ts';
import { ServiceError } from './service-error.ts';
import { StateError } from './state-error.ts';
import { executionOfToken, Tokens, type TokenWait } from './tokens.ts';
import { mostBytes, type Runtime } from './visit.ts';

const forbiddenInNames = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

/** Starts, continues and ends executions. */
export class Executions {
  readonly #options: ServiceOptions;
  readonly #msPerSecond: number;
  readonly #store: JournalStore;
  readonly #deadlines: Deadlines;
  readonly #tokens = new Tokens();
  readonly #executions = new Map<string, Execution>();
  readonly #definitions = new Map<string, Definition>();
  #runtime: Runtime | undefined;

  constructor(options: ServiceOptions, msPerSecond: number) {
    this.#options = options;
    this.#msPerSecond = msPerSecond;
    this.#store = new JournalStore(options.dataDir);
    this.#deadlines = new Deadlines((fault) => options.log(`states: a deadline failed: ${String(fault)}`));
    for (const records of this.#store.readAll()) {
      const execution = Execution.restore(this.#store, records);
      if (execution !== undefined) this.#executions.set(execution.start.arn, execution);
    }
  }

  /** Continues every unfinished execution; from here on new ones are accepted. */
  resume(invoker: FunctionInvoker): void {
    const { partition, region, log } = this.#options;
    const [deadlines, tokens, msPerSecond] = [this.#deadlines, this.#tokens, this.#msPerSecond];
    this.#runtime = { deadlines, tokens, invoker, partition, region, msPerSecond, log };
    const waiting = [...this.#executions.values()].filter(({ status }) => status === 'RUNNING');
    for (const execution of waiting) this.#run(this.#runtime, execution);
    if (waiting.length > 0) log(`states: ${waiting.length} executions continue`);
  }

  /** Lets go of everything; the journals stay for the next start. */
  stop(): void {
    this.#runtime = undefined;
    for (const execution of this.#executions.values()) execution.suspend();
    this.#deadlines.stop();
  }

  /** Starts an execution, or gives the running one of the same name and input. */
  begin(machine: Machine, name: string = randomUUID(), input = '{}'): Execution {
    const runtime = this.#runtime;
    if (runtime === undefined) throw new ServiceError('ServiceUnavailable', 'The service is starting.', 503);
    if (name.length === 0 || name.length > 80 || forbiddenInNames.test(name)) {
      throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
    }
    this.#checkInput(input);
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.#executions.get(arn);
    if (known !== undefined) {
      if (known.status === 'RUNNING' && known.start.input === input) return known;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const definition = this.#store.keepDefinition(machine.text);
    const execution = Execution.begin(this.#store, {
      kind: 'start',
      arn,
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      roleArn: machine.roleArn,
      definition,
      input,
      startedAt: Date.now(),
    });
    this.#executions.set(arn, execution);
    this.#run(runtime, execution);
    return execution;
  }

  find(arn: string): Execution {
    const execution = this.#executions.get(arn);
    if (execution !== undefined) return execution;
    throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  /** The executions of a state machine, the latest first. */
  list(machineArn: string): readonly Execution[] {
    return [...this.#executions.values()]
      .filter(({ start }) => start.machineArn === machineArn)
      .sort((a, b) => b.start.startedAt - a.start.startedAt);
  }

  /** The task that waits for a token; throws the API's error for a token that nobody waits for. */
  waitOf(token: string): TokenWait {
    const wait = this.#tokens.find(token);
    if (wait !== undefined) return wait;
    const arn = executionOfToken(token);
    if (arn === undefined) throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    if (this.#runtime === undefined)
      throw new ServiceError('ServiceUnavailable', 'The service is starting.', 503);
    const execution = this.#executions.get(arn);
    if (execution === undefined) {
      throw new ServiceError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'");
    }
    if (execution.status === 'RUNNING' && !execution.knowsToken(token)) {
      throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
    }
    throw new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  }

  #checkInput(input: string): void {
    try {
      parseJson(input);
      if (Buffer.byteLength(input) > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
    }
  }

  #definitionOf({ start }: Execution): Definition {
    const known = this.#definitions.get(start.definition);
    if (known !== undefined) return known;
    const text = this.#store.definition(start.definition);
    const definition = readDefinition(start.machineName, text, this.#options.partition);
    this.#definitions.set(start.definition, definition);
    return definition;
  }

  async #run(runtime: Runtime, execution: Execution): Promise<void> {
    const { start, scope } = execution;
    let cancel = (): void => {};
    try {
      const definition = this.#definitionOf(execution);
      const chain = { last: 0 };
      const details = { input: start.input, roleArn: start.roleArn };
      execution.emit(chain, '', 'started', 'ExecutionStarted', details);
      if (definition.TimeoutSeconds !== undefined) {
        const end = start.startedAt + definition.TimeoutSeconds * runtime.msPerSecond;
        const expire = (): void => execution.finish('ExecutionTimedOut', {});
        if (end <= Date.now()) return expire();
        cancel = runtime.deadlines.add(end, expire);
      }
      const branch = { runtime, execution, scope, path: '', chain };
      const output: Json = await runFlow(branch, definition, parseJson(start.input));
      execution.finish('ExecutionSucceeded', { output: JSON.stringify(output) });
    } catch (error) {
      if (error instanceof StateError) {
        execution.finish('ExecutionFailed', error.details);
      } else if (!(error instanceof Aborted) && !(error instanceof Suspended)) {
        // Nothing that the definition did: the journal cannot be written, or a fault of ours.
        runtime.log(`states: ${start.arn} stands still until the next start: ${String(error)}`);
      }
    } finally {
      cancel();
    }
  }
}
