import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startStates } from '../../local/states/service.ts';
import { machine, machineArn, named, type States, setup, task, tokenTask } from './states-setup.ts';

const day = 86_400_000;

async function answer(states: States, taskToken: string, output: unknown): Promise<void> {
  await states.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
}

async function statusOf({ client }: States, executionArn: string): Promise<string | undefined> {
  return (await client.send(new DescribeExecutionCommand({ executionArn }))).status;
}

describe('a restart', () => {
  it('keeps a waiting token valid and repeats nothing that was done', async () => {
    const states = await setup();
    const { invoker } = states;
    invoker.functions.set('check', () => ({ ok: true }));
    invoker.functions.set('ask', () => null);
    invoker.functions.set('close', (payload: unknown) => payload);
    states.define(
      machine({
        Check: task('check', {}, { Next: 'Ask' }),
        Ask: tokenTask('ask', { Next: 'Close' }),
        Close: task('close', { 'answer.$': '$', 'execution.$': '$$.Execution.StartTime' }),
      }),
    );
    const arn = await states.begin();
    const token = await states.tokenOf('ask');
    await states.sees(arn, 'TaskSubmitted');
    const before = await states.history(arn);
    await states.restart();
    await states.restart();
    expect(await states.history(arn)).toEqual(before);
    await answer(states, token, 'approved');
    const { output, startDate } = await states.ended(arn);
    expect(JSON.parse(output ?? '')).toEqual({ answer: 'approved', execution: startDate?.toISOString() });
    expect(invoker.invocations.map(({ functionName }) => functionName)).toEqual(['check', 'ask', 'close']);
    await expect(answer(states, token, 'again')).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('lets tokens, waits and machines end at the time they had before', async () => {
    const states = await setup(1000);
    states.invoker.functions.set('ask', () => null);
    const token = (hours: number): object => tokenTask('ask', { TimeoutSeconds: hours * 3600, End: true });
    const wait = (hours: number): object => ({ Type: 'Wait', Seconds: hours * 3600, End: true });
    const begin = (definition: object): Promise<string> => {
      states.define(definition);
      return states.begin();
    };
    const over = [
      await begin(machine({ Ask: token(20) })),
      await begin(machine({ Wait: wait(20) })),
      await begin(machine({ Wait: wait(90) }, { TimeoutSeconds: 20 * 3600 })),
    ];
    const waiting = [await begin(machine({ Ask: token(30) })), await begin(machine({ Wait: wait(30) }))];
    await vi.waitFor(() => expect(states.invoker.invocations).toHaveLength(2));
    await states.restart({ downMs: day });
    const ends = await Promise.all(over.map(states.ended));
    expect(ends.map(({ status, error }) => [status, error])).toEqual([
      ['FAILED', 'States.Timeout'],
      ['SUCCEEDED', undefined],
      ['TIMED_OUT', undefined],
    ]);
    for (const arn of waiting) expect(await statusOf(states, arn)).toBe('RUNNING');
  });

  it('invokes a task again that was in flight, with all of its time', async () => {
    const states = await setup(1000);
    states.invoker.functions.set('work', (_payload, count) => (count === 1 ? new Promise(() => {}) : 'done'));
    states.define(machine({ Work: task('work', { a: 1 }, { TimeoutSeconds: 60, End: true }) }));
    const arn = await states.begin();
    await states.restart({ downMs: day });
    expect((await states.ended(arn)).output).toBe('"done"');
    expect(states.invoker.payloadsOf('work')).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('gives a function that had not finished the same token again', async () => {
    const states = await setup();
    states.invoker.functions.set('ask', (_payload, count) => (count === 1 ? new Promise(() => {}) : null));
    states.define(machine({ Ask: tokenTask('ask') }));
    const arn = await states.begin();
    const token = await states.tokenOf('ask');
    await states.restart();
    expect(await states.tokenOf('ask', 1)).toBe(token);
    await answer(states, token, 1);
    expect((await states.ended(arn)).output).toBe('1');
  });

  it('does not begin again what ran out of time meanwhile', async () => {
    const states = await setup(1000);
    states.invoker.functions.set('ask', () => new Promise(() => {}));
    states.define(machine({ Ask: tokenTask('ask', { TimeoutSeconds: 3600, End: true }) }));
    const late = await states.begin();
    states.define(machine({ Ask: tokenTask('ask') }, { TimeoutSeconds: 3600 }));
    const lost = await states.begin();
    await states.restart({ downMs: day });
    expect((await states.ended(late)).error).toBe('States.Timeout');
    expect((await states.ended(lost)).status).toBe('TIMED_OUT');
    expect(states.invoker.invocations).toHaveLength(2);
  });

  it('forgets what a function answers after the stop', async () => {
    const states = await setup();
    const gates: (() => void)[] = [];
    states.invoker.functions.set('slow', async (_payload, count) => {
      if (count === 1) await new Promise<void>((resolve) => gates.push(resolve));
      return count;
    });
    states.define(machine({ Slow: task('slow') }));
    const arn = await states.begin();
    const first = states.service;
    await first.stop();
    await first.stop();
    for (const open of gates) open();
    await states.restart();
    expect((await states.ended(arn)).output).toBe('2');
  });

  it('does not repeat the finished iterations of a map', async () => {
    const states = await setup();
    const { invoker } = states;
    invoker.functions.set('work', (n: number, count) => (count === 3 ? new Promise(() => {}) : n * 10));
    const work = { ...task('work'), Parameters: { FunctionName: 'work', 'Payload.$': '$' } };
    const each = { Type: 'Map', MaxConcurrency: 1, ItemProcessor: machine({ Work: work }), End: true };
    states.define(machine({ Each: each }));
    const arn = await states.begin([1, 1, 1, 2]);
    await vi.waitFor(() => expect(invoker.invocations).toHaveLength(3));
    await states.restart();
    expect((await states.ended(arn)).output).toBe('[10,10,10,20]');
    expect(invoker.payloadsOf('work')).toEqual([1, 1, 1, 1, 2]);
    const iterations = (await states.history(arn)).filter(({ type }) => type === 'MapIterationStarted');
    expect(iterations.map((event) => event.mapIterationStartedEventDetails?.index)).toEqual([0, 1, 2, 3]);
  });

  it('goes on with a loop where it was', async () => {
    const states = await setup();
    const { invoker } = states;
    invoker.functions.set('commit', (_payload, count) => ({ more: count < 4 }));
    invoker.functions.set('ask', () => null);
    const again = [{ Variable: '$.more', BooleanEquals: true, Next: 'Ask' }];
    states.define(
      machine({
        Commit: task('commit', {}, { Next: 'More?' }),
        'More?': { Type: 'Choice', Choices: again, Default: 'Done' },
        Ask: tokenTask('ask', { Next: 'Commit' }),
        Done: { Type: 'Succeed' },
      }),
    );
    const arn = await states.begin();
    for (const round of [0, 1, 2]) {
      const token = await states.tokenOf('ask', round);
      await states.sees(arn, 'TaskSubmitted', round + 1);
      await states.restart();
      await answer(states, token, {});
    }
    expect((await states.ended(arn)).output).toBe('{"more":false}');
    expect(invoker.payloadsOf('commit')).toHaveLength(4);
    expect(invoker.payloadsOf('ask')).toHaveLength(3);
  });

  it('keeps a retry’s count and its pause', async () => {
    const states = await setup(1000);
    states.invoker.functions.set('flaky', (_payload, count) => {
      if (count <= 2) throw named('Throttled');
      return 'ok';
    });
    const Retry = [{ ErrorEquals: ['Throttled'], IntervalSeconds: 3600, MaxAttempts: 2 }];
    states.define(
      machine({ Flaky: task('flaky', { 'retry.$': '$$.State.RetryCount' }, { Retry, End: true }) }),
    );
    const arn = await states.begin();
    await states.sees(arn, 'TaskFailed');
    await states.restart();
    expect(await statusOf(states, arn)).toBe('RUNNING');
    await states.restart({ downMs: day });
    await states.sees(arn, 'TaskFailed', 2);
    await states.restart({ downMs: day });
    expect((await states.ended(arn)).output).toBe('"ok"');
    expect(states.invoker.payloadsOf('flaky')).toEqual([{ retry: 0 }, { retry: 1 }, { retry: 2 }]);
  });

  it('does not run a parallel state again whose failure was caught', async () => {
    const states = await setup();
    const { invoker } = states;
    invoker.functions.set('ask', () => null);
    invoker.functions.set('side', () => new Promise(() => {}));
    invoker.functions.set('break', () => {
      throw named('Broken');
    });
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'Ask', ResultPath: '$.error' }];
    const branches = [machine({ Break: task('break') }), machine({ Side: task('side') })];
    states.define(
      machine({ Both: { Type: 'Parallel', Branches: branches, Catch, End: true }, Ask: tokenTask('ask') }),
    );
    const arn = await states.begin();
    const token = await states.tokenOf('ask');
    await states.sees(arn, 'TaskSubmitted');
    await states.restart();
    await answer(states, token, 'ok');
    expect((await states.ended(arn)).output).toBe('"ok"');
    expect(invoker.payloadsOf('break')).toHaveLength(1);
    expect(invoker.payloadsOf('side')).toHaveLength(1);
  });

  it('does not go back to an attempt of a parallel state that failed', async () => {
    const states = await setup();
    const { invoker } = states;
    invoker.functions.set('ask', (_payload, count) => (count === 1 ? new Promise(() => {}) : null));
    invoker.functions.set('flaky', (_payload, count) => {
      if (count === 1) throw named('Throttled');
      return count;
    });
    const Retry = [{ ErrorEquals: ['Throttled'], IntervalSeconds: 1 }];
    const branches = [machine({ Flaky: task('flaky') }), machine({ Ask: tokenTask('ask') })];
    states.define(machine({ Both: { Type: 'Parallel', Branches: branches, Retry, End: true } }));
    const arn = await states.begin();
    const token = await states.tokenOf('ask', 1);
    await states.sees(arn, 'TaskSubmitted');
    await states.restart();
    await answer(states, token, 'ok');
    expect((await states.ended(arn)).output).toBe('[2,"ok"]');
    expect(invoker.payloadsOf('ask')).toHaveLength(2);
  });

  it('does not draw again what a state drew by chance', async () => {
    const states = await setup();
    states.invoker.functions.set('ask', () => null);
    const draw = { Type: 'Pass', Parameters: { 'id.$': 'States.UUID()' }, Next: 'Ask' };
    states.define(machine({ Draw: draw, Ask: tokenTask('ask', { ResultPath: '$.answer', End: true }) }));
    const arn = await states.begin();
    const token = await states.tokenOf('ask');
    const [given] = states.invoker.payloadsOf('ask') as { input: { id: string } }[];
    await states.restart();
    await answer(states, token, 'ok');
    expect(JSON.parse((await states.ended(arn)).output ?? '')).toEqual({ id: given?.input.id, answer: 'ok' });
  });

  it('lets running executions keep the definition they began with', async () => {
    const states = await setup();
    states.invoker.functions.set('ask', () => null);
    states.define(
      machine({ Ask: tokenTask('ask', { Next: 'Old' }), Old: { Type: 'Pass', Result: 'old', End: true } }),
    );
    const arn = await states.begin();
    const token = await states.tokenOf('ask');
    await states.restart({ definition: machine({ New: { Type: 'Pass', Result: 'new', End: true } }) });
    await answer(states, token, {});
    expect((await states.ended(arn)).output).toBe('"old"');
    expect((await states.ended(await states.begin())).output).toBe('"new"');
  });

  it('keeps stopped executions stopped, and finished ones with their history', async () => {
    const states = await setup();
    states.define(machine({ Wait: { Type: 'Wait', Seconds: 90_000, End: true } }));
    const arn = await states.begin();
    await states.client.send(new StopExecutionCommand({ executionArn: arn, error: 'Withdrawn' }));
    const before = await states.history(arn);
    await states.restart();
    expect(await states.ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Withdrawn' });
    expect(await states.history(arn)).toEqual(before);
  });

  it('drops a line that a crash cut off, and refuses a journal that is damaged otherwise', async () => {
    const states = await setup();
    states.invoker.functions.set('work', (_payload, count) => (count === 1 ? new Promise(() => {}) : count));
    states.define(machine({ Work: task('work') }));
    const arn = await states.begin({}, 'one');
    await states.restart({ journals: (text) => `${text}{"kind":"event","id":9,"type":"Task` });
    expect((await states.ended(arn)).output).toBe('2');
    await states.restart();
    expect((await states.ended(arn)).output).toBe('2');
    const damaged = states.restart({ journals: (text) => text.replace('{', 'x') });
    await expect(damaged).rejects.toThrow(/the journal .*one.* is damaged at line 1/);
  });

  it('carries 500 executions that wait for their tokens', async () => {
    const states = await setup(1000);
    const { invoker } = states;
    invoker.functions.set('ask', () => null);
    states.define(machine({ Ask: tokenTask('ask', { TimeoutSeconds: 30 * 86_400, End: true }) }));
    const arns = await Promise.all(Array.from({ length: 500 }, (_one, i) => states.begin({ i })));
    await vi.waitFor(() => expect(invoker.invocations).toHaveLength(500));
    await states.restart();
    const tokens = await Promise.all(arns.map((_arn, i) => states.tokenOf('ask', i)));
    await Promise.all(tokens.map((token, i) => answer(states, token, i)));
    const ends = await Promise.all(arns.map(states.ended));
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect(new Set(ends.map(({ output }) => output)).size).toBe(500);
  });
});

describe('start and stop', () => {
  const options = (dataDir: string) => ({
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: () => {},
  });

  it('accepts no execution before the start', async () => {
    const states = await setup();
    const dataDir = await mkdtemp(join(tmpdir(), 'states-'));
    const service = await startStates(options(dataDir));
    onTestFinished(async () => {
      await service.stop();
      await rm(dataDir, { recursive: true });
    });
    service.addStateMachine('Machine', {}, JSON.stringify(machine({ Done: { Type: 'Succeed' } })));
    await expect(service.startExecution(machineArn, {})).rejects.toThrow('starting');
    const headers = { 'x-amz-target': 'AWSStepFunctions.StartExecution' };
    const body = JSON.stringify({ stateMachineArn: machineArn });
    expect((await fetch(service.endpoint, { method: 'POST', headers, body })).status).toBe(503);
    const elsewhere = states.client.send(new StartExecutionCommand({ stateMachineArn: machineArn }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it('leaves nothing behind that keeps a process alive', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'states-'));
    onTestFinished(() => rm(dataDir, { recursive: true }));
    const definition = machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          machine({ Wait: { Type: 'Wait', Seconds: 90_000, End: true } }),
          machine({ Ask: tokenTask('f') }),
        ],
        End: true,
      },
    });
    const program = `
      const { startStates } = await import(${JSON.stringify(new URL('../../local/states/service.ts', import.meta.url))});
      const options = ${JSON.stringify(options(dataDir))};
      const service = await startStates({ ...options, log: () => {} });
      const { ref } = service.addStateMachine('Machine', {}, ${JSON.stringify(JSON.stringify(definition))});
      await service.start({ invoke: () => new Promise(() => {}) });
      await service.startExecution(ref, {});
      await service.stop();
      console.log('stopped');
    `;
    const child = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect(child.stdout.trim()).toBe('stopped');
  });
});
