import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DynamoDbService,
  FunctionInvoker,
  LocalService,
  ProvisionedResource,
  ResolvedProperties,
  ServiceOptions,
} from '../contracts.ts';
import { serveFaults } from '../faults/dynamodb-front.ts';
import type { Faults } from '../faults/faults.ts';
import { createDynamoDbApi, type DynamoDbApi } from './api.ts';
import { EngineFile } from './engine-file.ts';
import { type Dynoxide, startDynoxide } from './process.ts';
import { StreamBell } from './stream-bell.ts';
import { parseStreamMapping, type StreamMapping } from './stream-mapping.ts';
import { pumpStream } from './stream-pump.ts';
import { parseTableProperties } from './table-properties.ts';
import { TableStream } from './table-stream.ts';
import { ensureTable } from './tables.ts';
import { deleteExpired, type ExpiringTable } from './time-to-live.ts';

/** Between two lots of old records, for whoever else wants the database. */
const trimPauseMs = 20;

export interface DynamoDbTiming {
  /** How often items and stream records whose time has come are looked for, in milliseconds. */
  readonly expiryIntervalMs: number;
}

/**
 * Starts DynamoDB on a free loopback port with its tables in `dataDir/dynamodb.sqlite`.
 * @param faults what its clients and the readers of its streams meet; none without it
 */
export async function startDynamoDb(
  options: ServiceOptions,
  timing: DynamoDbTiming = { expiryIntervalMs: 30_000 },
  faults?: Faults,
): Promise<DynamoDbService> {
  mkdirSync(options.dataDir, { recursive: true });
  const dbPath = join(options.dataDir, 'dynamodb.sqlite');
  const dynoxide = await startDynoxide({ dbPath, log: options.log });
  try {
    const front = faults && (await serveFaults(dynoxide.endpoint, faults.apart('dynamodb')));
    const parts = { dynoxide, file: new EngineFile(dbPath), front, faults: faults?.apart('streams') };
    return new DynoxideService(options, timing, parts);
  } catch (fault) {
    await dynoxide.stop();
    throw fault;
  }
}

interface Parts {
  readonly dynoxide: Dynoxide;
  readonly file: EngineFile;
  readonly front: (LocalService & { readonly endpoint: string }) | undefined;
  readonly faults: Faults | undefined;
}

class DynoxideService implements DynamoDbService {
  readonly endpoint: string;
  readonly #options: ServiceOptions;
  readonly #timing: DynamoDbTiming;
  readonly #dynoxide: Dynoxide;
  readonly #front: Parts['front'];
  readonly #faults: Faults | undefined;
  readonly #file: EngineFile;
  readonly #api: DynamoDbApi;
  readonly #bell: StreamBell;
  readonly #streams = new Map<string, TableStream>();
  readonly #mappings: StreamMapping[] = [];
  readonly #expiring = new Map<string, ExpiringTable>();
  /** Up to which sequence number each mapping is done; one that has not begun is not in it. */
  readonly #passed = new Map<StreamMapping, number>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown>[] | undefined;

  constructor(options: ServiceOptions, timing: DynamoDbTiming, { dynoxide, file, front, faults }: Parts) {
    this.#options = options;
    this.#timing = timing;
    this.#dynoxide = dynoxide;
    this.#front = front;
    this.#faults = faults;
    this.#file = file;
    this.#bell = new StreamBell(file);
    this.endpoint = (front ?? dynoxide).endpoint;
    this.#api = createDynamoDbApi(dynoxide.endpoint, options.region);
  }

  async ensureTable(
    logicalId: string,
    type: string,
    properties: ResolvedProperties,
  ): Promise<ProvisionedResource> {
    const wanted = parseTableProperties(logicalId, type, properties);
    const name = wanted.TableName ?? logicalId;
    const table = await ensureTable(this.#api, name, wanted);
    const { partition, region, account } = this.#options;
    const arn = `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
    const ttl = wanted.TimeToLiveSpecification;
    if (ttl?.Enabled && ttl.AttributeName !== undefined) {
      const keys = wanted.KeySchema.map((key) => key.AttributeName);
      this.#expiring.set(name, { name, keys, attribute: ttl.AttributeName });
      this.#file.indexExpiry(name, ttl.AttributeName);
    }
    const { StreamSpecification } = wanted;
    if (StreamSpecification === undefined) return { ref: name, attributes: { Arn: arn } };
    const streamArn = `${arn}/stream/${table.LatestStreamLabel}`;
    const { StreamViewType } = StreamSpecification;
    this.#streams.set(streamArn, new TableStream(streamArn, name, StreamViewType, region, this.#file));
    return { ref: name, attributes: { Arn: arn, StreamArn: streamArn } };
  }

  addStreamMapping(properties: ResolvedProperties): void {
    if (this.#running !== undefined) throw new Error('stream mappings are added before start');
    const mapping = parseStreamMapping(properties);
    if (!this.#streams.has(mapping.streamArn)) {
      throw new Error(`event source mapping of ${mapping.functionName}: no stream ${mapping.streamArn}`);
    }
    const twin = this.#mappings.find(
      (other) => other.streamArn === mapping.streamArn && other.functionName === mapping.functionName,
    );
    if (twin !== undefined) {
      throw new Error(`two event source mappings of ${mapping.functionName} have the same stream`);
    }
    this.#mappings.push(mapping);
  }

  start(invoker: FunctionInvoker, onFailure: (destinationArn: string, record: unknown) => void): void {
    if (this.#running !== undefined) throw new Error('start was called before');
    const { dataDir, log } = this.#options;
    const signal = this.#stopping.signal;
    const pumps = this.#mappings.flatMap((mapping) => {
      const stream = this.#streams.get(mapping.streamArn);
      if (stream === undefined || !mapping.enabled) return [];
      const functionId = mapping.functionName.replace(/^.*:function:/, '').replace(/[^\w-]/g, '_');
      const checkpointFile = join(dataDir, 'streams', `${mapping.tableName}--${functionId}.json`);
      const onPassed = (sequenceNumber: number) => void this.#passed.set(mapping, sequenceNumber);
      const faults = this.#faults?.apart(functionId);
      const around = { stream, bell: this.#bell, checkpointFile, invoker, onFailure, log, onPassed, faults };
      return [pumpStream(mapping, around, signal)];
    });
    this.#running = [...pumps, this.#bell.watch(signal), this.#expire(signal)];
  }

  async stopDelivery(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running ?? []);
  }

  async stop(): Promise<void> {
    await this.stopDelivery();
    await this.#front?.stop();
    this.#file.close();
    await this.#dynoxide.stop();
  }

  async #expire(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const now = Math.floor(Date.now() / 1_000);
        for (const table of this.#expiring.values()) {
          await deleteExpired(this.#api, this.#file, table, now, signal);
        }
        for (const stream of this.#streams.values()) await this.#trim(stream, now, signal);
      } catch (fault) {
        if (signal.aborted) return;
        this.#options.log(`time to live: ${fault instanceof Error ? fault.message : String(fault)}`);
      }
      await pause(this.#timing.expiryIntervalMs, signal);
    }
  }

  /** Unlike DynamoDB, keeps what is not delivered yet: a laptop may be off for more than a day. */
  async #trim({ arn, table }: TableStream, now: number, signal: AbortSignal): Promise<void> {
    const passed = this.#mappings
      .filter((mapping) => mapping.enabled && mapping.streamArn === arn)
      .map((mapping) => this.#passed.get(mapping) ?? 0);
    while (!signal.aborted && this.#file.trimRecords(table, Math.min(...passed), now)) {
      await pause(trimPauseMs, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
}
