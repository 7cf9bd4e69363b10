/** Lambda: registers the functions of the template and runs their own bundles. */
import { existsSync, statSync } from 'node:fs';
import * as z from 'zod';
import type {
  FunctionInvoker,
  InvocationResult,
  LocalService,
  ProvisionedResource,
  ResolvedProperties,
  ServiceOptions,
} from '../contracts.ts';
import { parseProperties } from '../template-properties.ts';
import { FunctionLog } from './function-log.ts';
import { IdleSandboxes } from './idle-sandboxes.ts';
import { SandboxPool } from './pool.ts';
import type { Sandbox } from './sandbox.ts';

/** A property that is not here would change what the function does in the cloud and nothing on a laptop. */
const functionSchema = z.strictObject({
  Handler: z.string().regex(/^[^.]+\.[^.]+$/, 'must be <module>.<export>'),
  Runtime: z.string().startsWith('nodejs', 'only Node.js runtimes can run here'),
  FunctionName: z.string().optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  // CloudFormation takes numbers as text where a parameter or a mapping gives them.
  Timeout: z.coerce.number().min(1).max(900).default(3),
  MemorySize: z.coerce.number().min(128).max(10_240).default(128),
  ReservedConcurrentExecutions: z.coerce.number().min(0).optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: z.string() }).optional(),
});
const cosmeticProperties = [
  'Code',
  'Role',
  'Architectures',
  'Description',
  'LoggingConfig',
  'Tags',
  'KmsKeyArn',
  'EphemeralStorage',
  'TracingConfig',
  'RecursiveLoop',
];

/** What Lambda itself sets; a function cannot have variables of these names. */
function lambdaVariables(
  region: string,
  name: string,
  { Handler, Runtime, MemorySize }: z.infer<typeof functionSchema>,
  codePath: string,
  logStream: string,
): Record<string, string> {
  return {
    _HANDLER: Handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_REGION: region,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: codePath,
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
  };
}

export interface FunctionsOptions extends ServiceOptions {
  /** Endpoint variables and credentials of the embedded cloud, given to every function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly verbose: boolean;
  /** Directory for the functions' compiled code. */
  readonly compileCache: string;
}

export interface FunctionsService extends FunctionInvoker, LocalService {
  readonly functionNames: readonly string[];
  /** Where events go that were given to the function asynchronously and that it failed for good. */
  deadLetterTarget(functionArn: string): string | undefined;
  /** AWS::Lambda::Function with the directory of its bundle. `defaultName` names a nameless one. */
  addFunction(defaultName: string, properties: ResolvedProperties, codePath: string): ProvisionedResource;
}

/** Starts Lambda without functions. Threads start with a function's first event. */
export function startFunctions(options: FunctionsOptions): FunctionsService {
  const log = new FunctionLog(options.dataDir, options.log, options.verbose);
  const pools = new Map<string, SandboxPool>();
  const idle = new IdleSandboxes<Sandbox>();
  const deadLetterTargets = new Map<string, string>();
  let stopping: Promise<void> | undefined;

  return {
    get functionNames() {
      return [...pools.keys()];
    },

    deadLetterTarget: (functionArn) => deadLetterTargets.get(functionArn),

    addFunction(defaultName, properties, codePath) {
      const resource = `${defaultName} (AWS::Lambda::Function)`;
      const data = parseProperties(resource, functionSchema, cosmeticProperties, properties);
      if (!existsSync(codePath) || !statSync(codePath).isDirectory()) {
        throw new Error(`${resource}: its code ${codePath} is no directory`);
      }
      const name = (data.FunctionName ?? defaultName).slice(0, 64);
      if (pools.has(name)) throw new Error(`there are two functions named ${name}`);
      const arn = `arn:${options.partition}:lambda:${options.region}:${options.account}:function:${name}`;
      const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]0`;
      const sandbox = {
        codePath,
        handler: data.Handler,
        functionName: name,
        functionArn: arn,
        memoryMegabytes: data.MemorySize,
        timeoutSeconds: data.Timeout,
        compileCache: options.compileCache,
        logStream,
        environment: {
          ...options.environment,
          ...data.Environment?.Variables,
          ...lambdaVariables(options.region, name, data, codePath, logStream),
        },
        onLog: log.write.bind(log, name),
      };
      if (data.DeadLetterConfig) deadLetterTargets.set(arn, data.DeadLetterConfig.TargetArn);
      pools.set(name, new SandboxPool(sandbox, idle, data.ReservedConcurrentExecutions));
      return { ref: name, attributes: { Arn: arn } };
    },

    async invoke(functionNameOrArn: string, payload: unknown): Promise<InvocationResult> {
      // An ARN may carry a qualifier after the name; there is only $LATEST here.
      const name = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(functionNameOrArn)?.[1];
      const pool = pools.get(name ?? functionNameOrArn);
      if (!pool) throw new Error(`there is no function ${functionNameOrArn}`);
      return pool.invoke(payload);
    },

    stop() {
      idle.stop();
      stopping ??= Promise.all([...pools.values()].map((pool) => pool.stop())).then(() => log.close());
      return stopping;
    },
  };
}
