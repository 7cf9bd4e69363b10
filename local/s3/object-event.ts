import { randomUUID } from 'node:crypto';
import type { BusEvent, ServiceOptions } from '../contracts.ts';

/** What happened to an object, and by which request. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  /** The API's operation, such as PutObject. */
  readonly reason: string;
  readonly requestId: string;
  readonly sourceIp: string;
  /** Of an object that was created. */
  readonly created?: { readonly size: number; readonly etag: string };
  /** Of an object that was deleted. */
  readonly deletionType?: 'Permanently Deleted' | 'Delete Marker Created';
}

let changes = 0;

/** The event that S3 sends to EventBridge; unlike S3's own notifications the key is not URL-encoded. */
export function objectEvent(change: ObjectChange, options: ServiceOptions): BusEvent {
  const now = new Date();
  // Later changes of a key have greater sequencers, as text.
  const order = String(changes++ % 0x10000).padStart(5, '0');
  const sequencer = `${now.getTime().toString(16).padStart(12, '0')}${order}`.toUpperCase();
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': change.created ? 'Object Created' : 'Object Deleted',
    source: 'aws.s3',
    account: options.account,
    time: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: options.region,
    resources: [`arn:${options.partition}:s3:::${change.bucket}`],
    detail: {
      version: '0',
      bucket: { name: change.bucket },
      object: { key: change.key, ...change.created, sequencer },
      'request-id': change.requestId,
      requester: options.account,
      'source-ip-address': change.sourceIp,
      reason: change.reason,
      ...(change.deletionType && { 'deletion-type': change.deletionType }),
    },
  };
}
