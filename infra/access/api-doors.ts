import type { Door } from '../../functions/shared/environment.ts';
import {
  aggregate,
  channels,
  type DoorSettings,
  enterRegister,
  importRecords,
  putOutbox,
  readGuides,
  requestScreening,
  type TableAccess,
  webhooks,
} from './rights.ts';

/** Looks whether somebody has an interest in what they decide on. */
const checkInterests: TableAccess = { actions: ['GetItem', 'ConditionCheckItem'], leadingKeys: ['PERSON#*'] };
/** Publishes guides beside; nobody changes or deletes one. */
const publishGuides: TableAccess = { actions: ['GetItem', 'Query', 'PutItem'] };
/** Makes secrets of webhooks, replaces and deletes them, and sees none. */
const replaceSecrets: TableAccess = {
  actions: ['PutItem', 'UpdateItem', 'DeleteItem'],
  leadingKeys: ['WEBHOOK-SECRET#*'],
};

// API Gateway gives up after 30 s, so a request that takes longer is of no use to anybody.
const api = { memoryMiB: 1024, timeoutSeconds: 29 };

/** Settings and rights of the functions behind the HTTP API. */
export const apiDoors = {
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
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          leadingKeys: ['POOL#*', 'pool'],
        },
      ],
      people: [checkInterests],
      workflow: [putOutbox],
      policy: [publishGuides],
    },
  },
  'api/objections': {
    ...api,
    policy: true,
    tables: {
      // An award that is taken back closes the duplicate case that held it.
      applications: [{ actions: [...aggregate, 'UpdateItem'], leadingKeys: ['APPLICATION#*'] }],
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          leadingKeys: ['OBJECTION#*', 'OBJECTION-KEYS#*', 'POOL#*', 'objection'],
        },
      ],
      people: [checkInterests],
      registry: [
        { actions: ['DeleteItem'], leadingKeys: ['MATTER#*', 'EVIDENCE#*'] },
        { actions: aggregate, leadingKeys: ['CREDIT#*'] },
      ],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    evidence: ['PutObject', 'GetObject'],
    objectors: ['encrypt', 'decrypt'],
  },
  'api/rounds': {
    ...api,
    policy: true,
    tables: {
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          leadingKeys: ['POOL#*', 'ROUND#*', 'ROUND-KEYS#*', 'round'],
        },
      ],
      people: [checkInterests],
      workflow: [putOutbox],
      policy: [readGuides],
    },
  },
  'api/treasury': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }],
      budget: [
        { actions: [...aggregate, 'UpdateItem'], leadingKeys: ['POOL#*'] },
        { actions: [...aggregate, 'Query'], leadingKeys: ['ROUND#*', 'CLAWBACK#*'] },
        {
          actions: [...aggregate, 'Query', 'DeleteItem', 'ConditionCheckItem'],
          leadingKeys: ['ORDER#*', 'PAYMENT#*'],
        },
        { actions: ['GetItem'], leadingKeys: ['BANK-ACCOUNT#*'] },
        { actions: [], indexes: ['listing'], leadingKeys: ['order', 'payment-file#*', 'clawback'] },
        ...enterRegister,
      ],
      people: [checkInterests],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    // The one function that may see where awards are paid to.
    accounts: 'decrypt',
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
  'api/audit': {
    ...api,
    tables: {
      applications: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      budget: [{ actions: ['GetItem', 'Query', 'Scan'] }],
    },
  },
  'api/register': {
    ...api,
    tables: { budget: [{ actions: ['Query'], leadingKeys: ['REGISTER#*', 'ROOT#*'] }] },
  },
  'api/reports': {
    ...api,
    policy: true,
    tables: { applications: [{ actions: [], scannedIndexes: ['byOrganisation'] }], policy: [readGuides] },
  },
  'api/public': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: [], indexes: ['awards'] }],
      budget: [{ actions: ['Query'], leadingKeys: ['ROOT#*'] }],
      policy: [readGuides],
    },
  },
} as const satisfies Readonly<Record<Extract<Door, `api/${string}`>, DoorSettings>>;
