import { serveActions } from '../aws-json-endpoint.ts';
import type { ServiceOptions, StatesService } from '../contracts.ts';
import { createActions } from './actions.ts';
import { Executions } from './executions.ts';
import { type Machine, readMachine } from './machines.ts';

/** How to run Step Functions. */
export interface StatesOptions extends ServiceOptions {
  /** How long a second of a definition (Wait, Retry, timeouts) lasts, in milliseconds; 1000 unless a test hurries. */
  readonly msPerSecond?: number;
}

/**
 * Step Functions: runs state machines from their own definitions and serves the API that functions call.
 * Executions are kept under `dataDir/states` and go on from where they waited after a restart.
 * Throws when the kept state cannot be read.
 */
export async function startStates(options: StatesOptions): Promise<StatesService> {
  const machines = new Map<string, Machine>();
  const executions = new Executions(options, options.msPerSecond ?? 1000);
  const server = await serveActions(createActions(executions, machines), {
    name: 'states',
    target: 'AWSStepFunctions',
    protocol: '1.0',
    log: options.log,
  });
  return {
    endpoint: server.endpoint,
    addStateMachine(logicalId, properties, definition) {
      const machine = readMachine(options, logicalId, properties, definition);
      machines.set(machine.arn, machine);
      return { ref: machine.arn, attributes: { Arn: machine.arn, Name: machine.name } };
    },
    async start(invoker) {
      executions.resume(invoker);
    },
    async startExecution(stateMachineArn, input) {
      const machine = machines.get(stateMachineArn);
      if (machine === undefined) throw new Error(`there is no state machine ${stateMachineArn}`);
      executions.begin(machine, undefined, JSON.stringify(input ?? {}));
    },
    async stop() {
      executions.stop();
      await server.stop();
    },
  };
}
