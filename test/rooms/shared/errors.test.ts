import { Agent, createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isTransient } from '../../../functions/shared/errors.ts';

/** Asks every service that doors ask, once each, and gives whether what each threw is worth another try. */
async function triedAgain(endpoint: string, lookup?: LookupFunction): Promise<Record<string, boolean>> {
  const settings = {
    endpoint,
    region: 'cn-north-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
    requestHandler: { httpAgent: new Agent({ lookup }) },
  };
  const asked = {
    DynamoDB: new DynamoDBClient(settings).send(new ListTablesCommand({})),
    EventBridge: new EventBridgeClient(settings).send(new PutEventsCommand({ Entries: [{}] })),
    KMS: new KMSClient(settings).send(new ListKeysCommand({})),
    S3: new S3Client(settings).send(new ListBucketsCommand({})),
    SFN: new SFNClient(settings).send(new ListStateMachinesCommand({})),
  };
  const results = await Promise.allSettled(Object.values(asked));
  return Object.fromEntries(
    Object.keys(asked).map((name, at) => {
      const result = results[at];
      return [name, result?.status === 'rejected' && isTransient(result.reason)];
    }),
  );
}

const all = { DynamoDB: true, EventBridge: true, KMS: true, S3: true, SFN: true };
const none = { DynamoDB: false, EventBridge: false, KMS: false, S3: false, SFN: false };

describe('what a service throws', () => {
  it.each([
    [500, all],
    [502, all],
    [503, all],
    [429, all],
    [400, none],
    [403, none],
  ])('with status %i is worth another try when the service will not stay so', async (status, expected) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    expect(await triedAgain(`http://127.0.0.1:${port}`)).toEqual(expected);
  });

  it('is worth another try when it cannot be reached', async () => {
    expect(await triedAgain('http://127.0.0.1:9')).toEqual(all);
    const unknown = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    expect(await triedAgain('http://nowhere.invalid', (_host, _options, done) => done(unknown, ''))).toEqual(
      all,
    );
  });
});
