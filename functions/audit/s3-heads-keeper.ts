import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { HeadsKeeper } from './keep-heads.ts';

/** Keeps heads in a bucket whose objects are locked by its own rule. */
export function s3HeadsKeeper(client: S3Client, bucket: string): HeadsKeeper {
  return {
    async keep(name, content) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: content, IfNoneMatch: '*' }));
    },
    async names(below) {
      const { Contents = [] } = await client.send(
        // A night has a few runs, and each keeps three objects.
        new ListObjectsV2Command({ Bucket: bucket, Prefix: below }),
      );
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    },
    async read(name) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
      if (!Body) throw new Error(`${name} is empty`);
      return Body.transformToString();
    },
  };
}
