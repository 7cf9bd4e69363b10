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

export interface StreamSource {
  readonly api: DynamoDbApi;
  readonly streamArn: string;
  readonly region: string;
  /** The sequence number of the newest record, 0 while there is none. */
  newestRecord(): number;
}

/** Reads the stream of one table in order. The engine has one shard a table, and it never ends. */
export class StreamReader {
  readonly #source: StreamSource;
  readonly shardId: string;
  #iterator: { readonly after: string | undefined; readonly token: string } | undefined;

  private constructor(source: StreamSource, shardId: string) {
    this.#source = source;
    this.shardId = shardId;
  }

  static async open(source: StreamSource): Promise<StreamReader> {
    const { api, streamArn } = source;
    const { StreamDescription } = await api('DescribeStream', { StreamArn: streamArn }, descriptionSchema);
    const [shard, ...others] = StreamDescription.Shards;
    if (shard === undefined || others.length > 0) {
      throw new Error(`${streamArn} has ${StreamDescription.Shards.length} shards and not one`);
    }
    return new StreamReader(source, shard.ShardId);
  }

  /**
   * The next records after a sequence number, or from the oldest one.
   * @param limit how many at most, 1 to 10000; fewer when the stream has no more or the page is full
   */
  async read(after: string | undefined, limit: number, signal: AbortSignal): Promise<StreamRecord[]> {
    // Most looks find nothing, and a request takes a hundred times as long as this.
    if (this.#source.newestRecord() <= Number(after ?? 0)) return [];
    const token =
      this.#iterator !== undefined && this.#iterator.after === after
        ? this.#iterator.token
        : await this.#iteratorAfter(after, signal);
    const page = await this.#source.api(
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

  async #iteratorAfter(after: string | undefined, signal: AbortSignal): Promise<string> {
    const position =
      after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const { api, streamArn } = this.#source;
    const input = { StreamArn: streamArn, ShardId: this.shardId, ...position };
    return (await api('GetShardIterator', input, iteratorSchema, signal)).ShardIterator;
  }

  /** The engine has a region of its own and plain numbers as event ids, which repeat from table to table. */
  #asLambdaRecord(record: StreamRecord): StreamRecord {
    const { streamArn, region } = this.#source;
    const identity = `${streamArn} ${record.dynamodb.SequenceNumber}`;
    return {
      ...record,
      eventID: createHash('md5').update(identity).digest('hex'),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      eventSourceARN: streamArn,
    };
  }
}
