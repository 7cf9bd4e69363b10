import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { HeadsKeeper } from './keep-heads.ts';

/** Keeps heads in a bucket whose objects are locked by its own rule. */
export function s3HeadsKeeper(client: S3Client, bucket: string): HeadsKeeper {
  return {
    async keep(name, content) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: content, IfNoneMatch: '*' }));
    },
  };
}
