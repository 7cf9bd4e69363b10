import { createHash } from 'node:crypto';
import { type Json, type JsonObject, sameJson } from '../states/json.ts';
import type { EngineFile, RecordRow } from './engine-file.ts';

/** An item in DynamoDB's JSON. */
type Image = Readonly<JsonObject>;

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
  /** Of a deletion by DynamoDB itself, because the item's time had come. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
}

export interface StreamEntry {
  readonly number: number;
  /** Undefined for a write that changed nothing: the engine notes it, DynamoDB's streams do not tell of it. */
  readonly record: StreamRecord | undefined;
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

  /** At most `limit` entries after a sequence number, 0 for the oldest one. */
  read(after: number, limit: number): StreamEntry[] {
    return this.#file.records(this.table, after, limit).map((row) => {
      const old = imageOf(row.oldImage);
      const changed = imageOf(row.newImage);
      const same = old !== undefined && changed !== undefined && sameJson(old, changed);
      const record = same ? undefined : this.#asLambdaRecord(row, changed, old);
      return { number: row.number, record };
    });
  }

  /** The engine keeps both images of everything; the record has those of the stream's view. */
  #asLambdaRecord(
    { number, eventName, createdAt, keys, expired }: RecordRow,
    newest: JsonObject | undefined,
    old: JsonObject | undefined,
  ): StreamRecord {
    const images = {
      Keys: imageOf(keys) ?? {},
      ...(newest && this.#viewType.startsWith('NEW_') && { NewImage: newest }),
      ...(old && this.#viewType.endsWith('OLD_IMAGES') && { OldImage: old }),
      ...(old && this.#viewType === 'OLD_IMAGE' && { OldImage: old }),
    };
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
        ...images,
        SequenceNumber: String(number),
        SizeBytes: Object.values(images).reduce((sum, image) => sum + sizeOfMap(image), 0),
        StreamViewType: this.#viewType,
      },
      ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
    };
  }
}

/** An image of which equal ones compare equal: the members of a set have no order. */
function imageOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  // A list stands under its type alone, never under an attribute's name.
  return JSON.parse(text, (type, value: unknown) =>
    Array.isArray(value) && /^[SNB]S$/.test(type) ? value.toSorted() : value,
  );
}

/** Bytes of a map of attributes, as DynamoDB counts items: names and values without the notation around them. */
function sizeOfMap(map: Image): number {
  return Object.entries(map).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: Json): number {
  const [type = '', content = null] = Object.entries(value ?? {})[0] ?? [];
  const list = Array.isArray(content) ? content : [content];
  const all = (measure: (one: Json) => number) => list.reduce<number>((sum, one) => sum + measure(one), 0);
  if (type.startsWith('S')) return all((one) => Buffer.byteLength(String(one)));
  if (type.startsWith('B') && type !== 'BOOL') return all((one) => Buffer.byteLength(String(one), 'base64'));
  // Two digits a byte, and one more.
  if (type === 'N' || type === 'NS') return all((one) => Math.ceil(digitsOf(String(one)) / 2) + 1);
  if (type === 'L') return 3 + all((one) => sizeOf(one) + 1);
  if (type === 'M') return 3 + list.reduce<number>((sum, one) => sum + sizeOfMap(Object(one)), 0);
  return 1;
}

const digitsOf = (number: string) => number.replaceAll(/[^0-9]|^[-0.]+/g, '').length;
