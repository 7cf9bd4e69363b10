import type { Door } from '../../functions/shared/environment.ts';
import {
  aggregate,
  channels,
  type DoorSettings,
  putOutbox,
  readGuides,
  type TableAccess,
  webhooks,
} from './rights.ts';

/** Signs with the secrets of webhooks; deletes one when its receiver is gone. */
const useSecrets: TableAccess<'messages'> = { actions: ['Query', 'DeleteItem'], partitions: ['secrets'] };
/** Reads messages and tokens, and marks a message as delivered. */
const deliverOutbox = ['GetItem', 'Query', 'UpdateItem'] as const;
/** Goes on with an announcement. */
const goOnAnnouncing: TableAccess<'messages'> = { actions: aggregate, partitions: ['announcements'] };
/** Tells everybody of an item, and changes nothing of their applications. */
const announce: readonly TableAccess<'applications'>[] = [
  { actions: ['BatchWriteItem'], partitions: ['told'] },
  { actions: [], indexes: ['byItem'] },
];

/** Settings and rights of the functions that events and clocks call. */
export const eventDoors = {
  'events/verify-document': {
    // Streams the largest document that a guide allows through a hash; more memory means more network and processor.
    memoryMiB: 1024,
    timeoutSeconds: 120,
    tables: {
      applications: [{ actions: ['GetItem', 'UpdateItem'] }],
      budget: [
        { actions: ['GetItem'], partitions: ['objection'] },
        { actions: ['PutItem', 'Query'], partitions: ['evidence'] },
      ],
      workflow: [
        { actions: ['GetItem', 'PutItem', 'UpdateItem'], partitions: ['scan'] },
        { actions: [], indexes: ['pending'], listed: ['scan'] },
      ],
    },
    documents: ['GetObject'],
    evidence: ['GetObject'],
    seesMissing: true,
  },
  'events/make-dossier': {
    // Every document of a submission twice through a hash, and once into the archive: the processor sets the pace.
    memoryMiB: 1769,
    timeoutSeconds: 900,
    policy: true,
    font: true,
    tables: {
      applications: [{ actions: ['GetItem', 'Query'], partitions: ['application'] }],
      policy: [readGuides],
    },
    documents: ['GetObject'],
    dossiers: ['PutObject', 'AbortMultipartUpload'],
  },
  'events/publish-events': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: {
      applications: [{ actions: ['GetItem'], partitions: ['application', 'told', 'late'] }],
      budget: [{ actions: ['GetItem'], partitions: ['bankAccount'] }],
    },
  },
  'events/notify': {
    memoryMiB: 512,
    timeoutSeconds: 30,
    policy: true,
    tables: { messages: [{ actions: ['PutItem'], partitions: [...channels, 'event'] }] },
  },
  'events/send-mail': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    policy: true,
    tables: {
      messages: [
        { actions: ['Query'], partitions: channels },
        { actions: ['PutItem'], partitions: ['event'] },
      ],
    },
  },
  'events/remind-reviewers': {
    retries: false,
    memoryMiB: 512,
    // An hour lies between two runs; what one does not reach, the next does.
    timeoutSeconds: 300,
    policy: true,
    tables: {
      applications: [
        { actions: ['BatchGetItem', 'PutItem', 'ConditionCheckItem'], partitions: ['application'] },
        { actions: [], indexes: ['inbox'] },
      ],
    },
  },
  'events/remind-applicants': {
    retries: false,
    memoryMiB: 512,
    // An hour lies between two runs; what one does not reach, the next does.
    timeoutSeconds: 300,
    policy: true,
    tables: {
      applications: [
        { actions: ['ConditionCheckItem'], partitions: ['application'] },
        { actions: ['BatchGetItem', 'PutItem'], partitions: ['told'] },
        { actions: [], indexes: ['byItem'] },
      ],
      policy: [readGuides],
    },
  },
  'events/screen-awards': {
    memoryMiB: 1024,
    timeoutSeconds: 120,
    policy: true,
    tables: {
      applications: [{ actions: aggregate, partitions: ['application'] }],
      registry: [
        { actions: ['BatchGetItem', 'GetItem', 'Query'] },
        { actions: ['UpdateItem'], partitions: ['award', 'tally'] },
      ],
      policy: [readGuides],
    },
  },
  'events/index-tasks': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: {
      applications: [
        { actions: ['GetItem'], partitions: ['application'] },
        { actions: ['BatchWriteItem'], partitions: ['search'] },
      ],
    },
  },
  'events/queue-webhooks': {
    memoryMiB: 512,
    // One attempt at each receiver, side by side, of ten seconds at most.
    timeoutSeconds: 60,
    tables: {
      messages: [{ actions: [...aggregate, 'Query', 'UpdateItem'], partitions: webhooks }, useSecrets],
    },
  },
  'events/deliver-webhooks': {
    retries: false,
    memoryMiB: 512,
    // Below its period of a minute, so that two runs seldom meet.
    timeoutSeconds: 55,
    tables: {
      messages: [
        { actions: ['GetItem', 'UpdateItem'], partitions: webhooks },
        { actions: [], indexes: ['due'], listed: ['delivery'] },
        useSecrets,
      ],
    },
  },
  'events/close-register-day': {
    retries: false,
    memoryMiB: 512,
    // A day takes milliseconds; the first run of a year's register publishes every day of it.
    timeoutSeconds: 300,
    tables: {
      budget: [
        { actions: ['Query'], partitions: ['register', 'roots'] },
        { actions: ['PutItem'], partitions: [{ of: 'roots', from: '2' }] },
        { actions: ['UpdateItem'], partitions: ['fence'] },
      ],
    },
  },
  'events/verify-audit': {
    retries: false,
    // It reads every history and ledger; what it has no time for is said, and an alarm tells of it.
    memoryMiB: 2048,
    timeoutSeconds: 900,
    heads: true,
    tables: {
      applications: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      budget: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      people: [{ actions: ['GetItem', 'Query', 'Scan'] }],
      registry: [{ actions: ['Query', 'Scan'] }],
      reads: [{ actions: ['Query', 'Scan'] }],
      policy: [readGuides],
    },
  },
  'events/erase-due': {
    retries: false,
    memoryMiB: 1024,
    // A run goes on where the one before stopped, a quarter of an hour earlier.
    timeoutSeconds: 840,
    policy: true,
    erasesFiles: true,
    tables: {
      applications: [
        { actions: ['Scan'] },
        { actions: [...aggregate, 'Query', 'DeleteItem', 'ConditionCheckItem'], partitions: ['application'] },
        { actions: ['UpdateItem'], partitions: ['quota'] },
      ],
      budget: [
        { actions: aggregate, partitions: ['objection'] },
        { actions: [], indexes: ['listing'], listed: ['objection'] },
      ],
      people: [
        { actions: ['PutItem'], partitions: ['erasures'] },
        { actions: [...aggregate, 'Query', 'DeleteItem'], partitions: ['erasing'] },
        { actions: ['GetItem', 'ConditionCheckItem'], partitions: ['hold'] },
      ],
      registry: [{ actions: ['BatchWriteItem'], partitions: ['identityTrace', 'documentTrace'] }],
      workflow: [{ actions: ['DeleteItem'], partitions: ['scan'] }],
    },
  },
  'events/relay-outbox': {
    memoryMiB: 512,
    timeoutSeconds: 60,
    tables: {
      applications: announce,
      messages: [goOnAnnouncing],
      workflow: [{ actions: deliverOutbox }, putOutbox],
    },
  },
  'events/sweep-outbox': {
    retries: false,
    memoryMiB: 512,
    // Below its period of a minute, so that two sweeps do not meet.
    timeoutSeconds: 50,
    tables: {
      applications: announce,
      messages: [goOnAnnouncing],
      workflow: [{ actions: deliverOutbox, indexes: ['pending'] }, putOutbox],
    },
  },
} as const satisfies Readonly<Record<Extract<Door, `events/${string}`>, DoorSettings>>;
