import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import * as z from 'zod';
import type {
  BusEvent,
  ProvisionedResource,
  ResolvedProperties,
  S3Service,
  ServiceOptions,
} from '../contracts.ts';
import { readState, writeState } from '../state-file.ts';
import { parseBucketProperties } from './bucket-properties.ts';
import { ObservedStore } from './store.ts';

const portSchema = z.object({ port: z.int() });

/**
 * Starts S3 on a loopback port with its objects in `dataDir/s3`. The port stays the same from start to start while it
 * is free, because presigned URLs hold it. Clients sign with `localCredentials` and address buckets by path, which the
 * SDK does by itself for an endpoint with an IP address. Until `start` every request is answered 503.
 * @param publish takes the events of buckets that notify EventBridge; once it returns, an event counts as accepted
 */
export async function startS3(
  options: ServiceOptions,
  publish: (event: BusEvent) => void,
): Promise<S3Service> {
  const directory = join(options.dataDir, 's3');
  mkdirSync(directory, { recursive: true });
  const app = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    allowMismatchedSignatures: false,
  });
  const store = new ObservedStore(app, options, publish);
  store.recover();
  const { server, port } = await listenOnUsualPort(app, options);
  return new S3rverService(options, app, store, server, `http://127.0.0.1:${port}`);
}

async function listenOnUsualPort(
  app: S3rver,
  options: ServiceOptions,
): Promise<{ server: Server; port: number }> {
  const file = join(options.dataDir, 's3-port.json');
  const usual = readState(file, portSchema)?.port;
  if (usual !== undefined) {
    const server = await listen(app, usual);
    if (server !== undefined) return { server, port: usual };
    options.log(`S3: port ${usual} is taken; upload and download links given before no longer work`);
  }
  const server = await listen(app, 0);
  const address = server?.address();
  if (server === undefined || !address || typeof address === 'string') {
    throw new Error('S3: no free port on 127.0.0.1');
  }
  writeState(file, { port: address.port });
  return { server, port: address.port };
}

/** Gives undefined when the port is taken. */
function listen(app: S3rver, port: number): Promise<Server | undefined> {
  const server = createServer(app.callback());
  return new Promise((resolve, reject) => {
    server.once('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EADDRINUSE' || fault.code === 'EACCES') resolve(undefined);
      else reject(fault);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

class S3rverService implements S3Service {
  readonly endpoint: string;
  readonly #options: ServiceOptions;
  readonly #app: S3rver;
  readonly #store: ObservedStore;
  readonly #server: Server;
  #stopped: Promise<void> | undefined;

  constructor(options: ServiceOptions, app: S3rver, store: ObservedStore, server: Server, endpoint: string) {
    this.#options = options;
    this.#app = app;
    this.#store = store;
    this.#server = server;
    this.endpoint = endpoint;
  }

  async ensureBucket(logicalId: string, properties: ResolvedProperties): Promise<ProvisionedResource> {
    const bucket = parseBucketProperties(logicalId, properties);
    const { name, corsXml } = bucket;
    await this.#app.store.putBucket(name);
    if (corsXml === undefined) await this.#app.store.deleteSubresource(name, undefined, 'cors');
    else await this.#app.store.putSubresource(name, undefined, { type: 'cors', toXML: () => corsXml });
    this.#store.addBucket(bucket);
    const { partition, region } = this.#options;
    const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    return {
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.${suffix}`,
        RegionalDomainName: `${name}.s3.${region}.${suffix}`,
      },
    };
  }

  start(): void {
    this.#store.open();
  }

  stop(): Promise<void> {
    this.#stopped ??= new Promise((resolve) => {
      this.#server.close(() => {
        this.#app.logger.close();
        this.#store.close();
        resolve();
      });
      this.#server.closeAllConnections();
    });
    return this.#stopped;
  }
}
