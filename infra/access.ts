import type { Door, Environment } from '../functions/shared/environment.ts';

export type TableName =
  | 'applications'
  | 'people'
  | 'messages'
  | 'registry'
  | 'budget'
  | 'workflow'
  | 'policy';

/** DynamoDB actions on items. A transaction needs the actions of its parts; a batch needs its own and none of them. */
type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'Query'
  | 'Scan'
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
  /** Whether the compiled notice and calendars lie beside its bundle. */
  readonly policy?: true;
  readonly tables: Readonly<Partial<Record<TableName, readonly TableAccess[]>>>;
  /** Actions on the objects of the documents bucket. */
  readonly documents?: readonly ('GetObject' | 'PutObject')[];
  /** Actions on the files for the registry in the same bucket. */
  readonly imports?: readonly ('GetObject' | 'PutObject')[];
  /** Whether it may make the keyed hashes that stand for personal data. */
  readonly identity?: true;
  /** Whether it may put bank accounts away, or read them: only one function reads. */
  readonly accounts?: 'encrypt' | 'decrypt';
}

/** Reads an aggregate and writes its next state with a history row. */
const aggregate = ['GetItem', 'PutItem'] as const;

/** Puts messages on the outbox and sees nothing of the table that also holds task tokens. */
const putOutbox: TableAccess = { actions: ['PutItem'], leadingKeys: ['OUTBOX#*'] };
/** Keeps the token of a wait, and resumes it at once when what it waits for has happened already. */
const registerWait: TableAccess = { actions: ['PutItem'], leadingKeys: ['WAIT#*', 'OUTBOX#*'] };
/** Looks whether somebody has an interest in what they decide on. */
const checkInterests: TableAccess = { actions: ['GetItem', 'ConditionCheckItem'], leadingKeys: ['PERSON#*'] };
/** Looks published guides up. */
const readGuides: TableAccess = { actions: ['GetItem', 'Query'] };
/** Publishes guides beside; nobody changes or deletes one. */
const publishGuides: TableAccess = { actions: ['GetItem', 'Query', 'PutItem'] };
/** Messages of organisations, departments and persons. */
const channels = ['ORGANISATION#*', 'DEPARTMENT#*', 'PERSON#*'];
/** Subscriptions, and the deliveries of each. */
const webhooks = ['WEBHOOKS', 'WEBHOOK#*'];
/** Makes secrets of webhooks, replaces and deletes them, and sees none. */
const replaceSecrets: TableAccess = {
  actions: ['PutItem', 'UpdateItem', 'DeleteItem'],
  leadingKeys: ['WEBHOOK-SECRET#*'],
};
/** Signs with the secrets of webhooks; deletes one when its receiver is gone. */
const useSecrets: TableAccess = { actions: ['Query', 'DeleteItem'], leadingKeys: ['WEBHOOK-SECRET#*'] };
/** Reads messages and tokens, and marks a message as delivered. */
const deliverOutbox = ['GetItem', 'UpdateItem'] as const;

/** Asks for awards to be screened, in the table whose stream has a reader for that. */
const requestScreening: TableAccess = { actions: ['PutItem'], leadingKeys: ['SCREENING#*'] };
/** Puts awards into the registry: records, what points to them, and the index of names. Nothing of claims or verdicts. */
const importRecords: readonly TableAccess[] = [
  { actions: ['BatchGetItem', 'PutItem'], leadingKeys: ['AWARD#*', 'FILL#*'] },
  {
    actions: ['PutItem', 'DeleteItem'],
    leadingKeys: ['MATTER#*', 'EVIDENCE#*', 'EVIDENCE-NUMBER#*', 'ENTERPRISE#*'],
  },
  { actions: ['UpdateItem'], leadingKeys: ['GRAM#*'] },
  { actions: ['GetItem', 'PutItem'], leadingKeys: ['IMPORTS'] },
  { actions: ['PutItem'], leadingKeys: ['IMPORT-FAULTS#*'] },
];

// API Gateway gives up after 30 s, so a request that takes longer is of no use to anybody.
const api = { memoryMiB: 1024, timeoutSeconds: 29 };
const task = { memoryMiB: 512, timeoutSeconds: 30 };

/** Settings and rights of every function, side by side, so that a review sees who may do what. */
export const doors = {
  'api/applicant': {
    ...api,
    policy: true,
    tables: {
      applications: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
          indexes: ['byOrganisation'],
        },
      ],
      // A withdrawal lets go of claims, of the place among the candidates and of committed money.
      registry: [{ actions: ['DeleteItem'] }],
      budget: [
        { actions: [...aggregate, 'UpdateItem', 'DeleteItem'], leadingKeys: ['POOL#*'] },
        { actions: aggregate, leadingKeys: ['BANK-ACCOUNT#*'] },
      ],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    documents: ['PutObject', 'GetObject'],
    identity: true,
    accounts: 'encrypt',
  },
  'api/adjudicator': {
    ...api,
    tables: {
      applications: [{ actions: [...aggregate, 'Query', 'UpdateItem'], leadingKeys: ['APPLICATION#*'] }],
      people: [{ actions: ['ConditionCheckItem'], leadingKeys: ['PERSON#*'] }],
      registry: [
        { actions: ['BatchGetItem', 'PutItem'], leadingKeys: ['VERDICT#*'] },
        { actions: ['Query', 'UpdateItem'], leadingKeys: ['ADJUDICATION-TALLY'] },
        // A late duplicate lets go of what it claimed.
        { actions: ['DeleteItem'] },
      ],
      budget: [{ actions: [...aggregate, 'UpdateItem', 'DeleteItem'], leadingKeys: ['POOL#*'] }],
      workflow: [putOutbox],
    },
    documents: ['GetObject'],
  },
  'api/reviewer': {
    ...api,
    policy: true,
    tables: {
      applications: [
        {
          actions: [
            ...aggregate,
            'BatchGetItem',
            'Query',
            'UpdateItem',
            'DeleteItem',
            // A draft is kept only while its task is open.
            'ConditionCheckItem',
          ],
          leadingKeys: ['APPLICATION#*', 'RANKING#*'],
        },
        { actions: ['Query'], leadingKeys: ['SEARCH#*'] },
        {
          actions: [],
          indexes: ['inbox', 'inboxItem', 'inboxKind', 'inboxDistrict', 'inboxPerson', 'inboxTally'],
        },
      ],
      people: [{ actions: ['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] }],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    documents: ['GetObject'],
  },
  'api/expert': {
    ...api,
    policy: true,
    tables: {
      applications: [
        { actions: [...aggregate, 'Query'], leadingKeys: ['APPLICATION#*'] },
        { actions: [], indexes: ['invitations'] },
      ],
      // A score checks the expert's interests; declining may declare one. Nobody's are read.
      people: [{ actions: ['ConditionCheckItem', 'UpdateItem', 'PutItem'], leadingKeys: ['PERSON#*'] }],
      policy: [readGuides],
    },
    documents: ['GetObject'],
  },
  'api/person': {
    ...api,
    tables: { people: [{ actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem'] }] },
  },
  'api/messages': {
    ...api,
    memoryMiB: 512,
    tables: {
      messages: [
        {
          actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
          leadingKeys: channels,
        },
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['deliveries'],
          leadingKeys: [...webhooks, 'WEBHOOK-KEYS#*'],
        },
        replaceSecrets,
      ],
    },
  },
  'api/operator': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'], indexes: ['listing'] }],
      people: [checkInterests],
      workflow: [putOutbox],
      policy: [publishGuides],
    },
  },
  'api/rounds': {
    ...api,
    policy: true,
    tables: {
      budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'], indexes: ['listing'] }],
      people: [checkInterests],
      workflow: [putOutbox],
      policy: [readGuides],
    },
  },
  'api/registry': {
    ...api,
    // A small import parses and writes thousands of rows within one request.
    memoryMiB: 1769,
    tables: {
      registry: [
        ...importRecords,
        { actions: ['Query'], leadingKeys: ['IMPORTS', 'IMPORT-FAULTS#*', 'ENTERPRISE#*'] },
        { actions: ['BatchGetItem'], leadingKeys: ['GRAM#*'] },
        { actions: ['GetItem', 'PutItem'], leadingKeys: ['SCHEME#*'] },
      ],
      workflow: [requestScreening],
    },
    imports: ['PutObject'],
  },
  'api/audit': { ...api, tables: { applications: [{ actions: ['GetItem', 'Query', 'Scan'] }] } },
  'api/public': {
    ...api,
    policy: true,
    tables: { applications: [{ actions: [], indexes: ['awards'] }], policy: [readGuides] },
  },
  'workflow/check-eligibility': {
    ...task,
    policy: true,
    tables: { applications: [{ actions: aggregate }], policy: [readGuides] },
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
  'workflow/await-correction': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/deduplicate': {
    ...task,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      registry: [
        { actions: ['GetItem', 'Query', 'BatchGetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem'] },
      ],
      budget: [{ actions: ['PutItem'], leadingKeys: ['POOL#*'] }],
      policy: [readGuides],
    },
  },
  'workflow/await-adjudication': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/await-allocation': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/open-notice': {
    ...task,
    policy: true,
    tables: { applications: [{ actions: aggregate }], policy: [readGuides] },
  },
  'workflow/end-notice': { ...task, tables: { applications: [{ actions: aggregate }] } },
  'workflow/await-objections': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/await-payment': {
    ...task,
    tables: { applications: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/record-review-failure': { ...task, tables: { applications: [{ actions: aggregate }] } },
  'workflow/freeze-candidates': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'DeleteItem', 'ConditionCheckItem'] }] },
  },
  'workflow/plan-allocation': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'ConditionCheckItem'] }] },
  },
  'workflow/request-plan-approval': {
    ...task,
    tables: { budget: [{ actions: ['GetItem'] }], workflow: [registerWait] },
  },
  'workflow/reserve-funds': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'] }] },
  },
  'workflow/commit-batch': {
    ...task,
    timeoutSeconds: 60,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [{ actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem'] }],
      workflow: [putOutbox],
    },
  },
  'workflow/finish-round': {
    ...task,
    tables: { budget: [{ actions: [...aggregate, 'Query', 'UpdateItem'] }] },
  },
  'workflow/fail-round': { ...task, tables: { budget: [{ actions: [...aggregate, 'UpdateItem'] }] } },
  'workflow/import-awards': {
    // Holds the texts of a workbook; works for three minutes a call and then hands over.
    memoryMiB: 2048,
    timeoutSeconds: 300,
    tables: {
      registry: [
        ...importRecords,
        // Learns words from a sample of the names.
        { actions: ['Scan'] },
        { actions: ['PutItem'], leadingKeys: ['VOCABULARY'] },
      ],
      workflow: [requestScreening],
    },
    imports: ['GetObject'],
  },
  'events/verify-document': {
    // Streams the largest document that a guide allows through a hash; more memory means more network and processor.
    memoryMiB: 1024,
    timeoutSeconds: 120,
    tables: { applications: [{ actions: ['GetItem', 'UpdateItem'] }] },
    documents: ['GetObject'],
  },
  'events/publish-events': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: { applications: [{ actions: ['GetItem'], leadingKeys: ['APPLICATION#*'] }] },
  },
  'events/notify': {
    memoryMiB: 512,
    timeoutSeconds: 30,
    policy: true,
    tables: { messages: [{ actions: ['PutItem'], leadingKeys: [...channels, 'EVENT#*'] }] },
  },
  'events/send-mail': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    policy: true,
    tables: {
      messages: [
        { actions: ['Query'], leadingKeys: channels },
        { actions: ['PutItem'], leadingKeys: ['EVENT#*'] },
      ],
    },
  },
  'events/remind-reviewers': {
    memoryMiB: 512,
    // An hour lies between two runs; what one does not reach, the next does.
    timeoutSeconds: 300,
    policy: true,
    tables: {
      applications: [
        { actions: ['BatchGetItem', 'PutItem', 'ConditionCheckItem'], leadingKeys: ['APPLICATION#*'] },
        { actions: [], indexes: ['inbox'] },
      ],
    },
  },
  'events/screen-awards': {
    memoryMiB: 1024,
    timeoutSeconds: 120,
    policy: true,
    tables: {
      applications: [{ actions: aggregate, leadingKeys: ['APPLICATION#*'] }],
      registry: [
        { actions: ['BatchGetItem', 'GetItem', 'Query'] },
        { actions: ['UpdateItem'], leadingKeys: ['ADJUDICATION-TALLY'] },
      ],
      policy: [readGuides],
    },
  },
  'events/index-tasks': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: {
      applications: [
        { actions: ['GetItem'], leadingKeys: ['APPLICATION#*'] },
        { actions: ['BatchWriteItem'], leadingKeys: ['SEARCH#*'] },
      ],
    },
  },
  'events/queue-webhooks': {
    memoryMiB: 512,
    // One attempt at each receiver, side by side, of ten seconds at most.
    timeoutSeconds: 60,
    tables: {
      messages: [{ actions: [...aggregate, 'Query', 'UpdateItem'], leadingKeys: webhooks }, useSecrets],
    },
  },
  'events/deliver-webhooks': {
    memoryMiB: 512,
    // Below its period of a minute, so that two runs seldom meet.
    timeoutSeconds: 55,
    tables: {
      messages: [
        { actions: ['GetItem', 'UpdateItem'], leadingKeys: webhooks },
        { actions: [], indexes: ['due'], leadingKeys: ['WEBHOOK-DUE'] },
        useSecrets,
      ],
    },
  },
  'events/relay-outbox': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: { workflow: [{ actions: deliverOutbox }] },
  },
  'events/sweep-outbox': {
    memoryMiB: 512,
    // Below its period of a minute, so that two sweeps do not meet.
    timeoutSeconds: 50,
    tables: { workflow: [{ actions: deliverOutbox, indexes: ['pending'] }] },
  },
} as const satisfies Readonly<Record<Door, DoorSettings>>;

/** Tasks of the review, in the order of their states. */
export const reviewDoors = [
  'workflow/check-eligibility',
  'workflow/request-sign-off',
  'workflow/expire-sign-off',
  'workflow/check-correction',
  'workflow/await-correction',
  'workflow/deduplicate',
  'workflow/await-adjudication',
  'workflow/await-allocation',
  'workflow/open-notice',
  'workflow/end-notice',
  'workflow/await-objections',
  'workflow/await-payment',
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

/** Tasks of an import into the registry. */
export const importDoors = ['workflow/import-awards'] as const satisfies readonly Door[];

/** Doors that an environment has: where no mails are sent, nothing sends them. */
export function doorsOf({ mail }: { readonly mail: { readonly kind: 'ses' | 'none' } }): Door[] {
  // Object.keys widens the keys of a literal record to strings.
  return (Object.keys(doors) as Door[]).filter((door) => mail.kind === 'ses' || door !== 'events/send-mail');
}

/** Every variable that some door reads. */
export type Variable = { [D in Door]: keyof Environment<D> }[Door];
