import {
  ExecutionAlreadyExists,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ApplicationStore } from '../../functions/filing/applications/application-store.ts';
import { ClaimStore } from '../../functions/filing/applications/claim-store.ts';
import {
  BankAccountStore,
  type KnownStanding,
} from '../../functions/filing/bank-accounts/bank-account-store.ts';
import { CreditList } from '../../functions/filing/credit/credit-list.ts';
import { ClawbackStore } from '../../functions/money/clawbacks/clawback-store.ts';
import { ProposalStore } from '../../functions/money/entries/proposal-store.ts';
import { OrderStore } from '../../functions/money/orders/order-store.ts';
import { PaymentStore } from '../../functions/money/payments/payment-store.ts';
import { ResultsStore } from '../../functions/money/payments/results-store.ts';
import { PoolStore } from '../../functions/money/pools/pool-store.ts';
import { RoundStore } from '../../functions/money/rounds/round-store.ts';
import { OutboxStore } from '../../functions/news/relay/outbox-store.ts';
import { Relay } from '../../functions/news/relay/relay.ts';
import { PeopleStore } from '../../functions/people/people-store.ts';
import type { PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { ConfirmationStore } from '../../functions/publicity/objections/confirmation-store.ts';
import { ObjectionStore } from '../../functions/publicity/objections/objection-store.ts';
import { SignOffTaskStore } from '../../functions/review/tasks/task-store.ts';
import { IdempotencyRecords } from '../../functions/shared/idempotency.ts';
import type { IndexShape } from '../../functions/shared/keys.ts';
import { Outbox } from '../../functions/shared/outbox.ts';
import { catalogue } from '../../functions/shared/tables.ts';
import { WaitRepository } from '../../functions/shared/wait-repository.ts';
import { tablesOn } from '../support/tables.ts';
import { Books, messageAt } from './books.ts';
import { type Change, type Guard, type MemoryStore, named, type TableShapes } from './memory-store.ts';
import type { Random } from './random.ts';
import { type Calls, isWorthAnotherTry, Scheduler } from './scheduler.ts';

export const tables = {
  applications: 'Applications',
  budget: 'Budget',
  people: 'People',
  registry: 'Registry',
  workflow: 'Workflow',
} as const;

export const shapes: TableShapes = Object.fromEntries(
  Object.entries(tables).map(([table, name]) => {
    const { indexes } = catalogue[table as keyof typeof tables];
    const keys = Object.entries<IndexShape>(indexes).map(([index, { partition, sort }]) => [
      index,
      { hash: partition, range: sort },
    ]);
    return [name, Object.fromEntries(keys)];
  }),
);

/** When every simulation begins. */
export const beginning = Date.parse('2026-11-23T02:00:00.000Z');

/** The rooms on one client. */
export function partsOn(
  client: DynamoDBDocumentClient,
  policy: PolicyBook,
  now: () => number,
  newId: () => string,
) {
  const clock = () => new Date(now());
  const on = tablesOn(client, tables);
  const store = new ApplicationStore(on.applications);
  return {
    applications: store,
    store,
    pools: new PoolStore(on.budget),
    rounds: new RoundStore(on.budget),
    proposals: new ProposalStore(on.budget),
    people: new PeopleStore(on.people),
    records: new IdempotencyRecords(on.budget),
    objections: new ObjectionStore(on.budget),
    confirmations: new ConfirmationStore(on.budget),
    keyedHash: { hash: async (field: string, value: string) => `${field}-${value}` },
    credit: new CreditList(on.registry),
    orders: new OrderStore(on.budget),
    payments: new PaymentStore(on.budget),
    results: new ResultsStore(on.budget),
    bankKey: 'none: no bank answers in a schedule',
    opener: { open: async () => nobodysAccount },
    signer: { sign: async () => signature },
    clawbacks: new ClawbackStore(on.budget),
    accounts: new ConfirmedAccounts(on.budget),
    objectors: { seal: async () => 'sealed' },
    register: { table: on.budget, notice: policy.notice },
    tasks: new SignOffTaskStore(on.applications),
    waits: new WaitRepository(on.workflow, clock),
    outbox: new Outbox(on.workflow, clock, newId),
    claims: new ClaimStore(on.registry),
    policy,
    clock,
    newId,
  };
}
export type Parts = ReturnType<typeof partsOn>;

const nobodysAccount = {
  ...{ holder: '某某', bank: '银行', branchCode: '000000000000', accountNumber: '62220000' },
};
const signature = { algorithm: 'ECDSA_SHA_256', keyId: 'key', value: 'c2lnbmVk' } as const;

/** Every enterprise has an account, which nobody reads, and puts it again whenever a payment came back. */
class ConfirmedAccounts extends BankAccountStore {
  override async standing(organisation: string): Promise<KnownStanding> {
    const version = ((await this.returned(organisation))?.newest ?? 0) + 1;
    const at = new Date(beginning).toISOString();
    return {
      ...{ organisation, ciphertext: 'c2VhbGVk', bank: '银行', lastFour: '1234', version, newest: version },
      ...{ at, by: 'admin', since: at },
    };
  }
}

/** Identifiers in a row: the same in every run. */
export function idsFrom(first: number): () => string {
  let next = first;
  return () => String(next++).padStart(26, '0');
}

const roundMachines = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:round';
const orderMachines = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:order';
const reviewMachines = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:review';

/** A state machine's execution. */
interface Execution {
  ended: boolean;
  stopped: boolean;
}

interface Wait {
  readonly waitId: string;
  readonly execution: Execution;
  readonly resume: (output: unknown) => void;
  /** Lets the time of the wait be over: the machine waits again, under a new token. */
}

/** Thrown inside a state machine when its retries are used up. */
class GaveUp extends Error {
  override readonly name = 'TransientError';
}

/** What an execution does, by its machine and name. */
export type Machine = (
  world: World,
  execution: Execution,
  input: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** Tables, functions, state machines, the relay and the people around them, in one order that the seed decides. */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly store: MemoryStore;
  readonly books: Books;
  readonly policy: PolicyBook;
  readonly newId: () => string;
  readonly executions = new Map<string, Execution>();
  readonly waits = new Map<string, Wait>();
  readonly machines: { readonly round: Machine; readonly review: Machine; readonly order: Machine };
  /** Whether the stream brings a message; what it does not is left to the sweep. */
  streamed: (message: { readonly type: string; readonly waitId?: string }) => boolean = () => true;
  /** Looks at every change after the books have. */
  watch: (changes: readonly Change[]) => void = () => {};
  /** Why executions failed. */
  readonly failures: string[] = [];
  #tokens = 0;

  constructor(
    random: Random,
    from: { readonly store: MemoryStore; readonly now: number },
    policy: PolicyBook,
    machines: World['machines'],
    ids: () => string,
    ignores: ((guard: Guard) => boolean) | undefined,
  ) {
    this.random = random;
    this.policy = policy;
    this.machines = machines;
    this.newId = ids;
    this.store = from.store.copy(() => this.scheduler.now);
    this.store.ignores = ignores;
    this.scheduler = new Scheduler(random, this.store, from.now + 3_600_000);
    this.books = new Books(this.store, tables);
    this.store.onChange = (changes) => {
      this.scheduler.failure ??= this.books.fault(changes);
      if (this.scheduler.failure !== undefined) return;
      for (const change of changes) this.#stream(change);
      this.watch(changes);
    };
  }

  parts(calls: Calls): Parts {
    return partsOn(calls.client, this.policy, () => this.scheduler.now, this.newId);
  }

  /** A request of a person, sent again until it is answered. @returns the answer, or the error that is one */
  async request<R>(name: string, run: (parts: Parts) => Promise<R>, delay = 0): Promise<R | Error> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.scheduler.invoke(
        name,
        (calls) => run(this.parts(calls)),
        attempt === 0 ? delay : 0,
      );
      if (outcome.kind === 'returned') return outcome.value;
      if (outcome.kind === 'threw' && !isWorthAnotherTry(outcome.error)) {
        return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
      }
    }
  }

  /** A task of an execution; one that was stopped goes no further. */
  async task<R>(execution: Execution, name: string, run: (parts: Parts) => Promise<R>): Promise<R> {
    // Failing a round is what comes after that, and is done until it is done.
    if (this.scheduler.faultsLeft > 0 && !name.startsWith('fail') && this.random.chance(0.01)) {
      throw new GaveUp('the retries are used up');
    }
    const given = await this.scheduler.task(name, (calls) => run(this.parts(calls)));
    return execution.stopped ? new Promise<never>(() => {}) : given;
  }

  /** A task that ends when its token comes back; every attempt has a token of its own. */
  waitFor(
    execution: Execution,
    waitId: string,
    register: (parts: Parts, token: string) => Promise<void>,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let over = false;
      const attempt = (): void => {
        this.#tokens += 1;
        const token = `task-${this.#tokens}`;
        const resume = (output: unknown) => {
          over = true;
          this.waits.delete(token);
          if (!execution.stopped) resolve(Object(output));
        };
        this.waits.set(token, { waitId, execution, resume });
        const run = this.scheduler.invoke(`wait ${waitId.slice(0, 13)}`, (calls) =>
          register(this.parts(calls), token),
        );
        void run.then((outcome) => {
          if (outcome.kind === 'returned' || over) return;
          this.waits.delete(token);
          if (outcome.kind === 'crashed' || isWorthAnotherTry(outcome.error)) attempt();
          else if (!execution.stopped) reject(outcome.error);
        });
      };
      attempt();
    });
  }

  /** Begins an execution, unless one of its name exists. */
  start(kind: 'round' | 'review' | 'order', name: string, input: Readonly<Record<string, unknown>>): void {
    const known = `${kind} ${name}`;
    if (this.executions.has(known)) {
      throw new ExecutionAlreadyExists({ message: 'it was started before', $metadata: {} });
    }
    const execution: Execution = { ended: false, stopped: false };
    this.executions.set(known, execution);
    void this.machines[kind](this, execution, input).then(
      () => {
        execution.ended = true;
        this.scheduler.note(known, 'ends');
      },
      (error: unknown) => {
        execution.ended = true;
        this.failures.push(`${known}: ${String(error)}`);
      },
    );
  }

  /** Lets the relay deliver a message, again until it is delivered. */
  deliver(pk: string): void {
    void this.scheduler.task(`relay ${pk.slice(-6)}`, (calls) => this.#relay(calls).deliver(pk));
  }

  /** Lets the sweep deliver what is left. */
  async sweep(): Promise<void> {
    await this.scheduler.task('sweep', (calls) => this.#relay(calls).sweep());
  }

  #relay(calls: Calls): Relay {
    const { waits, clock } = this.parts(calls);
    const send = (command: unknown) => calls.other(describeStates(command), () => this.#states(command));
    return new Relay({
      sendAnnouncement: async () => undefined,
      messages: new OutboxStore(tablesOn(calls.client, tables).workflow),
      // The relay uses nothing of the client but `send`.
      states: { send } as unknown as SFNClient,
      waits,
      clock,
      reviewStateMachineArn: reviewMachines,
      roundStateMachineArn: roundMachines,
      orderStateMachineArn: orderMachines,
    });
  }

  #stream({ sk, before, after }: Change): void {
    if (sk !== messageAt || before !== undefined || after === undefined) return;
    const pk = String(after['pk']);
    if (!this.streamed(Object(after['message']))) return;
    const times = this.scheduler.fails() ? 2 : 1;
    // In any order: nothing says when the stream comes to a message, nor that it comes once.
    for (let time = 0; time < times; time += 1) {
      this.scheduler.later(() => this.deliver(pk), this.random.below(8));
    }
  }

  #states(command: unknown): unknown {
    if (command instanceof StartExecutionCommand) {
      const { stateMachineArn, name = '', input = '{}' } = command.input;
      const kind = stateMachineArn === roundMachines ? 'round' : 'order';
      this.start(stateMachineArn === reviewMachines ? 'review' : kind, name, JSON.parse(input));
      return {};
    }
    if (command instanceof StopExecutionCommand) {
      const name = command.input.executionArn?.split(':').at(-1) ?? '';
      const execution = this.executions.get(`review ${name}`);
      if (!execution) throw named('ExecutionDoesNotExist', name);
      execution.stopped = true;
      execution.ended = true;
      for (const [token, wait] of this.waits) if (wait.execution === execution) this.waits.delete(token);
      return {};
    }
    if (command instanceof SendTaskSuccessCommand) {
      const { taskToken = '', output = '{}' } = command.input;
      const wait = this.waits.get(taskToken);
      if (!wait) throw named('TaskTimedOut', 'the task is over');
      wait.resume(JSON.parse(output));
      return {};
    }
    throw new Error('the simulation knows no such call of Step Functions');
  }
}

function describeStates(command: unknown): string {
  const { name, executionArn, taskToken } = Object(Reflect.get(Object(command), 'input'));
  return `${Object(command).constructor.name} ${name ?? executionArn ?? taskToken}`;
}
