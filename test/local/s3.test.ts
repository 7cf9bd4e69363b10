import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
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

/** Sends a request with exactly these headers, all of them signed, past whatever the SDK adds. */
function request(
  { endpoint }: S3Service,
  method: string,
  objectKey: string,
  headers: Record<string, string> = {},
  content = '',
  query: Record<string, string> = {},
) {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), 'cn-north-1', 's3', 'aws4_request'];
  const path =
    objectKey === '' ? '/documents' : `/documents/${objectKey.split('/').map(encodeURIComponent).join('/')}`;
  const parameters = new URLSearchParams(Object.entries(query).sort()).toString().replaceAll('+', '%20');
  const given: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-date': time,
    'x-amz-content-sha256': hash(content),
    ...(method === 'PUT' && { 'content-length': String(Buffer.byteLength(content)) }),
    ...headers,
  };
  const names = Object.keys(given).sort();
  const canonical = [
    ...[method, path, parameters, ...names.map((name) => `${name}:${given[name]}`), ''],
    ...[names.join(';'), hash(content)],
  ].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${localCredentials.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical)].join('\n'));
  const credential = `Credential=${[localCredentials.accessKeyId, ...scope].join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`;
  const url = `${endpoint}${path}${parameters && `?${parameters}`}`;
  return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((done, fail) => {
    httpRequest(url, { method, headers: { ...given, authorization } }, async (response) => {
      done({ status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) });
    })
      .on('error', fail)
      .end(content);
  });
}

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

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (If-Match, If-None-Match)
test.each<[string, Record<string, string>, number, string]>([
  ['any version', { 'if-match': '*' }, 501, 'NotImplemented'],
  ['no version of this name', { 'if-none-match': '"abc"' }, 501, 'NotImplemented'],
  ['both', { 'if-match': '"abc"', 'if-none-match': '*' }, 501, 'NotImplemented'],
  ['another version', { 'if-match': '"abc"' }, 412, 'PreconditionFailed'],
  ['no version', { 'if-none-match': '*' }, 412, 'PreconditionFailed'],
])('a write that demands %s of what is there is refused', async (_what, condition, status, code) => {
  const { client, events, service } = await setup();
  await client.send(new PutObjectCommand({ Bucket: 'documents', Key: 'a', Body: 'one' }));
  const response = await request(service, 'PUT', 'a', condition, 'two');
  expect([response.status, response.text]).toEqual([status, expect.stringContaining(`<Code>${code}</Code>`)]);
  expect(events).toHaveLength(1);
});

test('a deletion may demand the version that it read', async () => {
  const { client, service } = await setup();
  const { ETag = '' } = await client.send(
    new PutObjectCommand({ Bucket: 'documents', Key: 'a', Body: 'one' }),
  );
  expect((await request(service, 'DELETE', 'a', { 'if-match': '"other"' })).status).toBe(412);
  expect((await request(service, 'DELETE', 'a', { 'if-match': ETag })).status).toBe(204);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Range, and what S3 says of several ranges)
test.each<[string, number, string]>([
  ['bytes=0-3', 206, '0123'],
  ['bytes=0-0', 206, '0'],
  ['bytes=7-', 206, '789'],
  ['bytes=-4', 206, '6789'],
  ['bytes=-1', 206, '9'],
  ['bytes=-15', 206, '0123456789'],
  ['bytes=0-100', 206, '0123456789'],
  ['bytes=1-0', 200, '0123456789'],
  ['bytes=-', 200, '0123456789'],
  ['bytes=-1-', 200, '0123456789'],
  ['bytes=0--1', 200, '0123456789'],
  ['bytes=0-1,3-4', 200, '0123456789'],
  ['items=0-1', 200, '0123456789'],
  ['0-1', 200, '0123456789'],
  ['bytes=-0', 416, ''],
  ['bytes=10-', 416, ''],
  ['bytes=100-200', 416, ''],
])('the range %s is answered %i', async (range, status, text) => {
  const { client, service } = await setup();
  await client.send(new PutObjectCommand({ Bucket: 'documents', Key: 'a', Body: '0123456789' }));
  for (const method of ['GET', 'HEAD']) {
    const response = await request(service, method, 'a', { range });
    expect(response.status).toBe(status);
    if (status === 416) {
      if (method === 'GET') expect(response.text).toContain('<ActualObjectSize>10</ActualObjectSize>');
      continue;
    }
    expect(response.headers['content-length']).toBe(String(text.length));
    const first = '0123456789'.indexOf(text);
    const place = `bytes ${first}-${first + text.length - 1}/10`;
    expect(response.headers['content-range']).toBe(status === 206 ? place : undefined);
    expect(response.text).toBe(method === 'GET' ? text : '');
  }
});

test.each(['bytes=0-', 'bytes=0-3', 'bytes=-4'])(
  'no range of an empty object is there: %s',
  async (range) => {
    const { service } = await setup();
    await request(service, 'PUT', 'empty');
    expect((await request(service, 'GET', 'empty', { range })).status).toBe(416);
    expect(await request(service, 'GET', 'empty')).toMatchObject({ status: 200, text: '' });
  },
);

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (which condition comes first)
test('a read may ask whether the object has changed', async () => {
  const { client, service } = await setup();
  const { ETag = '' } = await client.send(
    new PutObjectCommand({ Bucket: 'documents', Key: 'a', Body: 'one' }),
  );
  const bare = ETag.replaceAll('"', '');
  const date = (seconds: number) => new Date(Date.now() + seconds * 1_000).toUTCString();
  const [before, after] = [date(-60), date(60)];
  const cases: [Record<string, string>, number][] = [
    [{ 'if-match': ETag }, 200],
    [{ 'if-match': bare }, 200],
    [{ 'if-match': `"x", ${ETag}` }, 200],
    [{ 'if-match': '"x"' }, 412],
    [{ 'if-match': '"x"', 'if-none-match': ETag }, 412],
    [{ 'if-match': ETag, 'if-unmodified-since': before }, 200],
    [{ 'if-unmodified-since': before }, 412],
    [{ 'if-unmodified-since': after }, 200],
    [{ 'if-none-match': ETag }, 304],
    [{ 'if-none-match': bare }, 304],
    [{ 'if-none-match': `"x", ${ETag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"x"', 'if-modified-since': date(0) }, 200],
    [{ 'if-modified-since': before }, 200],
    [{ 'if-modified-since': after }, 200],
    [{ 'if-none-match': ETag, range: 'bytes=0-0' }, 304],
  ];
  for (const [headers, status] of cases) {
    for (const method of ['GET', 'HEAD']) {
      expect([headers, (await request(service, method, 'a', headers)).status]).toEqual([headers, status]);
    }
  }
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html; values of the catalogue of
// parametrised CRC algorithms and of FIPS 180.
const checksums = [
  ['crc32', 'y/Q5Jg=='],
  ['crc32c', '4waSgw=='],
  ['crc64nvme', 'rosUhgp5mIg='],
  ['sha1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
  ['sha256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
] as const;
test.each(checksums)('a %s of an upload is checked, kept and answered', async (name, value) => {
  const { events, service } = await setup();
  const header = `x-amz-checksum-${name}`;
  const put = (claimed: string) => request(service, 'PUT', 'a', { [header]: claimed }, '123456789');
  const wrong = Buffer.from(value, 'base64');
  wrong[0] = ~(wrong[0] ?? 0);
  const different = await put(wrong.toString('base64'));
  expect(different.status).toBe(400);
  expect(different.text).toContain('<Code>BadDigest</Code>');
  expect(different.text).toContain(`The ${name.toUpperCase()} you specified did not match`);
  const malformed = await put('1234');
  expect(malformed.text).toContain(`Value for ${header} header is invalid.`);
  expect(events).toEqual([]);
  const right = await put(value);
  expect([right.status, right.headers[header]]).toEqual([200, value]);
  expect(right.headers['x-amz-checksum-type']).toBe('FULL_OBJECT');
  for (const method of ['GET', 'HEAD']) {
    const asked = await request(service, method, 'a', { 'x-amz-checksum-mode': 'ENABLED' });
    expect(asked.headers[header]).toBe(value);
    expect((await request(service, method, 'a')).headers[header]).toBeUndefined();
    const part = await request(service, method, 'a', { 'x-amz-checksum-mode': 'ENABLED', range: 'bytes=1-' });
    expect(part.headers[header]).toBeUndefined();
  }
});

test('an upload without a checksum gets one, with two it is refused, and a digest has to be one', async () => {
  const { service } = await setup();
  const plain = await request(service, 'PUT', 'a', {}, '123456789');
  expect(plain.headers['x-amz-checksum-crc64nvme']).toBe('rosUhgp5mIg=');
  const both = { 'x-amz-checksum-crc32': 'y/Q5Jg==', 'x-amz-checksum-crc32c': '4waSgw==' };
  const two = await request(service, 'PUT', 'a', both, '123456789');
  expect([two.status, two.text]).toEqual([
    400,
    expect.stringContaining('Expecting a single x-amz-checksum-'),
  ]);
  const digest = await request(service, 'PUT', 'a', { 'content-md5': 'abc' }, '123456789');
  expect([digest.status, digest.text]).toEqual([400, expect.stringContaining('<Code>InvalidDigest</Code>')]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html: what has to be signed.
test.each(['x-amz-meta-note', 'x-amz-checksum-crc32', 'x-amz-acl', 'x-amz-expires', 'x-amz-storage-class'])(
  'a presigned upload with %s, which its link does not know, is refused with 403',
  async (name) => {
    const { client, events } = await setup();
    const response = await upload(await presignPut(client), { headers: { [name]: 'x' } });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain(`<HeadersNotSigned>${name}</HeadersNotSigned>`);
    expect(events).toEqual([]);
  },
);

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (MissingContentLength)
test('an upload of a length that it does not tell is refused with 411', async () => {
  const { client, events } = await setup();
  const command = new PutObjectCommand({ Bucket: 'documents', Key: 'a' });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('abc'));
      controller.close();
    },
  });
  const response = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
  expect([response.status, await response.text()]).toEqual([
    411,
    expect.stringContaining('<Code>MissingContentLength</Code>'),
  ]);
  expect(events).toEqual([]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingAWSSDK.html#specify-signature-version
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: InvalidURI.
test('a path with escapes that are none is refused', async () => {
  const { client } = await setup();
  for (const path of ['%zz', 'a%', '%C3%28']) {
    const response = await fetch((await presignPut(client)).replace(/(documents\/)[^?]*/, `$1${path}`));
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('InvalidURI')]);
  }
});

test('a signature of version 2 is refused', async () => {
  const { client } = await setup();
  const url = (await presignPut(client)).replace(
    /\?.*/,
    '?AWSAccessKeyId=local&Expires=9999999999&Signature=x',
  );
  expect((await upload(url)).status).toBe(400);
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

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
test('a bucket is listed in pages, in the order of bytes, and a common prefix counts as one', async () => {
  const { client, service } = await setup();
  const keys = ['a', 'a!', 'a/b', 'a/c', 'a0', 'b//x', 'b/y', 'z', '\u{1F600}', '\uFF5E'];
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: 'documents', Key, Body: 'x' }));
  const sorted = keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const pages = async (options: Partial<ListObjectsV2CommandInput>) => {
    const found: string[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const input = { Bucket: 'documents', ...options, ContinuationToken };
      const page = await client.send(new ListObjectsV2Command(input));
      const names = [...(page.Contents ?? []), ...(page.CommonPrefixes ?? [])];
      expect([page.KeyCount, page.ContinuationToken]).toEqual([names.length, ContinuationToken]);
      expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
      found.push(names.map((one) => ('Key' in one ? one.Key : 'Prefix' in one ? one.Prefix : '') ?? ''));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  };
  expect(await pages({})).toEqual([sorted]);
  expect(await pages({ MaxKeys: 3 })).toEqual([
    sorted.slice(0, 3),
    sorted.slice(3, 6),
    sorted.slice(6, 9),
    sorted.slice(9),
  ]);
  expect(await pages({ Delimiter: '/', MaxKeys: 1 })).toEqual(
    ['a', 'a!', 'a/', 'a0', 'b/', 'z', ...sorted.slice(-2)].map((one) => [one]),
  );
  expect(await pages({ Prefix: 'a/', Delimiter: '/' })).toEqual([['a/b', 'a/c']]);
  expect(await pages({ StartAfter: 'a/b', Delimiter: '/' })).toEqual([
    ['a0', 'z', ...sorted.slice(-2), 'b/'],
  ]);
  const wrong = { Bucket: 'documents', ContinuationToken: 'AAAA' };
  await expect(client.send(new ListObjectsV2Command(wrong))).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
  const first = await client.send(
    new ListObjectsCommand({ Bucket: 'documents', Delimiter: '/', MaxKeys: 3 }),
  );
  expect([first.NextMarker, first.IsTruncated]).toEqual(['a/', true]);
  const marked = { Bucket: 'documents', Delimiter: '/', Marker: 'a/' };
  const rest = await client.send(new ListObjectsCommand(marked));
  expect([rest.Contents?.[0]?.Key, rest.IsTruncated, rest.NextMarker]).toEqual(['a0', false, undefined]);
  const encoded = await request(service, 'GET', '', {}, '', {
    'list-type': '2',
    'encoding-type': 'url',
    prefix: '\uFF5E',
  });
  expect(encoded.text).toContain('<Key>%EF%BD%9E</Key>');
  const unknown = await request(service, 'GET', '', {}, '', { 'list-type': '2', 'encoding-type': 'x' });
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('InvalidArgument')]);
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: up to 1,024 bytes of UTF-8.
test('a key may be long, and its segments anything but two dots', async () => {
  const { client, service, events } = await setup();
  const keys = [
    'x'.repeat(1_024),
    '\u7a57'.repeat(341),
    `${'d'.repeat(300)}/${'f'.repeat(300)}`,
    'a//b',
    'a/b',
    'a/./b',
    'a/b/',
    'a/b//',
  ];
  for (const one of keys) {
    const put = new PutObjectCommand({ Bucket: 'documents', Key: one, Body: `of ${one}` });
    await client.send(put);
  }
  const list = await client.send(new ListObjectsV2Command({ Bucket: 'documents' }));
  expect(list.Contents?.map(({ Key }) => Key).toSorted()).toEqual(keys.toSorted());
  expect(events.map(({ detail }) => Object(detail['object']).key)).toEqual(keys);
  for (const one of keys) {
    const got = await client.send(new GetObjectCommand({ Bucket: 'documents', Key: one }));
    expect(await got.Body?.transformToString()).toBe(`of ${one}`);
    await client.send(new DeleteObjectCommand({ Bucket: 'documents', Key: one }));
  }
  expect((await client.send(new ListObjectsV2Command({ Bucket: 'documents' }))).KeyCount).toBe(0);
  for (const one of ['x'.repeat(1_025), '\u7a57'.repeat(342)]) {
    const response = await request(service, 'PUT', one);
    expect([response.status, response.text]).toEqual([
      400,
      expect.stringContaining('<Code>KeyTooLongError</Code>'),
    ]);
  }
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html, and the errors of each operation's page
test('an object comes in parts as S3 takes them', async () => {
  const { client, events } = await setup();
  const at = { Bucket: 'documents', Key: 'parts' };
  const begin = async () => (await client.send(new CreateMultipartUploadCommand(at))).UploadId ?? '';
  const UploadId = await begin();
  const part = (PartNumber: number, Body: string | Buffer, more: object = {}) =>
    client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...more }));
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[], more: object = {}) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...more }));
  const big = Buffer.alloc(5 * 1_024 * 1_024, 'a');
  const one = { PartNumber: 1, ETag: (await part(1, big)).ETag };
  const three = { PartNumber: 3, ETag: (await part(3, 'end')).ETag };
  await expect(part(0, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(part(10_001, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(part(2, 'x', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(part(2, 'x', { Key: 'other' })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(part(2, 'x', { UploadId: 'abc' })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  const parts = await client.send(new ListPartsCommand({ ...at, UploadId, MaxParts: 1 }));
  expect(parts).toMatchObject({
    Parts: [{ PartNumber: 1, Size: big.length, ETag: one.ETag }],
    ...{ IsTruncated: true, NextPartNumberMarker: '1' },
  });
  await expect(complete([three, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([one, { PartNumber: 2, ETag: one.ETag }])).rejects.toMatchObject({
    name: 'InvalidPart',
  });
  await expect(complete([one, { ...three, ETag: '"x"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete([one, three], { UploadId: 'abc' })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  const small = { PartNumber: 2, ETag: (await part(2, 'small')).ETag };
  await expect(complete([one, small, three])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  expect(events).toEqual([]);

  const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest();
  const etag = `${md5(Buffer.concat([md5(big), md5('end')])).toString('hex')}-2`;
  expect((await complete([one, three])).ETag).toBe(`"${etag}"`);
  const head = await client.send(new HeadObjectCommand(at));
  expect([head.ContentLength, head.ETag]).toEqual([big.length + 3, `"${etag}"`]);
  expect(events).toMatchObject([{ detail: { object: { etag }, reason: 'CompleteMultipartUpload' } }]);
  await expect(complete([one, three])).rejects.toMatchObject({ name: 'NoSuchUpload' });

  const given = { ...at, UploadId: await begin() };
  await client.send(new UploadPartCommand({ ...given, PartNumber: 1, Body: 'x' }));
  await client.send(new AbortMultipartUploadCommand(given));
  await expect(client.send(new ListPartsCommand(given))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(client.send(new AbortMultipartUploadCommand(given))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  });
});
