import type { Door } from '../../functions/shared/environment.ts';
import {
  aggregate,
  type DoorSettings,
  enterRegister,
  importRecords,
  putOutbox,
  readGuides,
  requestScreening,
  type TableAccess,
} from './rights.ts';

/** Keeps the token of a wait, and resumes it at once when what it waits for has happened already. */
const registerWait: TableAccess<'workflow'> = { actions: ['PutItem'], partitions: ['wait', 'outbox'] };

/** Looks whether an enterprise is on the list of serious dishonesty. */
const readCredit: TableAccess<'registry'> = { actions: ['GetItem'], partitions: ['credit'] };

const task = { memoryMiB: 512, timeoutSeconds: 30 };

/** Settings and rights of the tasks of the state machines. */
/** Pools with their candidates and ledgers, and rounds with their lines: nothing of orders, payments and the register. */
const poolsAndRounds = ['pool', 'round'] as const;

export const workflowDoors = {
  'workflow/check-eligibility': {
    ...task,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }, { actions: ['Query'], partitions: ['competition'] }],
      registry: [readCredit],
      policy: [readGuides],
    },
  },
  'workflow/request-sign-off': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/expire-sign-off': {
    ...task,
    policy: true,
    tables: { applications: [{ actions: [...aggregate, 'UpdateItem'] }], policy: [readGuides] },
  },
  'workflow/check-correction': { ...task, tables: { applications: [{ actions: aggregate }] } },
  'workflow/await-outcome': {
    ...task,
    tables: {
      applications: [{ actions: ['GetItem'] }],
      budget: [{ actions: ['Query'], partitions: ['objectionsOf'] }],
      workflow: [registerWait],
    },
  },
  'workflow/deduplicate': {
    ...task,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      registry: [
        { actions: ['GetItem', 'Query', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem'] },
        // What an application had claimed before its award was taken back.
        { actions: ['DeleteItem'], partitions: ['matter', 'evidence'] },
      ],
      budget: [{ actions: ['PutItem'], partitions: ['pool'] }],
      policy: [readGuides],
    },
  },
  'workflow/open-notice': {
    ...task,
    policy: true,
    tables: { applications: [{ actions: aggregate }], policy: [readGuides] },
  },
  'workflow/end-notice': {
    ...task,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [
        { actions: aggregate, partitions: ['objection'] },
        { actions: ['Query', 'PutItem'], partitions: ['objectionsOf'] },
      ],
      registry: [readCredit],
      policy: [readGuides],
    },
  },
  'workflow/record-review-failure': { ...task, tables: { applications: [{ actions: aggregate }] } },
  'workflow/freeze-candidates': {
    ...task,
    tables: {
      budget: [
        { actions: [...aggregate, 'Query', 'DeleteItem', 'ConditionCheckItem'], partitions: poolsAndRounds },
      ],
    },
  },
  'workflow/plan-allocation': {
    ...task,
    tables: {
      budget: [{ actions: [...aggregate, 'Query', 'ConditionCheckItem'], partitions: poolsAndRounds }],
      registry: [readCredit],
    },
  },
  'workflow/request-plan-approval': {
    ...task,
    tables: { budget: [{ actions: ['GetItem'], partitions: poolsAndRounds }], workflow: [registerWait] },
  },
  'workflow/reserve-funds': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'], partitions: poolsAndRounds }] },
  },
  'workflow/commit-batch': {
    ...task,
    timeoutSeconds: 60,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [{ actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem'], partitions: poolsAndRounds }],
      workflow: [putOutbox],
    },
  },
  'workflow/finish-round': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'], partitions: poolsAndRounds }] },
  },
  'workflow/fail-round': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'UpdateItem'], partitions: poolsAndRounds }] },
  },
  'workflow/issue-order': {
    ...task,
    timeoutSeconds: 60,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [
        { actions: [...aggregate, 'UpdateItem'], partitions: ['pool'] },
        { actions: [...aggregate, 'Query'], partitions: ['round'] },
        { actions: [...aggregate, 'Query', 'ConditionCheckItem'], partitions: ['order'] },
        ...enterRegister,
      ],
      registry: [readCredit],
      policy: [readGuides],
    },
  },
  'workflow/import-awards': {
    // Holds the texts of a workbook; works for three minutes a call and then hands over.
    memoryMiB: 2048,
    timeoutSeconds: 300,
    tables: {
      registry: [
        ...importRecords,
        // Learns words from a sample of the names.
        { actions: ['Scan'] },
        { actions: ['PutItem'], partitions: ['vocabulary'] },
      ],
      workflow: [requestScreening],
    },
    imports: ['GetObject'],
    seesMissing: true,
  },
} as const satisfies Readonly<Record<Extract<Door, `workflow/${string}`>, DoorSettings>>;

/** Tasks of the review, in the order of their states. */
export const reviewDoors = [
  'workflow/check-eligibility',
  'workflow/request-sign-off',
  'workflow/expire-sign-off',
  'workflow/check-correction',
  'workflow/await-outcome',
  'workflow/deduplicate',
  'workflow/open-notice',
  'workflow/end-notice',
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

/** The task of an order: every state of it needs the same. */
export const orderDoors = ['workflow/issue-order'] as const satisfies readonly Door[];

/** Tasks of an import into the registry. */
export const importDoors = ['workflow/import-awards'] as const satisfies readonly Door[];
