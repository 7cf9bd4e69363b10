import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseEnvironment } from '../../infra/environments.ts';
import { StateStack } from '../../infra/stacks/state-stack.ts';
import { createApp } from '../../infra/system.ts';

const outdir = mkdtempSync(join(tmpdir(), 'software-support-state-'));
let template: Template;

beforeAll(() => {
  // system.test.ts holds every environment against CloudFormation's schemas, which takes seconds.
  vi.stubEnv('CDK_VALIDATION', 'false');
  const settings = parseEnvironment('prod');
  template = Template.fromStack(new StateStack(createApp({ outdir }), 'State', { settings }));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(outdir, { recursive: true, force: true });
});

interface TableProperties {
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string; readonly Projection: unknown }[];
  readonly StreamSpecification?: unknown;
}

function tables(): [string, TableProperties][] {
  return Object.entries(template.findResources('AWS::DynamoDB::Table')).map(([id, { Properties }]) => [
    id.replace(/Table[0-9A-F]{8}$/, ''),
    Properties,
  ]);
}

function bucketPolicy(): Record<string, unknown>[] {
  const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const documents = policies.find(({ Properties }) => JSON.stringify(Properties.Bucket).includes('Bucket'));
  return documents?.['Properties'].PolicyDocument.Statement ?? [];
}

describe('every table', () => {
  it('is paid by request, restorable, encrypted with our key, and forgets by expiresAt', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: true,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(tables().map(([id]) => id)).toEqual([
      'Applications',
      'People',
      'Messages',
      'Registry',
      'Budget',
      'Workflow',
      'Reads',
      'Policy',
    ]);
  });

  it('has a stream only where somebody reads it', () => {
    const streams = tables().filter(([, { StreamSpecification }]) => StreamSpecification !== undefined);
    const newImages = expect.objectContaining({ StreamSpecification: { StreamViewType: 'NEW_IMAGE' } });
    expect(streams).toEqual([
      ['Applications', newImages],
      ['Budget', newImages],
      ['Workflow', newImages],
    ]);
  });

  it('shows inboxes the task and nothing else, and counts from keys', () => {
    const inboxes = tables()
      .flatMap(([, { GlobalSecondaryIndexes }]) => GlobalSecondaryIndexes ?? [])
      .filter(({ IndexName }) => IndexName.startsWith('inbox'));
    const task = { ProjectionType: 'INCLUDE', NonKeyAttributes: ['task'] };
    expect(inboxes.map(({ IndexName, Projection }) => [IndexName, Projection])).toEqual([
      ['inbox', task],
      ['inboxItem', task],
      ['inboxKind', task],
      ['inboxDistrict', task],
      ['inboxPerson', task],
      ['inboxTally', { ProjectionType: 'KEYS_ONLY' }],
    ]);
  });

  it('shows the public index nothing but public attributes', () => {
    const index = tables()
      .flatMap(([, { GlobalSecondaryIndexes }]) => GlobalSecondaryIndexes ?? [])
      .find(({ IndexName }) => IndexName === 'awards');
    expect(index?.Projection).toEqual({
      ProjectionType: 'INCLUDE',
      NonKeyAttributes: expect.not.arrayContaining(['state', 'organisation']),
    });
  });
});

describe('every key', () => {
  const keys = () => Object.values(template.findResources('AWS::KMS::Key'));
  const encrypts = ({ Properties }: { Properties?: unknown }) =>
    !/HMAC|SIGN_VERIFY/.test(JSON.stringify(Properties));

  it('stays', () => {
    for (const { DeletionPolicy } of keys()) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('that encrypts rotates; one that hashes or signs cannot, since what it made has to stay equal or verifiable', () => {
    expect(keys().filter(encrypts).length).toBeGreaterThanOrEqual(2);
    for (const key of keys()) {
      const { EnableKeyRotation: rotates = false } = key['Properties'];
      expect(rotates).toBe(encrypts(key));
    }
  });
});

describe('the two keys of hashes, of applicants’ personal data and of objectors’ contacts,', () => {
  it.each([0, 1])('make hashes for roles, and are kept but used for nothing else by anybody', (place) => {
    const keys = Object.values(template.findResources('AWS::KMS::Key'));
    const hashing = keys.filter(({ Properties }) => Properties['KeySpec'] === 'HMAC_256');
    expect(hashing).toHaveLength(2);
    const key = hashing[place];
    expect(key?.['Properties']).toMatchObject({ KeyUsage: 'GENERATE_VERIFY_MAC' });
    const [administration, use, ...more]: Record<string, unknown>[] =
      key?.['Properties'].KeyPolicy.Statement ?? [];
    expect(more).toEqual([]);
    expect(administration?.['Action']).toContain('kms:PutKeyPolicy');
    const uses = /\*|Mac|Grant|crypt|GenerateData|Import|Replicate|Sign|Verify/;
    for (const action of [administration?.['Action']].flat()) expect(action).not.toMatch(uses);
    expect(use).toMatchObject({
      Effect: 'Allow',
      Action: 'kms:GenerateMac',
      Condition: {
        StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'aws:PrincipalType': 'AssumedRole' },
      },
    });
  });
});

describe('the key of the payment files', () => {
  it('signs for roles, by SM2 where the region has it, and for nobody who administers it', () => {
    const keys = Object.entries(template.findResources('AWS::KMS::Key'));
    const [, key] = keys.find(([id]) => id.startsWith('Payments')) ?? [];
    expect(key?.['Properties']).toMatchObject({ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' });
    const [administration, use, ...more]: Record<string, unknown>[] =
      key?.['Properties'].KeyPolicy.Statement ?? [];
    expect(more).toEqual([]);
    for (const action of [administration?.['Action']].flat()) expect(action).not.toMatch(/Sign|Grant|\*/);
    expect(use).toMatchObject({
      ...{ Effect: 'Allow', Action: 'kms:Sign' },
      Condition: { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } },
    });
  });
});

describe('the key of the bank accounts', () => {
  it('works for roles and for a stated organisation alone, and nobody administers what it sealed', () => {
    const keys = Object.entries(template.findResources('AWS::KMS::Key'));
    const [, key] = keys.find(([id]) => id.startsWith('Accounts')) ?? [];
    const [administration, use, ...more]: Record<string, unknown>[] =
      key?.['Properties'].KeyPolicy.Statement ?? [];
    expect(more).toEqual([]);
    for (const action of [administration?.['Action']].flat()) expect(action).not.toMatch(/crypt|Grant|\*/);
    expect(new Set([use?.['Action']].flat())).toEqual(new Set(['kms:Encrypt', 'kms:Decrypt']));
    expect(use).toMatchObject({
      Effect: 'Allow',
      Condition: {
        StringEquals: { 'aws:PrincipalType': 'AssumedRole' },
        Null: { 'kms:EncryptionContext:organisation': 'false' },
      },
    });
  });
});

describe('the buckets', () => {
  it('are closed to the public and refuse plain text', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.resourceCountIs('AWS::S3::BucketPolicy', 3);
    for (const { Properties } of Object.values(template.findResources('AWS::S3::BucketPolicy'))) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });

  it('keep versions of documents, tell EventBridge of new ones, and take uploads from the portal only', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      CorsConfiguration: {
        CorsRules: [
          {
            AllowedMethods: ['PUT', 'GET'],
            AllowedOrigins: [{ Ref: 'PortalOrigin' }],
            AllowedHeaders: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
          },
        ],
      },
    });
  });

  it('know the portal by a parameter, whose default is the environment’s', () => {
    template.hasParameter('PortalOrigin', { Default: parseEnvironment('prod').allowedOrigins[0] });
  });

  it('have an end for what is left over: parts of uploads and replaced versions', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          {
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            NoncurrentVersionExpiration: { NoncurrentDays: 3650 },
          },
          // What is made again when it is asked for.
          ...['dossiers/', 'dossier-requests/'].map((Prefix) => ({
            Prefix,
            ExpirationInDays: 7,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          })),
        ],
      },
    });
  });

  it.each([
    [
      'replaces a document',
      { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    ],
    [
      'asks for another encryption',
      {
        Null: { 's3:x-amz-server-side-encryption': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
      },
    ],
    [
      'asks for another key',
      {
        Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
        StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': expect.anything() },
      },
    ],
  ])('refuse an upload that %s, whoever sends it', (_case, Condition) => {
    expect(bucketPolicy()).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:PutObject',
        Principal: { AWS: '*' },
        Condition,
      }),
    );
  });
});

describe('the heads of a day', () => {
  it('are locked for everybody for ten years in prod, and signed by a key that only roles use', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3650 } },
      },
    });
    const keys = Object.values(template.findResources('AWS::KMS::Key')).map(({ Properties }) => Properties);
    // The other one that signs is that of the payment files.
    const [key, ...others] = keys.filter(({ KeySpec }) => KeySpec === 'ECC_NIST_P256');
    expect([key?.['KeyUsage'], others]).toEqual(['SIGN_VERIFY', []]);
    const statements = key?.['KeyPolicy'].Statement as Record<string, unknown>[];
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('kms:Sign'))).toEqual([
      expect.objectContaining({
        Condition: {
          StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'aws:PrincipalType': 'AssumedRole' },
        },
      }),
    ]);
  });
});
