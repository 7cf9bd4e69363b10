import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { DossierBucket } from '../../../../functions/filing/dossiers/dossier-bucket.ts';

const id = { applicationId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', number: 1 };
const now = new Date('2026-11-23T02:00:00Z');
const s3 = mockClient(S3Client);
const bucket = new DossierBucket(new S3Client({ region: 'cn-north-1' }), 'bucket');
afterAll(() => s3.restore());
const named = (name: string) => Object.assign(new Error(name), { name });
beforeEach(() => {
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
});

describe('a dossier that is asked for', () => {
  const listed = (...ages: number[]) =>
    s3.on(ListObjectsV2Command).resolves({
      Contents: ages.map((age) => ({ Key: 'x', LastModified: new Date(now.getTime() - age * 1000) })),
    });

  it.each([
    ['never before', [], 1],
    ['a moment ago', [1], 0],
    ['shortly before a quarter of an hour ago', [899], 0],
    ['so long ago that whoever made it has died', [900], 1],
    ['long ago, and again a moment ago', [5000, 3], 0],
  ])('%s', async (_, ages, puts) => {
    listed(...ages);
    await bucket.request(id, now);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(puts);
  });

  it('by two at once is asked for once', async () => {
    listed();
    for (const name of ['PreconditionFailed', 'ConditionalRequestConflict']) {
      s3.on(PutObjectCommand).rejects(named(name));
      await bucket.request(id, now);
    }
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({ IfNoneMatch: '*' });
    s3.on(PutObjectCommand).rejects(named('AccessDenied'));
    await expect(bucket.request(id, now)).rejects.toThrow('AccessDenied');
  });

  it('is the one of its submission: 1 is not 10', async () => {
    const Key = `dossiers/${id.applicationId}/10.zip`;
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key, Size: 5 }] });
    expect(await bucket.made(id)).toBeUndefined();
    expect(await bucket.made({ ...id, number: 10 })).toBe(5);
  });
});

describe('a dossier that is kept', () => {
  const mebibyte = new Uint8Array(1024 * 1024);
  async function* content(mebibytes: number, fails = false) {
    for (let index = 0; index < mebibytes; index++) yield mebibyte;
    if (fails) throw new Error('the file is gone');
  }
  beforeEach(() => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'upload' });
    s3.on(UploadPartCommand).callsFake(({ PartNumber }) => ({
      ETag: `"${PartNumber}"`,
      ChecksumCRC32: 'sum',
    }));
  });

  it('is sent in parts of one size, each with what proves it', async () => {
    await bucket.keep(id, content(20));
    const sizes = s3
      .commandCalls(UploadPartCommand)
      .map(({ args }) => (args[0].input.Body as Uint8Array).length);
    expect(sizes.map((size) => size / mebibyte.length)).toEqual([8, 8, 4]);
    const [completed] = s3.commandCalls(CompleteMultipartUploadCommand);
    expect(completed?.args[0].input).toMatchObject({
      IfNoneMatch: '*',
      MultipartUpload: {
        Parts: [1, 2, 3].map((n) => ({ PartNumber: n, ETag: `"${n}"`, ChecksumCRC32: 'sum' })),
      },
    });
  });

  it('stays as another has made it meanwhile, and leaves no parts behind', async () => {
    s3.on(CompleteMultipartUploadCommand).rejects(named('PreconditionFailed'));
    await bucket.keep(id, content(1));
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  });

  it('is not there when something of it is missing', async () => {
    await expect(bucket.keep(id, content(9, true))).rejects.toThrow('the file is gone');
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(0);
  });
});
