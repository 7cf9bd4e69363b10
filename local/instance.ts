/** One embedded cloud: the services, provisioned from the synthesized template and wired to each other. */
import { appendFileSync, createWriteStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type Assembly, readAssembly, synthesize } from './assembly.ts';
import type { InvocationResult, Log, ProvisionedResource, ServiceOptions } from './contracts.ts';
import { localCredentials } from './credentials.ts';
import { openDataDir } from './data-dir.ts';
import { startDynamoDb } from './dynamodb/service.ts';
import { startEvents } from './events/service.ts';
import { Faults } from './faults/faults.ts';
import { startFunctions } from './functions/service.ts';
import { grantRoles } from './grants.ts';
import { type GuideEdition, publishGuides } from './guides.ts';
import { HttpApiDefinition } from './http-api/definition.ts';
import { createGateway, type RequestHandler, send } from './http-api/gateway.ts';
import { messageResponse } from './http-api/response.ts';
import { initialAdmins } from './issuer/demo-users.ts';
import { createIssuer, issuerPath } from './issuer/issuer.ts';
import { startKms } from './kms/service.ts';
import { startMail } from './mail/service.ts';
import { showCode } from './mail/show-code.ts';
import { provision } from './provision.ts';
import { startS3 } from './s3/service.ts';
import { LocalScanner } from './scanner/local-scanner.ts';
import { startStates } from './states/service.ts';

/** Where people of this machine see the mails; the API has no such path. */
const mailPath = '/mail';

export interface InstanceOptions {
  /** Port of the HTTP API on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where state is kept; made when it does not exist. */
  readonly dataDir: string;
  /** A cloud assembly that is synthesized already; without it infra/ is synthesized into the data dir. */
  readonly assemblyDir?: string;
  /** Deletes the kept state first. */
  readonly reset?: boolean;
  /** Grants the demo people's roles, and publishes the guides of policy/guides/, before the instance is ready. Default: none. */
  readonly guides?: GuideEdition;
  readonly log: Log;
  /** Whether everything that functions print goes to the log, not only warnings and errors. */
  readonly verbose?: boolean;
  /** Seed of faults that AWS has and a laptop has not; none without it. */
  readonly faults?: number;
  /** Ends the start, which then rejects. An instance that runs is ended by `stop`. */
  readonly signal?: AbortSignal;
}

export interface Instance {
  /** Base URL of the HTTP API. */
  readonly url: string;
  readonly issuerUrl: string;
  /** Page of the mails that the system has sent. */
  readonly mailUrl: string;
  readonly functionNames: readonly string[];
  /** What the template's resources became, by logical id. */
  readonly resources: ReadonlyMap<string, ProvisionedResource>;
  /** An access token of a demo user. @param scope Default: all. */
  token(userName: string, scope?: string): Promise<string>;
  /** Invokes a function directly, past the HTTP API. */
  invoke(functionNameOrArn: string, payload: unknown): Promise<InvocationResult>;
  /** Ends every timer, thread and process of the instance; its state stays. */
  stop(): Promise<void>;
}

/**
 * Starts an instance. Rejects with one line, and leaves nothing running, when the port is taken, the data
 * dir cannot be used, the CDK app fails, the template asks for what the embedded cloud cannot do or a guide
 * is refused.
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const stack: Array<() => Promise<void>> = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(stack, options.log);
    return stopping;
  };
  try {
    return await start(options, (step) => void stack.push(step), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { log, verbose = false, ...options }: InstanceOptions,
  onStop: (step: () => Promise<void>) => void,
  stop: () => Promise<void>,
): Promise<Instance> {
  // Lambda's clock is UTC. The zone belongs to the process, a thread's own TZ does not change it.
  process.env['TZ'] = 'UTC';
  const unavailable: RequestHandler = async (_, response) =>
    send(response, messageResponse(503, 'Service Unavailable'));
  let handle = unavailable;
  const server = createServer({ maxHeaderSize: 10_240, keepAliveTimeout: 65_000 }, (request, response) => {
    void handle(request, response);
  });
  const port = await listen(server, options.port);
  onStop(() => close(server));
  const url = `http://127.0.0.1:${port}`;

  const dataDir = await openDataDir(options.dataDir, { port, reset: options.reset ?? false });
  onStop(() => dataDir.release());
  const assemblyDir = options.assemblyDir ?? join(dataDir.path, 'assembly');
  const { signal } = options;
  if (!options.assemblyDir) {
    await synthesize({ environment: 'local', outDir: assemblyDir, log, ...(signal && { signal }) });
  }
  signal?.throwIfAborted();
  const assembly = readAssembly(assemblyDir);

  log('starting the services');
  const service = serviceOptions(assembly, dataDir.path, log);
  const faults = options.faults === undefined ? undefined : new Faults(options.faults);
  const dynamodb = await startDynamoDb(service, undefined, faults);
  onStop(() => dynamodb.stop());
  const mail = await startMail(service);
  onStop(() => mail.stop());
  const scanner = new LocalScanner(service);
  const events = await startEvents(service, undefined, (event) => {
    showCode(mail, event);
    scanner.heard(event);
  });
  onStop(() => events.stop());
  const s3 = await startS3(service, (event) => events.publish(event));
  onStop(() => s3.stop());
  scanner.start({ s3: s3.endpoint, events: events.endpoint });
  onStop(() => scanner.stop());
  const states = await startStates(service);
  onStop(() => states.stop());
  const kms = await startKms(service);
  onStop(() => kms.stop());
  const functions = startFunctions({
    ...service,
    verbose,
    // Of these bundles, so it goes when they go; instances of one assembly share it.
    compileCache: join(assemblyDir, 'compiled'),
    environment: {
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SFN: states.endpoint,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
      AWS_ENDPOINT_URL_SESV2: mail.endpoint,
    },
  });
  onStop(() => functions.stop());
  // Once more, and so first of all: what makes work must not see the functions fail while they are stopped.
  onStop(() => states.stop());
  onStop(() => events.stop());

  const audience = parameterDefault(assembly, 'OidcAudience') ?? 'api';
  const issuer = await createIssuer({ serverUrl: url, audience, dataDir: dataDir.path, log });
  signal?.throwIfAborted();
  log(`creating the resources of ${assembly.stacks.map(({ name }) => name).join(', ')}`);
  const httpApi = new HttpApiDefinition(url);
  const resources = await provision(
    assembly,
    { dynamodb, s3, events, states, kms, functions, httpApi },
    {
      partition: service.partition,
      parameters: { OidcIssuer: issuer.url, PortalOrigin: url, InitialAccessAdmins: initialAdmins.join() },
    },
  );

  signal?.throwIfAborted();

  const deadLetters = join(dataDir.path, 'dead-letters.jsonl');
  const bury = (destination: string, record: unknown): void => {
    log(`[dead letter] for ${destination}, see ${deadLetters}`);
    appendFileSync(deadLetters, `${JSON.stringify({ time: new Date(), destination, record })}\n`);
  };
  dynamodb.start(functions, bury);
  events.start(
    faults?.apart('events').duplicating(functions) ?? functions,
    states,
    (targetArn, deadLetterArn, payload) => {
      const destination = deadLetterArn ?? functions.deadLetterTarget(targetArn);
      if (destination) bury(destination, payload);
    },
  );
  await states.start(faults?.apart('states').throttling(functions) ?? functions);
  s3.start();

  const api = httpApi.build();
  const accessLog = createWriteStream(join(dataDir.path, 'logs', 'access.log'), { flags: 'a' });
  accessLog.on('error', (error) => log(`[gateway] cannot write its access log: ${error.message}`));
  onStop(() => new Promise((done) => accessLog.end(() => done())));
  const gateway =
    api &&
    createGateway({
      ...{ api, account: service.account, invoker: functions, log },
      accessLog: (line) => void accessLog.write(`${line}\n`),
    });
  onStop(async () => {
    handle = unavailable;
  });
  handle = async (request, response) => {
    const isIssuers = request.url === issuerPath || request.url?.startsWith(`${issuerPath}/`);
    if (isIssuers) await issuer.handle(request, response);
    else if (request.method === 'GET' && request.url === mailPath) await mail.handle(request, response);
    else if (gateway) await gateway(request, response);
    else send(response, messageResponse(404, 'Not Found'));
  };
  const { guides } = options;
  if (guides) await grantRoles(url, (user) => issuer.token(user), log);
  if (guides) await publishGuides(url, (user) => issuer.token(user), guides, log);
  return {
    url,
    issuerUrl: issuer.url,
    mailUrl: `${url}${mailPath}`,
    functionNames: functions.functionNames,
    resources,
    token: (userName, scope) => issuer.token(userName, scope),
    invoke: (functionNameOrArn, payload) => functions.invoke(functionNameOrArn, payload),
    stop,
  };
}

function serviceOptions({ stacks }: Assembly, dataDir: string, log: Log): ServiceOptions {
  const places = new Set(stacks.map(({ account, region }) => `${account}/${region}`));
  const [first] = stacks;
  if (!first || places.size > 1) {
    throw new Error(`the stacks must share one account and region, not ${[...places].join(', ')}`);
  }
  const { account, region } = first;
  return { dataDir, account, region, partition: region.startsWith('cn-') ? 'aws-cn' : 'aws', log };
}

function parameterDefault({ stacks }: Assembly, name: string): string | undefined {
  const values = stacks.map(({ template }) => template.Parameters[name]?.Default);
  return values.find((value) => typeof value === 'string');
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      fail(
        new Error(taken ? `port ${port} is taken; set PORT to another` : `port ${port}: ${error.message}`),
      );
    });
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

/** Last in, first out; a part that fails to stop does not keep the others running. */
async function stopAll(stack: Array<() => Promise<void>>, log: Log): Promise<void> {
  for (let step = stack.pop(); step; step = stack.pop()) {
    try {
      await step();
    } catch (error) {
      log(`while stopping: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
