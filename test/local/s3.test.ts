import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, expect, test, vi } from 'vitest';
import type { BusEvent, S3Service } from '../../local/contracts.ts';
import { localCredentials } from '../../local/credentials.ts';
import { startS3 } from '../../local/s3/service.ts';
import { type TestOptions, testOptions } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const bucketProperties = {
  BucketName: 'documents',
  BucketEncryption: {},
  VersioningConfiguration: { Status: 'Enabled' },
  NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  CorsConfiguration: {
    CorsRules: [
      {
        AllowedOrigins: ['https://portal.example'],
        AllowedMethods: ['PUT', 'GET'],
        AllowedHeaders: ['*'],
        ExposedHeaders: ['ETag'],
        MaxAge: 600,
      },
    ],
  },
};

async function setup(options: TestOptions = testOptions()) {
  cleanups.push(() => options.removeData());
  const events: BusEvent[] = [];
  const service = await startS3(options, (event) => events.push(event));
  cleanups.push(() => service.stop());
  const bucket = await service.ensureBucket('DocumentsBucket', bucketProperties);
  service.start();
  return { options, events, service, bucket, client: clientOf(service) };
}

function clientOf(service: S3Service) {
  vi.stubEnv('AWS_ENDPOINT_URL_S3', service.endpoint);
  const client = new S3Client({ region: 'cn-north-1', credentials: localCredentials });
  cleanups.push(
    () => client.destroy(),
    () => vi.unstubAllEnvs(),
  );
  return client;
}

const body = Buffer.from('%PDF-1.7 a certificate');
const sha256 = createHash('sha256').update(body).digest('base64');
const headers = {
  'content-type': 'application/pdf',
  'content-length': String(body.length),
  'x-amz-checksum-sha256': sha256,
  'if-none-match': '*',
};
const key = 'applications/01/证书 +1.pdf';

function presignPut(client: S3Client, expiresIn = 60, objectKey = key) {
  const command = new PutObjectCommand({
    Bucket: 'documents',
    Key: objectKey,
    ContentType: 'application/pdf',
    ContentLength: body.length,
    ChecksumSHA256: sha256,
    IfNoneMatch: '*',
  });
  const names = new Set(Object.keys(headers));
  return getSignedUrl(client, command, { expiresIn, signableHeaders: names, unhoistableHeaders: names });
}

const upload = (url: string, init: RequestInit = {}) =>
  fetch(url, { method: 'PUT', body, ...init, headers: { ...headers, ...init.headers } });

test('a bucket has its name, its ARN and an endpoint for the SDK', async () => {
  const { bucket, client, service } = await setup();
  expect(bucket).toEqual({
    ref: 'documents',
    attributes: {
      Arn: 'arn:aws-cn:s3:::documents',
      DomainName: 'documents.s3.amazonaws.com.cn',
      RegionalDomainName: 'documents.s3.cn-north-1.amazonaws.com.cn',
    },
  });
  await client.send(new PutObjectCommand({ Bucket: 'documents', Key: key, Body: body }));
  const head = await client.send(new HeadObjectCommand({ Bucket: 'documents', Key: key }));
  expect(head.ContentLength).toBe(body.length);
  const got = await client.send(new GetObjectCommand({ Bucket: 'documents', Key: key }));
  expect(await got.Body?.transformToByteArray()).toEqual(new Uint8Array(body));
  const { ref } = await service.ensureBucket('OtherBucket', {});
  expect(ref).toBe('otherbucket');
});

test('a property that nobody knows stops the start with its name', async () => {
  const { service } = await setup();
  await expect(service.ensureBucket('Site', { WebsiteConfiguration: {} })).rejects.toThrow(
    /Site \(AWS::S3::Bucket\): WebsiteConfiguration/,
  );
  const lambdas = { NotificationConfiguration: { LambdaConfigurations: [] } };
  await expect(service.ensureBucket('Site', lambdas)).rejects.toThrow(
    'NotificationConfiguration.LambdaConfigurations',
  );
});

test('a presigned upload with every header signed is stored, and a presigned download gives it', async () => {
  const { client } = await setup();
  const put = await upload(await presignPut(client));
  expect([put.status, await put.text()]).toEqual([200, '']);
  const command = new GetObjectCommand({ Bucket: 'documents', Key: key });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });
  const got = await fetch(url);
  expect(got.headers.get('content-type')).toBe('application/pdf');
  expect(Buffer.from(await got.arrayBuffer())).toEqual(body);
});

test.each<[string, RequestInit]>([
  ['another type', { headers: { 'content-type': 'text/html' } }],
  ['another size', { body: 'short', headers: { 'content-length': '5' } }],
  ['another checksum', { headers: { 'x-amz-checksum-sha256': 'AAAA' } }],
  ['another condition', { headers: { 'if-none-match': '"x"' } }],
])('a presigned upload with %s is refused with 403', async (_what, init) => {
  const { client, events } = await setup();
  const response = await upload(await presignPut(client), init);
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  expect(events).toEqual([]);
});

test('a presigned upload to another key, without a signature or too late is refused with 403', async () => {
  const { client } = await setup();
  const url = await presignPut(client);
  expect((await upload(url.replace('applications/01', 'applications/02'))).status).toBe(403);
  expect((await upload(url.replace(/\?.*/, ''))).status).toBe(403);
  expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403);
  const expired = await upload(await presignPut(client, -5));
  expect(expired.status).toBe(403);
  expect(await expired.text()).toContain('Request has expired');
});

test('a download may be named with any characters, and a bucket be listed', async () => {
  const { client } = await setup();
  await upload(await presignPut(client));
  const disposition = "attachment; filename*=UTF-8''a%20%281%29!*.pdf";
  const command = new GetObjectCommand({
    Bucket: 'documents',
    Key: key,
    ResponseContentDisposition: disposition,
  });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });
  const response = await fetch(url);
  expect([response.status, response.headers.get('content-disposition')]).toEqual([200, disposition]);
  expect((await fetch(url.replace('1%2529', '2%2529'))).status).toBe(403);
  const late = await getSignedUrl(client, command, {
    expiresIn: 60,
    signingDate: new Date(Date.now() - 90_000),
  });
  expect((await fetch(late)).status).toBe(403);
  const list = await client.send(new ListObjectsV2Command({ Bucket: 'documents', Prefix: 'applications/' }));
  expect(list.Contents?.map(({ Key }) => Key)).toEqual([key]);
  const stranger = new S3Client({
    region: 'cn-north-1',
    credentials: { ...localCredentials, secretAccessKey: 'guessed' },
  });
  cleanups.push(() => stranger.destroy());
  const denied = stranger.send(new ListObjectsV2Command({ Bucket: 'documents' }));
  await expect(denied).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('bytes that are not what the checksum says are refused and not stored', async () => {
  const { client, events } = await setup();
  const other = Buffer.from(body);
  other[3] = 0;
  const response = await upload(await presignPut(client), { body: other });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('<Code>BadDigest</Code>');
  const head = client.send(new HeadObjectCommand({ Bucket: 'documents', Key: key }));
  await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  expect(events).toEqual([]);
});

test('of many conditional uploads at once exactly one is stored, the others get 412', async () => {
  const { client, events, options } = await setup();
  const url = await presignPut(client);
  const responses = await Promise.all(Array.from({ length: 20 }, () => upload(url)));
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, ...Array<number>(19).fill(412)]);
  const refused = responses.find(({ status }) => status === 412);
  expect(await refused?.text()).toContain('<Code>PreconditionFailed</Code>');
  expect(events).toHaveLength(1);
  expect(readdirSync(join(options.dataDir, 's3-incoming'))).toEqual([]);
  const again = new PutObjectCommand({ Bucket: 'documents', Key: key, Body: 'x', IfNoneMatch: '*' });
  await expect(client.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('a write may demand the version that it read', async () => {
  const { client } = await setup();
  const put = (Body: string, IfMatch?: string) =>
    client.send(new PutObjectCommand({ Bucket: 'documents', Key: key, Body, ...(IfMatch && { IfMatch }) }));
  const { ETag } = await put('one');
  await put('two', ETag);
  await expect(put('three', ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

test('an upload that breaks off leaves nothing', async () => {
  const { client, events, options } = await setup();
  const url = new URL(await presignPut(client));
  const { request } = await import('node:http');
  const started = request(url, { method: 'PUT', headers });
  started.on('error', () => {});
  started.write(body.subarray(0, 5));
  await vi.waitUntil(() => readdirSync(join(options.dataDir, 's3-incoming')).length === 1);
  started.destroy();
  await vi.waitUntil(() => readdirSync(join(options.dataDir, 's3-incoming')).length === 0);
  const head = client.send(new HeadObjectCommand({ Bucket: 'documents', Key: key }));
  await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  expect(events).toEqual([]);
});

test('a browser of an allowed origin may upload, and sees refusals too', async () => {
  const { client } = await setup();
  const url = await presignPut(client);
  const ask = (origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type,if-none-match,x-amz-checksum-sha256',
      },
    });
  const preflight = await ask('https://portal.example');
  expect(preflight.status).toBe(200);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('if-none-match');
  expect((await ask('https://elsewhere.example')).status).toBe(403);

  const expired = await presignPut(client, -5);
  for (const [status, link] of [
    [200, url],
    [412, url],
    [403, expired],
  ] as const) {
    const response = await upload(link, { headers: { origin: 'https://portal.example' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://portal.example');
    expect(response.headers.get('access-control-expose-headers')).toBe('ETag');
  }
});

test('CORS that the template no longer has is gone after a restart', async () => {
  const { service, client } = await setup();
  await service.ensureBucket('DocumentsBucket', { ...bucketProperties, CorsConfiguration: undefined });
  const response = await upload(await presignPut(client), { headers: { origin: 'https://portal.example' } });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('creation and deletion are published as S3 does', async () => {
  const { client, events } = await setup();
  await upload(await presignPut(client));
  expect(events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'cn-north-1',
      resources: ['arn:aws-cn:s3:::documents'],
      detail: {
        version: '0',
        bucket: { name: 'documents' },
        object: {
          key,
          size: body.length,
          etag: createHash('md5').update(body).digest('hex'),
          sequencer: expect.stringMatching(/^[0-9A-F]+$/),
        },
        'request-id': expect.any(String),
        requester: '000000000000',
        'source-ip-address': expect.stringContaining('127.0.0.1'),
        reason: 'PutObject',
      },
    },
  ]);
  const copy = new CopyObjectCommand({
    Bucket: 'documents',
    Key: 'copy',
    CopySource: encodeURI(`documents/${key}`),
  });
  await client.send(copy);
  await client.send(new DeleteObjectCommand({ Bucket: 'documents', Key: 'copy' }));
  await client.send(new DeleteObjectsCommand({ Bucket: 'documents', Delete: { Objects: [{ Key: key }] } }));
  expect(events.slice(1)).toMatchObject([
    { 'detail-type': 'Object Created', detail: { object: { key: 'copy' }, reason: 'CopyObject' } },
    {
      'detail-type': 'Object Deleted',
      detail: {
        object: { key: 'copy' },
        reason: 'DeleteObject',
        'deletion-type': 'Delete Marker Created',
      },
    },
    { 'detail-type': 'Object Deleted', detail: { object: { key } } },
  ]);
});

test('a bucket without the setting publishes nothing', async () => {
  const { client, events, service } = await setup();
  await service.ensureBucket('Quiet', { BucketName: 'quiet' });
  await client.send(new PutObjectCommand({ Bucket: 'quiet', Key: 'a', Body: 'a' }));
  expect(events).toEqual([]);
});

test('objects and the port are the same after a restart, so that links stay valid', async () => {
  const first = await setup();
  await upload(await presignPut(first.client));
  const command = new GetObjectCommand({ Bucket: 'documents', Key: key });
  const url = await getSignedUrl(first.client, command, { expiresIn: 60 });
  await Promise.all([first.service.stop(), first.service.stop()]);
  await expect(fetch(url)).rejects.toThrow();

  const second = await setup(testOptions(first.options.dataDir));
  expect(second.service.endpoint).toBe(first.service.endpoint);
  expect((await fetch(url)).status).toBe(200);
  await second.service.stop();

  const squatter = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  cleanups.push(() => squatter.close());
  const third = await setup(testOptions(first.options.dataDir));
  expect(third.service.endpoint).not.toBe(first.service.endpoint);
  expect(third.options.lines.join()).toMatch(/S3: port \d+ is taken/);
});

test('the event of an upload that was stored just before a crash is published at the next start', async () => {
  const first = await setup();
  const crash = await startS3(testOptions(first.options.dataDir), () => {
    throw new Error('crash');
  });
  cleanups.push(() => crash.stop());
  await crash.ensureBucket('DocumentsBucket', bucketProperties);
  crash.start();
  const response = await upload(await presignPut(clientOf(crash)));
  expect(response.status).toBe(500);
  // A second intent whose write never happened.
  const intents = join(first.options.dataDir, 's3-intents.jsonl');
  const event = { version: '0', id: '1', 'detail-type': 'x', source: 'aws.s3', account: '0', time: 't' };
  const missing = {
    event: { ...event, region: 'r', resources: [], detail: {} },
    path: join(first.options.dataDir, 'nowhere'),
    modifiedMs: statSync(intents).mtimeMs,
  };
  appendFileSync(intents, `${JSON.stringify({ id: '9', entry: missing })}\n`);

  const second = await setup(testOptions(first.options.dataDir));
  expect(second.events).toMatchObject([{ 'detail-type': 'Object Created', detail: { object: { key } } }]);
  await second.service.stop();
  const third = await setup(testOptions(first.options.dataDir));
  expect(third.events).toEqual([]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: ServiceUnavailable is a 503, which clients try again.
test('until every bucket is known requests are answered 503, and an upload is neither stored nor forgotten', async () => {
  const first = await setup();
  const url = await presignPut(first.client);
  await first.service.stop();

  const events: BusEvent[] = [];
  const service = await startS3(testOptions(first.options.dataDir), (event) => events.push(event));
  cleanups.push(() => service.stop());
  expect(service.endpoint).toBe(first.service.endpoint);
  const early = await upload(url);
  expect([early.status, await early.text()]).toEqual([503, expect.stringContaining('ServiceUnavailable')]);
  await service.ensureBucket('OtherBucket', { ...bucketProperties, BucketName: 'other' });
  expect((await upload(url)).status).toBe(503);
  await service.ensureBucket('DocumentsBucket', bucketProperties);
  expect((await upload(url)).status).toBe(503);
  service.start();
  expect((await upload(url)).status).toBe(200);
  expect(events).toMatchObject([{ detail: { object: { key } } }]);
});
