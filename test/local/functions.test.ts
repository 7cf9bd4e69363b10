import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maximumSandboxes } from '../../local/functions/pool.ts';
import { type FunctionsService, startFunctions } from '../../local/functions/service.ts';

let dataDir: string;
let functions: FunctionsService;
const printed: string[] = [];

function start(): FunctionsService {
  return startFunctions({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: (line) => printed.push(line),
    verbose: false,
    compileCache: join(dataDir, 'compiled'),
    environment: { AWS_ENDPOINT_URL_SFN: 'http://127.0.0.1:1' },
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'functions-'));
  functions = start();
});

afterAll(async () => {
  await functions.stop();
  await rm(dataDir, { recursive: true });
});

/** Registers a function with this source; gives its ARN. */
async function add(
  name: string,
  source: string,
  { file = 'index.mjs', ...properties }: Record<string, unknown> & { file?: string } = {},
  service = functions,
): Promise<string> {
  const codePath = join(dataDir, 'code', name);
  await mkdir(codePath, { recursive: true });
  await writeFile(join(codePath, file), source);
  const defaults = { Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'arn', Code: {} };
  return service.addFunction(name, { ...defaults, ...properties }, codePath).attributes['Arn'] ?? '';
}

describe('a function', () => {
  it('sees its own variables and those of Lambda, and nothing of this process', async () => {
    process.env['LEAK_PROBE'] = 'this process';
    const arn = await add('environment', 'export const handler = async () => process.env;', {
      Environment: { Variables: { APPLICATIONS_TABLE: 'applications' } },
      MemorySize: 256,
    });
    const { payload } = await functions.invoke(arn, {});
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: what Lambda sets itself.
    expect(payload).toEqual({
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
      ),
      APPLICATIONS_TABLE: 'applications',
      AWS_DEFAULT_REGION: 'cn-north-1',
      AWS_ENDPOINT_URL_SFN: 'http://127.0.0.1:1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/environment',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\]/),
      AWS_REGION: 'cn-north-1',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      LAMBDA_TASK_ROOT: join(dataDir, 'code', 'environment'),
      LANG: 'en_US.UTF-8',
      PATH: expect.stringContaining('/opt/bin'),
      TZ: ':UTC',
    });
  });

  it('gets a Lambda context', async () => {
    const arn = await add(
      'context',
      `export const handler = async (event, context) =>
        ({ ...context, remaining: context.getRemainingTimeInMillis(), event });`,
      { Timeout: 20 },
    );
    const { payload } = await functions.invoke('context', { n: 1 });
    expect(payload).toMatchObject({
      event: { n: 1 },
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/context',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      remaining: expect.any(Number),
    });
  });

  it('is found by name, ARN and qualified ARN, and refused when there is none', async () => {
    const arn = await add('names', 'export const handler = async () => 1;');
    for (const name of ['names', arn, `${arn}:$LATEST`]) {
      expect(await functions.invoke(name, {})).toEqual({ payload: 1 });
    }
    await expect(functions.invoke('nobody', {})).rejects.toThrow('no function nobody');
  });

  it('receives and answers JSON only', async () => {
    const arn = await add(
      'json',
      `export const handler = async (event) =>
        event.nothing ? undefined : { time: new Date(0), gone: undefined, got: event };`,
    );
    const event = { at: new Date(0), lost: undefined };
    expect(await functions.invoke(arn, event)).toEqual({
      payload: { time: '1970-01-01T00:00:00.000Z', got: { at: '1970-01-01T00:00:00.000Z' } },
    });
    expect(await functions.invoke(arn, { nothing: true })).toEqual({ payload: null });
  });

  it('may be a CommonJS bundle', async () => {
    const source = 'module.exports = Object.assign({}, { handler: async () => typeof require });';
    const arn = await add('commonjs', source, { file: 'index.cjs' });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 'function' });
  });

  it('reads files beside its bundle', async () => {
    const arn = await add(
      'files',
      `import { readFileSync } from 'node:fs';
       export const handler = async () => readFileSync(new URL('./policy.json', import.meta.url), 'utf8');`,
    );
    await writeFile(join(dataDir, 'code', 'files', 'policy.json'), 'the policy');
    expect(await functions.invoke(arn, {})).toEqual({ payload: 'the policy' });
  });

  it('is refused with a property that would be ignored', async () => {
    await expect(add('layers', '', { Layers: ['arn'] })).rejects.toThrow(/layers .*Layers/);
    await expect(add('python', '', { Runtime: 'python3.13' })).rejects.toThrow('only Node.js');
  });
});

describe('a sandbox', () => {
  const counter = 'let n = 0; export const handler = async () => ++n;';

  it('stays warm', async () => {
    const arn = await add('warm', counter);
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 2 });
  });

  it('handles one event at a time; more start up to a cap, then events wait', async () => {
    const arn = await add(
      'concurrency',
      `import { randomUUID } from 'node:crypto';
       const sandbox = randomUUID();
       let running = 0, peak = 0;
       export const handler = async () => {
         running++;
         peak = Math.max(peak, running);
         await new Promise((done) => setTimeout(done, 20));
         running--;
         return { sandbox, peak };
       };`,
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => functions.invoke(arn, {})));
    expect(answers.every(({ payload }) => Object(payload).peak === 1)).toBe(true);
    expect(new Set(answers.map(({ payload }) => Object(payload).sandbox)).size).toBe(maximumSandboxes);
  });

  it('is killed at the time-out, busy loop or not, and the next event gets a new one', async () => {
    const source = `let n = 0;
      export const handler = async ({ how }) => {
        if (how === 'loop') for (;;);
        if (how === 'wait') await new Promise((done) => setTimeout(done, 60_000));
        return ++n;
      };`;
    const arn = await add('timeout', source, { Timeout: 1 });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
    for (const how of ['wait', 'loop']) {
      expect(await functions.invoke(arn, { how })).toEqual({
        functionError: 'Unhandled',
        payload: {
          errorType: 'Sandbox.Timedout',
          errorMessage: expect.stringMatching(
            /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
          ),
        },
      });
    }
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: it is frozen between events.
  it('stands still between events, and goes on where it was', async () => {
    const left = join(dataDir, 'left-behind');
    const source = `import { writeFileSync } from 'node:fs';
      let ticks = 0;
      setInterval(() => ticks++, 5);
      export const handler = async ({ leave, wait }) => {
        if (leave) setTimeout(() => writeFileSync(leave, 'x'), 20);
        await new Promise((done) => setTimeout(done, wait));
        return ticks;
      };`;
    const arn = await add('frozen', source);
    await functions.invoke(arn, { leave: left, wait: 0 });
    await new Promise((done) => setTimeout(done, 300));
    expect(existsSync(left)).toBe(false);
    // It would have ticked sixty times; an interval that stood still does not catch up.
    expect((await functions.invoke(arn, { wait: 0 })).payload).toBeLessThan(30);
    await functions.invoke(arn, { wait: 40 });
    expect(existsSync(left)).toBe(true);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  it.each([
    ['a buffer', "Buffer.alloc(200e6, 'x').length"],
    [
      'buffers while it waits',
      "(await new Promise((done) => setTimeout(done, 30_000, Buffer.alloc(200e6, 'x'))))",
    ],
    ['objects', '((list) => { for (;;) list = { list }; })()'],
  ])('is killed when it holds more memory than it has, as %s', async (_, act) => {
    const source = `let n = 0;
      export const handler = async ({ fill }) => { n++; return fill ? ${act} : n; };`;
    const arn = await add(`memory-${act.length}`, source, { Timeout: 30 });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
    expect(await functions.invoke(arn, { fill: true })).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(
          /^RequestId: \S+ Error: Runtime exited with error: signal: killed$/,
        ),
      },
    });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
  });

  it('answers Lambda’s error object when the handler throws, and stays', async () => {
    const source = `let n = 0;
      class EligibilityRefused extends Error { name = 'EligibilityRefused'; }
      export const handler = async ({ fail }) => {
        n++;
        if (fail === 'error') throw new EligibilityRefused('no level');
        if (fail === 'text') throw 'plain';
        return n;
      };`;
    const arn = await add('throws', source);
    expect(await functions.invoke(arn, { fail: 'error' })).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'EligibilityRefused',
        errorMessage: 'no level',
        trace: expect.arrayContaining([expect.stringContaining('EligibilityRefused: no level')]),
      },
    });
    expect(await functions.invoke(arn, { fail: 'text' })).toMatchObject({
      payload: { errorType: 'string', errorMessage: 'plain' },
    });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 3 });
  });

  it.each([
    ['process.exit(3)', 'Runtime.ExitError', /Error: Runtime exited with error: exit status 3$/],
    ['process.exit(0)', 'Runtime.ExitError', /Error: Runtime exited without providing a reason$/],
    ["setTimeout(() => { throw new RangeError('late'); })", 'RangeError', /^late$/],
    ["Promise.reject(new Error('lost'))", 'Runtime.UnhandledPromiseRejection', /^Error: lost$/],
  ])('that dies (%s) answers an error, and the next event gets a new one', async (act, type, message) => {
    const source = `let n = 0;
      export const handler = async ({ die }) => {
        n++;
        if (die) { ${act}; await new Promise((done) => setTimeout(done, 10_000)); }
        return n;
      };`;
    const arn = await add(`dies-${act.replace(/\W+/g, '-')}`, source, { Timeout: 30 });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
    expect(await functions.invoke(arn, { die: true })).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: type,
        errorMessage: expect.stringMatching(message),
        ...(type !== 'Runtime.ExitError' && { trace: expect.any(Array) }),
      },
    });
    expect(await functions.invoke(arn, {})).toEqual({ payload: 1 });
  });

  it.each([
    ['throw new TypeError("at import"); export const handler = 1;', 'TypeError', 'at import'],
    ['export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    ['import "./missing.mjs"; export const handler = 1;', 'Error', 'missing.mjs'],
    // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html, and what its runtime says of code it loads
    ['require("./missing.cjs")', 'Runtime.ImportModuleError', "Error: Cannot find module './missing.cjs'"],
    ['export const handler = ;', 'Runtime.UserCodeSyntaxError', 'SyntaxError: '],
  ])('that cannot start (%s) answers an error', async (source, errorType, message) => {
    const file = source.startsWith('require') ? 'index.cjs' : 'index.mjs';
    const arn = await add(`broken-${errorType}`, source, { file });
    expect(await functions.invoke(arn, {})).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });
});

describe('what a function prints', () => {
  it('goes to a file of its own; warnings and errors to the terminal too', async () => {
    const service = start();
    const arn = await add(
      'printer',
      `export const handler = async () => {
         console.log('an aside %d', 7);
         console.warn('a warning');
         console.info(JSON.stringify({ level: 'ERROR', message: 'structured' }));
         process.stdout.write('raw\\n');
         await new Promise((done) => setTimeout(done, 100));
       };`,
      {},
      service,
    );
    await service.invoke(arn, {});
    await service.stop();
    const file = await readFile(join(dataDir, 'logs', 'printer.log'), 'utf8');
    expect(file).toMatch(/\tINFO\tan aside 7\n/);
    expect(file).toContain('\tINFO\traw\n');
    expect(file).toContain('\n{"level":"ERROR","message":"structured"}\n');
    const own = printed.filter((line) => line.startsWith('[printer]'));
    expect(own).toEqual(['[printer] a warning', '[printer] {"level":"ERROR","message":"structured"}']);
  });

  it('ends with the service, which then answers without running anything', async () => {
    const service = start();
    const arn = await add('stopped', 'export const handler = async () => 1;', {}, service);
    await service.stop();
    await service.stop();
    expect(await service.invoke(arn, {})).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'ServiceException' },
    });
  });
});
