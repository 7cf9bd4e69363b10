import { createHash } from 'node:crypto';
import type { EngineFile, RecordRow } from './engine-file.ts';

/** An item in DynamoDB's JSON. */
type Image = Readonly<Record<string, unknown>>;

/** A record of a table's stream as Lambda hands it to a function. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Image;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
}

/** The stream of one table, read in order. The engine has one shard a table, and it never ends. */
export class TableStream {
  readonly arn: string;
  readonly table: string;
  readonly #viewType: string;
  readonly #region: string;
  readonly #file: EngineFile;

  /** @param viewType what the records hold of an item, such as NEW_IMAGE */
  constructor(arn: string, table: string, viewType: string, region: string, file: EngineFile) {
    this.arn = arn;
    this.table = table;
    this.#viewType = viewType;
    this.#region = region;
    this.#file = file;
  }

  get shardId(): string {
    return `shardId-00000001-${this.table}`;
  }

  /** The sequence number of the newest record, 0 while there is none. */
  newest(): number {
    return this.#file.newestRecord(this.table);
  }

  /** At most `limit` records after a sequence number, 0 for the oldest one. */
  read(after: number, limit: number): StreamRecord[] {
    return this.#file.records(this.table, after, limit).map((row) => this.#asLambdaRecord(row));
  }

  #asLambdaRecord({ number, eventName, createdAt, keys, newImage, oldImage }: RecordRow): StreamRecord {
    const size = [keys, newImage, oldImage].reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
    return {
      // The engine's numbers repeat from table to table.
      eventID: createHash('md5').update(`${this.arn} ${number}`).digest('hex'),
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.#region,
      eventSourceARN: this.arn,
      dynamodb: {
        ApproximateCreationDateTime: createdAt,
        Keys: JSON.parse(keys),
        ...(newImage !== undefined && { NewImage: JSON.parse(newImage) }),
        ...(oldImage !== undefined && { OldImage: JSON.parse(oldImage) }),
        SequenceNumber: String(number),
        SizeBytes: size,
        StreamViewType: this.#viewType,
      },
    };
  }
}
