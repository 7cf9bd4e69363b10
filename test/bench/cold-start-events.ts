import { allRoutes } from '../../functions/contracts/routes.ts';
import type { Door } from '../../functions/shared/environment.ts';

const ulid = '01J00000000000000000000000';

const claims = {
  sub: 'bench',
  name: 'Bench',
  person_id: 'BENCH-PERSON',
  organisation: '91440106MADEMP01X6',
  organisation_name: 'Bench',
  department: 'bench',
};

/** A request as API Gateway hands it to a function (payload format 2.0). */
function request(
  id: string,
  pathParameters: Readonly<Record<string, string>> = {},
  queryStringParameters: Readonly<Record<string, string>> = {},
  body?: unknown,
): unknown {
  const route = allRoutes.find((candidate) => candidate.id === id);
  if (!route) throw new Error(`no route ${id}`);
  const rawPath = route.path.replace(/\{(\w+)\}/g, (_whole, name: string) => pathParameters[name] ?? '');
  return {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath,
    rawQueryString: new URLSearchParams(queryStringParameters).toString(),
    headers: { host: 'localhost' },
    pathParameters,
    queryStringParameters,
    requestContext: {
      requestId: 'bench',
      http: { method: route.method, path: rawPath, sourceIp: '127.0.0.1' },
      authorizer: { jwt: { claims: { ...claims, roles: `[${route.roles[0] ?? ''}]` }, scopes: null } },
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** What any task of the state machines may ask for; a task takes its part. */
const task = {
  applicationId: ulid,
  roundId: ulid,
  submission: 1,
  attempt: 1,
  planNumber: 1,
  batch: 0,
  from: ulid,
  to: ulid,
  key: `imports/${ulid}`,
  run: 'bench',
  act: 'batch-order',
  wait: 'allocation',
  orderId: ulid,
  token: 'bench',
  error: { Error: 'Bench', Cause: '' },
  failure: { Error: 'Bench', Cause: '' },
};

const arrival = {
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'bench' }, object: { key: `applications/${ulid}/${ulid}`, size: 1 } },
};

const outboxKeys = { pk: { S: `OUTBOX#${ulid}` }, sk: { S: 'MESSAGE' } };
const stream = {
  Records: [
    {
      eventID: '1',
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      dynamodb: { Keys: outboxKeys, NewImage: outboxKeys, SequenceNumber: '1' },
    },
  ],
};

const rowKeys = { pk: { S: `APPLICATION#${ulid}` }, sk: { S: 'HISTORY#000000002' } };
const newRow = {
  Records: [
    { eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: { Keys: rowKeys, SequenceNumber: '1' } },
  ],
};

const screening = {
  Records: [{ dynamodb: { NewImage: { records: { L: [{ S: 'AWARD#bench#1' }] } }, SequenceNumber: '1' } }],
};

const taskKeys = { ...rowKeys, sk: { S: `TASK#${ulid}.1.1.industry.1` } };
const openedTask = {
  Records: [
    { eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: { Keys: taskKeys, SequenceNumber: '1' } },
  ],
};

const domainEvent = {
  source: 'software-support',
  'detail-type': 'ApplicationSubmitted',
  detail: {
    type: 'ApplicationSubmitted',
    id: `${ulid}#2`,
    applicationId: ulid,
    organisation: claims.organisation,
    item: 'dcmm',
    guide: '2026.1',
    at: '2026-11-23T02:00:00.000Z',
    version: 2,
  },
};

/** The smallest event that takes a door to its first call of an AWS service. */
export function smallestEvent(door: Door): unknown {
  switch (door) {
    case 'api/applicant':
      return request('getApplication', { applicationId: ulid });
    case 'api/documents':
      return request('listDocuments', { applicationId: ulid });
    case 'api/reviewer':
      return request('getTask', { taskId: `${ulid}.1.1.industry.1` });
    case 'api/reconsiderations':
      return request('requestReconsideration', { applicationId: ulid }, {}, { grounds: 'bench bench bench' });
    case 'api/expert':
      return request('listMyInvitations');
    case 'api/person':
      return request('listInterests');
    case 'api/adjudicator':
      return request('getAgreement');
    case 'api/rounds':
      return request('getRound', { roundId: ulid });
    case 'api/objections':
      return request('listObjections');
    case 'api/intake':
      return request('requestConfirmation', {}, {}, { via: 'phone', address: '13800000000' });
    case 'api/treasury':
      return request('getOrder', { orderId: ulid });
    case 'api/registry':
      return request('listImports');
    case 'api/imports':
      return request(
        'requestImport',
        { scheme: 'bench' },
        {},
        { fileName: 'bench.csv', contentType: 'text/csv', bytes: 1, sha256: '0'.repeat(64) },
      );
    case 'api/register':
      return request('listRegister');
    case 'api/reports':
      return request('reportAwards', {}, { year: '2026', by: 'clause', format: 'json' });
    case 'api/operator':
      return request('getPool', { poolId: 'software' });
    case 'api/audit':
      return request('getStoredHistory', { applicationId: ulid });
    case 'api/public':
      return request('listAwards');
    case 'api/messages':
      return request('listNotifications');
    case 'events/publish-events':
      return newRow;
    case 'events/index-tasks':
      return openedTask;
    case 'events/notify':
    case 'events/send-mail':
    case 'events/queue-webhooks':
      return domainEvent;
    case 'events/screen-awards':
      return screening;
    case 'events/verify-document':
      return arrival;
    case 'events/relay-outbox':
      return stream;
    case 'events/sweep-outbox':
    case 'events/deliver-webhooks':
    case 'events/remind-reviewers':
    case 'events/remind-applicants':
    case 'events/close-register-day':
    case 'events/verify-audit':
    case 'events/erase-due':
      return { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    default:
      return task;
  }
}
