import type { Door } from '../../functions/shared/environment.ts';
import {
  aggregate,
  channels,
  type DoorSettings,
  enterRegister,
  importRecords,
  keepReads,
  putOutbox,
  readGuides,
  requestScreening,
  type TableAccess,
  webhooks,
} from './rights.ts';

/** Tells who a login is and what is granted to its person, by one request for both; keeps one that was never used. */
const joinLogins: readonly TableAccess<'people'>[] = [
  { actions: ['BatchGetItem'], partitions: ['identity', 'access'] },
  { actions: ['ConditionCheckItem'], partitions: ['access'] },
  { actions: ['PutItem'], partitions: ['identity'] },
  { actions: ['GetItem', 'PutItem'], partitions: ['login'] },
];
/** Looks whether somebody has an interest in what they decide on. */
const checkInterests: TableAccess<'people'> = {
  actions: ['GetItem', 'ConditionCheckItem'],
  partitions: ['person'],
};
/** Looks whether an enterprise is on the list of serious dishonesty. */
const readCredit: TableAccess<'registry'> = { actions: ['GetItem'], partitions: ['credit'] };
/** The same, and holds it to that in the transaction of a decision. */
const checkCredit: TableAccess<'registry'> = {
  actions: ['GetItem', 'ConditionCheckItem'],
  partitions: ['credit'],
};
/** Publishes guides beside, and notes what became of a proposed one; nobody deletes any. */
const publishGuides: TableAccess<'policy'> = { actions: ['GetItem', 'Query', 'PutItem'] };
/** Makes secrets of webhooks, replaces and deletes them, and sees none. */
const replaceSecrets: TableAccess<'messages'> = {
  actions: ['PutItem', 'UpdateItem', 'DeleteItem'],
  partitions: ['secrets'],
};

// API Gateway gives up after 30 s, so a request that takes longer is of no use to anybody.
const api = { memoryMiB: 1024, timeoutSeconds: 29 };

/** Settings and rights of the functions behind the HTTP API. */
export const apiDoors = {
  'api/applicant': {
    applicants: true,
    ...api,
    policy: true,
    tables: {
      people: [...joinLogins, { actions: ['UpdateItem', 'Query'], partitions: ['company'] }],
      applications: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem', 'ConditionCheckItem'],
          indexes: ['byOrganisation'],
        },
      ],
      // A withdrawal lets go of claims, of the place among the candidates and of committed money.
      registry: [{ actions: ['DeleteItem'] }, readCredit],
      budget: [
        { actions: [...aggregate, 'UpdateItem', 'DeleteItem'], partitions: ['pool'] },
        { actions: [...aggregate, 'Query'], partitions: ['bankAccount'] },
        { actions: ['GetItem'], partitions: ['accountReturn'] },
      ],
      workflow: [putOutbox],
      // A submission holds under what is published as it is written.
      policy: [readGuides, { actions: ['ConditionCheckItem'], partitions: ['newest'] }],
    },
    identity: true,
    accounts: 'encrypt',
  },
  'api/documents': {
    applicants: true,
    ...api,
    identity: true,
    policy: true,
    tables: {
      people: joinLogins,
      applications: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
          partitions: ['application'],
        },
        { actions: ['UpdateItem'], partitions: ['quota'] },
      ],
      policy: [readGuides],
    },
    documents: ['PutObject', 'GetObject'],
  },
  'api/dossiers': {
    ...api,
    identity: true,
    tables: {
      reads: [keepReads],
      people: joinLogins,
      applications: [{ actions: ['GetItem', 'Query'], partitions: ['application'] }],
    },
    dossiers: ['GetObject'],
    asksForDossiers: true,
  },
  'api/adjudicator': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      reads: [keepReads],
      applications: [{ actions: [...aggregate, 'Query', 'UpdateItem'], partitions: ['application'] }],
      // Whoever abstains declares an interest. Nobody's are read.
      people: [
        ...joinLogins,
        { actions: ['ConditionCheckItem', 'UpdateItem', 'PutItem'], partitions: ['person'] },
      ],
      registry: [
        { actions: ['BatchGetItem', 'PutItem'], partitions: ['verdict'] },
        { actions: ['Query', 'UpdateItem'], partitions: ['tally'] },
        // A late duplicate lets go of what it claimed.
        { actions: ['DeleteItem'] },
      ],
      budget: [{ actions: [...aggregate, 'UpdateItem', 'DeleteItem'], partitions: ['pool'] }],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    documents: ['GetObject'],
  },
  'api/reviewer': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      reads: [keepReads],
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
          partitions: ['application', 'ranking'],
        },
        { actions: ['Query'], partitions: ['search'] },
        {
          actions: [],
          indexes: [
            ...(['inbox', 'inboxItem', 'inboxKind', 'inboxDistrict', 'inboxPerson', 'inboxTally'] as const),
            'byOrganisation',
          ],
        },
      ],
      people: [
        ...joinLogins,
        {
          actions: ['GetItem', 'PutItem', 'UpdateItem', 'ConditionCheckItem'],
          partitions: ['person', 'department'],
        },
        { actions: ['Query'], partitions: ['company'] },
      ],
      // A district confirms accounts, and has no right to seal one or to open it.
      budget: [
        {
          actions: aggregate,
          indexes: ['listing'],
          partitions: ['bankAccount'],
          listed: ['bankAccount'],
        },
      ],
      registry: [checkCredit],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    documents: ['GetObject'],
  },
  'api/reconsiderations': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      applications: [
        // Tasks are opened and ended, and what their deciders had drafted goes.
        { actions: [...aggregate, 'UpdateItem', 'DeleteItem'], partitions: ['application'] },
        // What is back in its course counts among its enterprise's projects.
        { actions: [...aggregate, 'Query'], partitions: ['competition'] },
      ],
      people: [...joinLogins, checkInterests],
      // It has its claims again.
      registry: [{ actions: ['PutItem'], partitions: ['matter', 'evidence'] }],
      workflow: [putOutbox],
      policy: [readGuides],
    },
  },
  'api/expert': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      reads: [keepReads],
      applications: [
        { actions: [...aggregate, 'Query'], partitions: ['application'] },
        { actions: [], indexes: ['invitations'] },
      ],
      // A score checks the expert's interests; declining may declare one. Nobody's are read.
      people: [
        ...joinLogins,
        { actions: ['ConditionCheckItem', 'UpdateItem', 'PutItem'], partitions: ['person'] },
      ],
      policy: [readGuides],
    },
    documents: ['GetObject'],
  },
  'api/person': {
    ...api,
    identity: true,
    tables: {
      reads: [keepReads],
      people: [
        ...joinLogins,
        {
          actions: [...aggregate, 'Query', 'UpdateItem', 'DeleteItem'],
          partitions: ['person', 'department'],
        },
      ],
    },
  },
  'api/messages': {
    ...api,
    identity: true,
    memoryMiB: 512,
    tables: {
      people: joinLogins,
      messages: [
        {
          actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
          partitions: channels,
        },
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['deliveries'],
          partitions: [...webhooks, 'subscriptionKeys'],
          listed: ['delivery'],
        },
        replaceSecrets,
      ],
    },
  },
  'api/operator': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      applications: [{ actions: aggregate }, { actions: ['Query'], partitions: ['late'] }],
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          partitions: ['pool'],
          listed: ['pool'],
        },
      ],
      people: [...joinLogins, checkInterests],
      messages: [{ actions: [...aggregate, 'Query'], partitions: ['announcements'] }],
      workflow: [putOutbox],
      policy: [publishGuides],
    },
  },
  'api/objections': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      reads: [keepReads],
      // An award that is taken back closes the duplicate case that held it.
      applications: [{ actions: [...aggregate, 'UpdateItem'], partitions: ['application'] }],
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          partitions: ['objection', 'evidence', 'pool'],
          listed: ['objection'],
        },
        { actions: ['DeleteItem'], partitions: ['objectionsOf'] },
      ],
      people: [...joinLogins, checkInterests],
      registry: [
        { actions: ['DeleteItem'], partitions: ['matter', 'evidence'] },
        { actions: aggregate, partitions: ['credit'] },
      ],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    evidence: ['GetObject'],
    // The one function that may read who objects.
    objectors: ['decrypt'],
  },
  'api/intake': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      people: joinLogins,
      applications: [{ actions: ['GetItem'], partitions: ['application'] }],
      budget: [
        // It adds, and reads no objection: what is sealed it could not open anyway.
        { actions: ['PutItem'], partitions: ['objection'] },
        { actions: ['PutItem'], partitions: ['objectionsOf'] },
        { actions: ['ConditionCheckItem'], partitions: ['objectionsOf'] },
        { actions: ['GetItem', 'PutItem'], partitions: ['objectionKeys'] },
        { actions: ['GetItem', 'PutItem', 'UpdateItem'], partitions: ['confirmation', 'intakeLimit'] },
      ],
      policy: [readGuides],
    },
    evidence: ['PutObject'],
    objectors: ['encrypt'],
    contacts: true,
  },
  'api/rounds': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      budget: [
        {
          actions: [...aggregate, 'Query', 'UpdateItem'],
          indexes: ['listing'],
          partitions: ['pool', 'round', 'roundKeys'],
          listed: ['round'],
        },
      ],
      people: [...joinLogins, checkInterests],
      workflow: [putOutbox],
      policy: [readGuides],
    },
  },
  'api/treasury': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      reads: [keepReads],
      applications: [{ actions: aggregate }],
      budget: [
        { actions: [...aggregate, 'UpdateItem'], partitions: ['pool'] },
        { actions: [...aggregate, 'Query'], partitions: ['round', 'resultsFile', 'clawback'] },
        { actions: aggregate, partitions: ['resultsOf'] },
        {
          actions: [...aggregate, 'Query', 'DeleteItem', 'ConditionCheckItem'],
          partitions: ['order', 'paymentFile'],
        },
        { actions: ['GetItem'], partitions: ['bankAccount'] },
        { actions: [...aggregate, 'ConditionCheckItem'], partitions: ['accountReturn'] },
        { actions: [], indexes: ['listing'], listed: ['order', 'paymentFile', 'resultsFile', 'clawback'] },
        ...enterRegister,
      ],
      people: [...joinLogins, checkInterests],
      registry: [readCredit],
      workflow: [putOutbox],
      policy: [readGuides],
    },
    // The one function that may see where awards are paid to.
    accounts: 'decrypt',
    signsPayments: true,
  },
  'api/registry': {
    ...api,
    identity: true,
    // A small import parses and writes thousands of rows within one request.
    memoryMiB: 1769,
    tables: {
      people: joinLogins,
      registry: [
        ...importRecords,
        { actions: ['Query'], partitions: ['imports', 'importFaults', 'importAwards'] },
        { actions: ['GetItem'], partitions: ['importRows'] },
        // That an import stands while one of its rows is decided on.
        { actions: ['ConditionCheckItem'], partitions: ['imports'] },
        // Taking an import back removes what it brought.
        { actions: ['DeleteItem'], partitions: ['award'] },
        { actions: ['BatchGetItem'], partitions: ['gram'] },
        { actions: ['GetItem', 'PutItem'], partitions: ['scheme'] },
        { actions: ['GetItem', 'PutItem', 'Query'], partitions: ['mappings'] },
      ],
      workflow: [requestScreening],
    },
  },
  // Signs for the files of imports, and reads none of them.
  'api/imports': {
    ...api,
    identity: true,
    tables: {
      people: joinLogins,
      registry: [
        { actions: ['PutItem'], partitions: ['imports'] },
        { actions: ['GetItem'], partitions: ['scheme', 'mappings'] },
      ],
    },
    imports: ['PutObject'],
  },
  // The one function that may change what somebody is granted.
  'api/access': {
    ...api,
    identity: true,
    tables: {
      reads: [keepReads],
      people: [
        ...joinLogins,
        { actions: ['GetItem', 'ConditionCheckItem'], partitions: ['identity', 'person'] },
        { actions: aggregate, partitions: ['access'], indexes: ['access'], listed: ['access'] },
      ],
    },
  },
  'api/audit': {
    ...api,
    identity: true,
    tables: {
      reads: [keepReads, { actions: ['Query', 'Scan'], indexes: ['byDay', 'byApplication'] }],
      people: [...joinLogins, { actions: ['GetItem', 'Query', 'Scan'] }],
      applications: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      budget: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      registry: [{ actions: ['Query', 'Scan'] }],
    },
  },
  'api/register': {
    ...api,
    tables: { budget: [{ actions: ['Query'], partitions: ['register', 'roots'] }] },
  },
  'api/reports': {
    ...api,
    identity: true,
    policy: true,
    tables: {
      people: joinLogins,
      applications: [{ actions: [], scannedIndexes: ['byOrganisation'] }],
      policy: [readGuides],
    },
  },
  'api/public': {
    ...api,
    policy: true,
    tables: {
      applications: [{ actions: [], indexes: ['awards'] }],
      budget: [{ actions: ['Query'], partitions: ['roots'] }],
      policy: [readGuides],
    },
  },
  // Files of its own bundle and nothing else.
  'api/portal': { ...api, portal: true, tables: {} },
} as const satisfies Readonly<Record<Extract<Door, `api/${string}`>, DoorSettings>>;
