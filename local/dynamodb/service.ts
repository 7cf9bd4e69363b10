import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type {
  DynamoDbService,
  FunctionInvoker,
  ProvisionedResource,
  ResolvedProperties,
  ServiceOptions,
} from '../contracts.ts';
import { createDynamoDbApi, type DynamoDbApi } from './api.ts';
import { type Dynoxide, startDynoxide } from './process.ts';
import { parseStreamMapping, type StreamMapping } from './stream-mapping.ts';
import { pumpStream } from './stream-pump.ts';
import { parseTableProperties } from './table-properties.ts';
import { ensureTable } from './tables.ts';
import { deleteExpired } from './time-to-live.ts';

export interface DynamoDbTiming {
  /** How often items whose time has come are looked for, in milliseconds. */
  readonly expiryIntervalMs: number;
}

interface ExpiringTable {
  readonly name: string;
  readonly keys: readonly string[];
  readonly attribute: string;
}

/** Starts DynamoDB on a free loopback port with its tables in `dataDir/dynamodb.sqlite`. */
export async function startDynamoDb(
  options: ServiceOptions,
  timing: DynamoDbTiming = { expiryIntervalMs: 30_000 },
): Promise<DynamoDbService> {
  mkdirSync(options.dataDir, { recursive: true });
  const dynoxide = await startDynoxide({
    dbPath: join(options.dataDir, 'dynamodb.sqlite'),
    log: options.log,
  });
  return new DynoxideService(options, timing, dynoxide);
}

class DynoxideService implements DynamoDbService {
  readonly endpoint: string;
  readonly #options: ServiceOptions;
  readonly #timing: DynamoDbTiming;
  readonly #dynoxide: Dynoxide;
  readonly #api: DynamoDbApi;
  readonly #streams = new Set<string>();
  readonly #mappings: StreamMapping[] = [];
  readonly #expiring = new Map<string, ExpiringTable>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown>[] | undefined;

  constructor(options: ServiceOptions, timing: DynamoDbTiming, dynoxide: Dynoxide) {
    this.#options = options;
    this.#timing = timing;
    this.#dynoxide = dynoxide;
    this.endpoint = dynoxide.endpoint;
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
    }
    if (wanted.StreamSpecification === undefined) return { ref: name, attributes: { Arn: arn } };
    const streamArn = `${arn}/stream/${table.LatestStreamLabel}`;
    this.#streams.add(streamArn);
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
    const { dataDir, region, log } = this.#options;
    const signal = this.#stopping.signal;
    this.#running = this.#mappings
      .filter((mapping) => mapping.enabled)
      .map((mapping) => {
        const functionId = mapping.functionName.replace(/^.*:function:/, '').replace(/[^\w-]/g, '_');
        const checkpointFile = join(dataDir, 'streams', `${mapping.tableName}--${functionId}.json`);
        const around = { api: this.#api, region, checkpointFile, invoker, onFailure, log };
        return pumpStream(mapping, around, signal);
      });
    this.#running.push(this.#expireItems(signal));
  }

  async stopDelivery(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running ?? []);
  }

  async stop(): Promise<void> {
    await this.stopDelivery();
    await this.#dynoxide.stop();
  }

  async #expireItems(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const table of this.#expiring.values()) {
          await deleteExpired(this.#api, table, Math.floor(Date.now() / 1_000), signal);
        }
      } catch (fault) {
        if (signal.aborted) return;
        this.#options.log(`time to live: ${fault instanceof Error ? fault.message : String(fault)}`);
      }
      await pause(this.#timing.expiryIntervalMs, signal);
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
