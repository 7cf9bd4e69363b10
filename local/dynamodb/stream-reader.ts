import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { DynamoDbApi } from './api.ts';

const recordSchema = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number(),
  }),
});
const recordsSchema = z.object({
  Records: z.array(recordSchema),
  NextShardIterator: z.string().optional(),
});
const iteratorSchema = z.object({ ShardIterator: z.string() });
const descriptionSchema = z.object({
  StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }),
});

/** A record of a table's stream as Lambda hands it to a function. */
export type StreamRecord = z.infer<typeof recordSchema>;

/** The largest page that the streams' API gives. */
const pageLimit = 1_000;

/** Reads the stream of one table in order. The emulator has one shard a table, and it never ends. */
export class StreamReader {
  readonly #api: DynamoDbApi;
  readonly #streamArn: string;
  readonly #region: string;
  readonly shardId: string;
  #iterator: { readonly after: string | undefined; readonly token: string } | undefined;

  private constructor(api: DynamoDbApi, streamArn: string, region: string, shardId: string) {
    this.#api = api;
    this.#streamArn = streamArn;
    this.#region = region;
    this.shardId = shardId;
  }

  static async open(api: DynamoDbApi, streamArn: string, region: string): Promise<StreamReader> {
    const { StreamDescription } = await api('DescribeStream', { StreamArn: streamArn }, descriptionSchema);
    const [shard, ...others] = StreamDescription.Shards;
    if (shard === undefined || others.length > 0) {
      throw new Error(`${streamArn} has ${StreamDescription.Shards.length} shards and not one`);
    }
    return new StreamReader(api, streamArn, region, shard.ShardId);
  }

  /**
   * The next records after a sequence number, or from the oldest one.
   * @param limit how many at most, 1 to 10000; fewer when the stream has no more or the page is full
   */
  async read(after: string | undefined, limit: number, signal: AbortSignal): Promise<StreamRecord[]> {
    const token =
      this.#iterator !== undefined && this.#iterator.after === after
        ? this.#iterator.token
        : await this.#iteratorAfter(after, signal);
    const page = await this.#api(
      'GetRecords',
      { ShardIterator: token, Limit: Math.min(limit, pageLimit) },
      recordsSchema,
      signal,
    );
    const last = page.Records.at(-1)?.dynamodb.SequenceNumber ?? after;
    this.#iterator =
      page.NextShardIterator === undefined ? undefined : { after: last, token: page.NextShardIterator };
    return page.Records.map((record) => this.#asLambdaRecord(record));
  }

  /** The sequence number of the newest record, undefined while there is none. */
  async newest(signal: AbortSignal): Promise<string | undefined> {
    let last: string | undefined;
    for (;;) {
      const records = await this.read(last, pageLimit, signal);
      if (records.length === 0) return last;
      last = records.at(-1)?.dynamodb.SequenceNumber;
    }
  }

  async #iteratorAfter(after: string | undefined, signal: AbortSignal): Promise<string> {
    const position =
      after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const input = { StreamArn: this.#streamArn, ShardId: this.shardId, ...position };
    return (await this.#api('GetShardIterator', input, iteratorSchema, signal)).ShardIterator;
  }

  /** The emulator has a region of its own and plain numbers as event ids, which repeat from table to table. */
  #asLambdaRecord(record: StreamRecord): StreamRecord {
    const identity = `${this.#streamArn} ${record.dynamodb.SequenceNumber}`;
    return {
      ...record,
      eventID: createHash('md5').update(identity).digest('hex'),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      eventSourceARN: this.#streamArn,
    };
  }
}
