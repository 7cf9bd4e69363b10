import type { Door, Environment } from '../functions/shared/environment.ts';

export type TableName = 'applications' | 'registry' | 'budget' | 'workflow';

/** DynamoDB actions on items. A transaction needs the actions of its parts, none of its own. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

/** What a function may do with the items of a table. */
export interface TableAccess {
  readonly actions: readonly ItemAction[];
  /** Indexes it may query, by name. */
  readonly indexes?: readonly string[];
  /** Patterns of the partition keys it may touch. Default: all. */
  readonly leadingKeys?: readonly string[];
}

/** What a function is given besides its code: nothing here is implied by anything else. */
export interface DoorSettings {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  /** Whether the compiled policy lies beside its bundle. */
  readonly policy?: true;
  readonly tables: Readonly<Partial<Record<TableName, readonly TableAccess[]>>>;
  /** Actions on the objects of the documents bucket. */
  readonly documents?: readonly ('GetObject' | 'PutObject')[];
  /** Starts and stops executions of both state machines and answers their waiting tasks. */
  readonly drivesStateMachines?: true;
}

const change = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] as const;
const read = ['GetItem', 'BatchGetItem', 'Query'] as const;

/** Puts messages on the outbox and sees nothing of the table that also holds task tokens. */
const putOutbox: TableAccess = { actions: ['PutItem'], leadingKeys: ['OUTBOX#*'] };
/** Keeps the token of a wait; needs to see whether another attempt left one. */
const registerWait: TableAccess = { actions: ['GetItem', 'PutItem', 'UpdateItem'], leadingKeys: ['WAIT#*'] };

// API Gateway gives up after 30 s, so a request that takes longer is of no use to anybody.
const api = { memoryMiB: 1024, timeoutSeconds: 29 };
const task = { memoryMiB: 512, timeoutSeconds: 30 };

/** Settings and rights of every function, side by side, so that a review sees who may do what. */
export const doors = {
  'api/applicant': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: [...change, 'BatchGetItem', 'DeleteItem'], indexes: ['byOrganisation'] }],
      registry: [{ actions: ['DeleteItem', 'ConditionCheckItem'] }],
      budget: [{ actions: ['DeleteItem', 'ConditionCheckItem'] }],
      workflow: [putOutbox],
    },
    documents: ['PutObject', 'GetObject'],
  },
  'api/reviewer': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: [...change, 'BatchGetItem'], indexes: ['inbox'] }],
      workflow: [putOutbox],
    },
    documents: ['GetObject'],
  },
  'api/operator': {
    ...api,
    // An import parses and writes thousands of rows within one request.
    memoryMiB: 1769,
    policy: true,
    tables: {
      registry: [{ actions: [...change, 'BatchGetItem'] }],
      budget: [{ actions: [...change, 'BatchGetItem'], indexes: ['listing'] }],
      workflow: [putOutbox],
    },
  },
  'api/public': {
    ...api,
    policy: true,
    tables: { applications: [{ actions: [], indexes: ['awards'] }] },
  },
  'workflow/check-eligibility': { ...task, policy: true, tables: { applications: [{ actions: change }] } },
  'workflow/request-sign-off': {
    ...task,
    policy: true,
    tables: { applications: [{ actions: change }], workflow: [registerWait, putOutbox] },
  },
  'workflow/expire-sign-off': { ...task, tables: { applications: [{ actions: change }] } },
  'workflow/deduplicate': {
    ...task,
    policy: true,
    tables: {
      applications: [{ actions: change }],
      registry: [{ actions: [...change, 'BatchGetItem', 'DeleteItem'] }],
      budget: [{ actions: change }],
    },
  },
  'workflow/await-allocation': {
    ...task,
    tables: { applications: [{ actions: ['GetItem', 'Query'] }], workflow: [registerWait, putOutbox] },
  },
  'workflow/open-notice': { ...task, policy: true, tables: { applications: [{ actions: change }] } },
  'workflow/close-application': { ...task, tables: { applications: [{ actions: change }] } },
  'workflow/record-review-failure': { ...task, tables: { applications: [{ actions: change }] } },
  'workflow/freeze-candidates': { ...task, tables: { budget: [{ actions: change }] } },
  'workflow/plan-allocation': { ...task, policy: true, tables: { budget: [{ actions: change }] } },
  'workflow/request-plan-approval': {
    ...task,
    tables: { budget: [{ actions: change }], workflow: [registerWait, putOutbox] },
  },
  'workflow/reserve-funds': { ...task, tables: { budget: [{ actions: change }] } },
  'workflow/commit-batch': {
    ...task,
    timeoutSeconds: 60,
    tables: {
      applications: [{ actions: [...change, 'BatchGetItem'] }],
      budget: [{ actions: [...change, 'DeleteItem'] }],
      workflow: [putOutbox],
    },
  },
  'workflow/finish-round': { ...task, tables: { budget: [{ actions: [...change, 'DeleteItem'] }] } },
  'workflow/fail-round': { ...task, tables: { budget: [{ actions: [...change, 'DeleteItem'] }] } },
  'events/verify-document': {
    // Streams the largest document that a guide allows through a hash; more memory means more network and processor.
    memoryMiB: 1024,
    timeoutSeconds: 120,
    policy: true,
    tables: { applications: [{ actions: change }] },
    documents: ['GetObject'],
  },
  'events/relay-outbox': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: { workflow: [{ actions: [...read, 'UpdateItem', 'PutItem', 'DeleteItem'] }] },
    drivesStateMachines: true,
  },
  'events/sweep-outbox': {
    memoryMiB: 512,
    // Below its period of a minute, so that two sweeps do not meet.
    timeoutSeconds: 50,
    tables: {
      workflow: [{ actions: [...read, 'UpdateItem', 'PutItem', 'DeleteItem'], indexes: ['pending'] }],
    },
    drivesStateMachines: true,
  },
} as const satisfies Readonly<Record<Door, DoorSettings>>;

/** Tasks of the review, in the order of their states. */
export const reviewDoors = [
  'workflow/check-eligibility',
  'workflow/request-sign-off',
  'workflow/expire-sign-off',
  'workflow/deduplicate',
  'workflow/await-allocation',
  'workflow/open-notice',
  'workflow/close-application',
  'workflow/record-review-failure',
] as const satisfies readonly Door[];

/** Tasks of the budget round, in the order of their states. */
export const roundDoors = [
  'workflow/freeze-candidates',
  'workflow/plan-allocation',
  'workflow/request-plan-approval',
  'workflow/reserve-funds',
  'workflow/commit-batch',
  'workflow/finish-round',
  'workflow/fail-round',
] as const satisfies readonly Door[];

/** Every variable that some door reads. */
export type Variable = { [D in Door]: keyof Environment<D> }[Door];
