import {
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { machine, named, setup, task, tokenTask } from './states-setup.ts';

const invoke = 'arn:aws-cn:states:::lambda:invoke';
const caught = { Type: 'Pass', End: true };
const catchAll = {
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', ResultPath: '$.error' }],
  End: true,
};

describe('tasks', () => {
  it('gives Lambda’s answer as the invoke integration does', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('greet', ({ name }: { name: string }) => `hello ${name}`);
    const parameters = { 'FunctionName.$': '$.function', Payload: { 'name.$': '$.name' } };
    const state = { Type: 'Task', Resource: invoke, Parameters: parameters, End: true };
    expect(await run(machine({ Greet: state }), { function: 'greet', name: 'Ann' })).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: 'hello Ann',
      SdkHttpMetadata: { HttpStatusCode: 200 },
      StatusCode: 200,
    });
    expect(invoker.payloadsOf('greet')).toEqual([{ name: 'Ann' }]);
  });

  it('invokes a plain function ARN with its input and takes its answer as the result', async () => {
    const { run, invoker } = await setup();
    const arn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:plain';
    invoker.functions.set(arn, (input: unknown) => ({ given: input }));
    expect(await run(machine({ Plain: { Type: 'Task', Resource: arn, End: true } }), { a: 1 })).toEqual({
      given: { a: 1 },
    });
  });

  it('selects and places a result', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('count', () => ({ n: 3, more: true }));
    const more = {
      OutputPath: '$',
      ResultSelector: { 'n.$': '$.Payload.n' },
      ResultPath: '$.count',
      End: true,
    };
    expect(await run(machine({ Count: task('count', {}, more) }), { a: 1 })).toEqual({
      a: 1,
      count: { n: 3 },
    });
  });

  it('takes a handler without a result for null', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('silent', () => undefined);
    expect(await run(machine({ Silent: task('silent') }))).toBeNull();
  });

  it('names an error by the function’s errorType and keeps the payload as its cause', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('refuse', () => {
      throw named('NotEligible', 'too small');
    });
    const output = await run(machine({ Refuse: task('refuse', {}, catchAll), Caught: caught }), { a: 1 });
    const cause = JSON.stringify({ errorType: 'NotEligible', errorMessage: 'too small', trace: [] });
    expect(output).toEqual({ a: 1, error: { Error: 'NotEligible', Cause: cause } });
    expect(await run(machine({ Refuse: task('refuse') }))).toBe(`FAILED NotEligible: ${cause}`);
  });

  it('takes the first catcher that covers the error', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('refuse', () => {
      throw named('NotEligible');
    });
    const catchers = [
      { ErrorEquals: ['Other', 'States.Timeout'], Next: 'Wrong' },
      { ErrorEquals: ['States.TaskFailed'], Next: 'Right' },
      { ErrorEquals: ['States.ALL'], Next: 'Wrong' },
    ];
    const definition = machine({
      Refuse: task('refuse', {}, { Catch: catchers, End: true }),
      Right: { Type: 'Pass', Result: 'right', End: true },
      Wrong: { Type: 'Pass', Result: 'wrong', End: true },
    });
    expect(await run(definition)).toBe('right');
  });

  it('retries with backoff, counts per retrier and shows the count to the state', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('flaky', (_payload, count) => {
      if (count <= 2) throw named('Throttled');
      if (count === 3) throw named('Conflict');
      return count;
    });
    const Retry = [
      {
        ErrorEquals: ['Throttled'],
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 2,
        JitterStrategy: 'FULL',
      },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxDelaySeconds: 2 },
    ];
    const state = task('flaky', { 'retry.$': '$$.State.RetryCount' }, { Retry, End: true });
    expect(await run(machine({ Flaky: state }))).toBe(4);
    expect(invoker.payloadsOf('flaky')).toEqual([{ retry: 0 }, { retry: 1 }, { retry: 2 }, { retry: 3 }]);
  });

  it('gives up when a retrier is used up, whatever later ones say', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('down', () => {
      throw named('Throttled');
    });
    const Retry = [
      { ErrorEquals: ['Throttled'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
    ];
    expect(await run(machine({ Down: task('down', {}, { Retry, End: true }) }))).toContain(
      'FAILED Throttled',
    );
    expect(invoker.invocations).toHaveLength(2);
  });

  it('times a task out, by a number or by a path', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('hang', () => new Promise(() => {}));
    const more = { TimeoutSecondsPath: '$.seconds', ...catchAll };
    const output = await run(machine({ Hang: task('hang', {}, more), Caught: caught }), { seconds: 2 });
    expect(output).toEqual({ seconds: 2, error: { Error: 'States.Timeout', Cause: '' } });
    expect(await run(machine({ Hang: task('hang', {}, { TimeoutSeconds: 1, End: true }) }))).toBe(
      'FAILED States.Timeout: undefined',
    );
  });

  it('does not take a timeout for a failed task', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('hang', () => new Promise(() => {}));
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Caught' }];
    const state = task('hang', {}, { TimeoutSeconds: 1, Catch, End: true });
    expect(await run(machine({ Hang: state, Caught: caught }))).toContain('FAILED States.Timeout');
  });

  it('fails when there is no such function', async () => {
    const { run } = await setup();
    expect(await run(machine({ Nobody: task('nobody') }))).toContain(
      'FAILED Lambda.ResourceNotFoundException',
    );
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html: Error and Cause are optional.
  it('fails without an error and a cause that a Fail state does not name', async () => {
    const { run } = await setup();
    expect(await run(machine({ Stop: { Type: 'Fail' } }))).toBe('FAILED undefined: undefined');
    expect(await run(machine({ Stop: { Type: 'Fail', Error: 'Enough' } }))).toBe('FAILED Enough: undefined');
    const both = { Type: 'Parallel', Branches: [machine({ Stop: { Type: 'Fail' } })], ...catchAll };
    const output = await run(machine({ Both: both, Caught: caught }));
    expect(output).toEqual({ error: { Error: null, Cause: null } });
  });

  it('ends a machine at its own timeout', async () => {
    const states = await setup();
    states.define(machine({ Long: { Type: 'Wait', Seconds: 90_000, End: true } }, { TimeoutSeconds: 2 }));
    const arn = await states.begin();
    expect((await states.ended(arn)).status).toBe('TIMED_OUT');
    expect((await states.history(arn)).at(-1)?.type).toBe('ExecutionTimedOut');
  });
});

describe('waits', () => {
  it.each<[string, object, unknown]>([
    ['seconds', { Seconds: 1 }, {}],
    ['seconds by a path', { SecondsPath: '$.seconds' }, { seconds: 1 }],
    ['a timestamp in the past', { Timestamp: '2020-01-01T00:00:00Z' }, {}],
    ['a timestamp by a path', { TimestampPath: '$.until' }, { until: new Date().toISOString() }],
  ])('ends after %s', async (_name, wait, input) => {
    const { run } = await setup();
    expect(await run(machine({ Wait: { Type: 'Wait', ...wait, End: true } }), input)).toEqual(input);
  });

  it('waits longer than a timer can', async () => {
    const warnings: string[] = [];
    const warn = ({ name }: Error): void => {
      warnings.push(name);
    };
    process.on('warning', warn);
    onTestFinished(() => {
      process.off('warning', warn);
    });
    const states = await setup(1000);
    states.define(machine({ Wait: { Type: 'Wait', Seconds: 40 * 86_400, End: true } }));
    const arn = await states.begin();
    states.define(machine({ Wait: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true } }));
    await states.ended(await states.begin());
    const { status } = await states.client.send(new DescribeExecutionCommand({ executionArn: arn }));
    expect(status).toBe('RUNNING');
    expect(warnings).not.toContain('TimeoutOverflowWarning');
  });

  it('fails on a path that leads to no time', async () => {
    const { run } = await setup();
    const wait = (path: object): object => machine({ Wait: { Type: 'Wait', ...path, End: true } });
    expect(await run(wait({ SecondsPath: '$.a' }), { a: 'soon' })).toContain('FAILED States.Runtime');
    expect(await run(wait({ TimestampPath: '$.a' }), { a: 'soon' })).toContain('FAILED States.Runtime');
  });
});

describe('task tokens', () => {
  it('waits for success and takes its output as the result', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => 'this answer is not the result');
    define(machine({ Ask: tokenTask('ask', { ResultPath: '$.answer', End: true }) }));
    const arn = await begin({ a: 1 });
    const taskToken = await tokenOf('ask');
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"yes":true}' }));
    expect(JSON.parse((await ended(arn)).output ?? '')).toEqual({ a: 1, answer: { yes: true } });
  });

  it('accepts an answer while the function still runs', async () => {
    const states = await setup();
    const { define, begin, client, invoker, ended, history } = states;
    invoker.functions.set('ask', async ({ token }: { token: string }) => {
      await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '1' }));
      throw named('TooLate');
    });
    define(machine({ Ask: tokenTask('ask') }));
    const arn = await begin();
    expect((await ended(arn)).output).toBe('1');
    expect((await history(arn)).map(({ type }) => type)).not.toContain('TaskFailed');
  });

  it('fails the task with what SendTaskFailure says', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask', catchAll), Caught: caught }));
    const arn = await begin({});
    const taskToken = await tokenOf('ask');
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'Refused', cause: 'because' }));
    expect(JSON.parse((await ended(arn)).output ?? '')).toEqual({
      error: { Error: 'Refused', Cause: 'because' },
    });
  });

  it('fails when the function fails, and gives each attempt a fresh token', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', (_payload, count) => {
      if (count === 1) throw named('Throttled');
    });
    const Retry = [{ ErrorEquals: ['Throttled'], IntervalSeconds: 1 }];
    define(machine({ Ask: tokenTask('ask', { Retry, End: true }) }));
    const arn = await begin();
    const [first, second] = [await tokenOf('ask', 0), await tokenOf('ask', 1)];
    expect(first).not.toBe(second);
    const late = client.send(new SendTaskSuccessCommand({ taskToken: first, output: '1' }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await client.send(new SendTaskSuccessCommand({ taskToken: second, output: '2' }));
    expect((await ended(arn)).output).toBe('2');
  });

  it('times out, and refuses the answer that comes after', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask', { TimeoutSeconds: 2, ...catchAll }), Caught: caught }));
    const arn = await begin({});
    expect((await ended(arn)).output).toContain('States.Timeout');
    const late = client.send(new SendTaskSuccessCommand({ taskToken: await tokenOf('ask'), output: '1' }));
    await expect(late).rejects.toMatchObject({
      name: 'TaskTimedOut',
      message: expect.stringContaining('anymore'),
    });
  });

  it('fails without a heartbeat, and lives on with one', async () => {
    const { define, begin, client, invoker, tokenOf, ended, sees } = await setup(50);
    invoker.functions.set('ask', () => null);
    const more = { HeartbeatSeconds: 40, TimeoutSeconds: 90_000, ...catchAll };
    define(machine({ Ask: tokenTask('ask', more), Caught: caught }));
    const arn = await begin({});
    const taskToken = await tokenOf('ask');
    await sees(arn, 'TaskSubmitted');
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    // The history and what is caught call it a time-out, as of TimeoutSeconds.
    expect(JSON.parse((await ended(arn)).output ?? '')).toEqual({
      error: { Error: 'States.Timeout', Cause: '' },
    });
    const late = client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (States.HeartbeatTimeout)
  it.each<[string, object, string]>([
    ['States.HeartbeatTimeout', { HeartbeatSeconds: 2 }, 'SUCCEEDED'],
    ['States.Timeout', { HeartbeatSeconds: 2 }, 'SUCCEEDED'],
    ['States.Timeout', { TimeoutSeconds: 2 }, 'SUCCEEDED'],
    ['States.HeartbeatTimeout', { TimeoutSeconds: 2 }, 'FAILED'],
    ['States.TaskFailed', { HeartbeatSeconds: 2 }, 'FAILED'],
  ])('lets %s cover the end of %j: %s', async (name, limit, expected) => {
    const { define, begin, invoker, ended, history, restart } = await setup();
    invoker.functions.set('ask', () => null);
    const Catch = [{ ErrorEquals: [name], Next: 'Caught' }];
    const pause = { Type: 'Wait', Seconds: 1, Next: 'Done' };
    const done = { Type: 'Pass', End: true };
    define(machine({ Ask: tokenTask('ask', { ...limit, Catch, End: true }), Caught: pause, Done: done }));
    const arn = await begin({});
    await restart();
    const { status, error, cause } = await ended(arn);
    expect(status).toBe(expected);
    if (expected === 'FAILED') expect([error, cause]).toEqual(['States.Timeout', undefined]);
    const timedOut = (await history(arn)).find(({ type }) => type === 'TaskTimedOut');
    const { error: told, cause: why } = timedOut?.taskTimedOutEventDetails ?? {};
    expect([told, why]).toEqual(['States.Timeout', undefined]);
  });

  it('catches a failure that nobody named', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask', catchAll), Caught: caught }));
    const arn = await begin({});
    await client.send(new SendTaskFailureCommand({ taskToken: await tokenOf('ask') }));
    expect(JSON.parse((await ended(arn)).output ?? '')).toEqual({ error: { Error: null, Cause: null } });
  });

  it('takes one of many answers at once', async () => {
    const { define, begin, client, invoker, tokenOf, ended, sees } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask') }));
    const arn = await begin();
    const taskToken = await tokenOf('ask');
    await sees(arn, 'TaskSubmitted');
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_one, i) =>
        client.send(new SendTaskSuccessCommand({ taskToken, output: String(i) })),
      ),
    );
    const winners = answers.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i)] : []));
    expect(winners).toHaveLength(1);
    expect([(await ended(arn)).output]).toEqual(winners);
    const names = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason.name] : []));
    expect(new Set(names)).toEqual(new Set(['TaskTimedOut']));
  });

  it('lets a map wait for a token in every iteration', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => null);
    const each = { Type: 'Map', ItemProcessor: machine({ Ask: tokenTask('ask') }), End: true };
    define(machine({ Each: each }));
    const arn = await begin(['a', 'b', 'c']);
    await vi.waitFor(() => expect(invoker.payloadsOf('ask')).toHaveLength(3));
    for (const [i, given] of invoker.payloadsOf('ask').entries()) {
      expect(given).toMatchObject({ input: 'abc'.charAt(i) });
      const taskToken = await tokenOf('ask', i);
      await client.send(new SendTaskSuccessCommand({ taskToken, output: String(i) }));
    }
    expect((await ended(arn)).output).toBe('[0,1,2]');
  });
});
