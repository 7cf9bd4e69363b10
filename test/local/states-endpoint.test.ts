import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { executionArn, machine, machineArn, named, setup, task, tokenTask } from './states-setup.ts';

const forever = machine({ Long: { Type: 'Wait', Seconds: 90_000, End: true } });
const atOnce = machine({ Done: { Type: 'Succeed' } });

describe('StartExecution', () => {
  it('gives the running execution of the same name and input, and refuses another input', async () => {
    const { define, begin } = await setup();
    define(forever);
    const [arn, again] = [await begin({ a: 1 }, 'one'), await begin({ a: 1 }, 'one')];
    expect([arn, again]).toEqual([executionArn('one'), executionArn('one')]);
    await expect(begin({ a: 2 }, 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses the name of an execution that is over', async () => {
    const { define, begin, ended } = await setup();
    define(atOnce);
    await ended(await begin({ a: 1 }, 'one'));
    await expect(begin({ a: 1 }, 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('starts once when asked 20 times at once', async () => {
    const { define, begin, client, ended, invoker, tokenOf } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask') }));
    const arns = await Promise.all(Array.from({ length: 20 }, () => begin({}, 'one')));
    expect(new Set(arns)).toEqual(new Set([executionArn('one')]));
    await client.send(new SendTaskSuccessCommand({ taskToken: await tokenOf('ask'), output: '1' }));
    await ended(executionArn('one'));
    expect(invoker.invocations).toHaveLength(1);
  });

  it.each(['a b', 'a/b', 'a*', 'a:b', '{a}', 'x'.repeat(81)])('refuses the name %s', async (name) => {
    const { define, begin } = await setup();
    define(atOnce);
    await expect(begin({}, name)).rejects.toMatchObject({ name: 'InvalidName' });
  });

  it.each(['申报-01', '..', 'A', 'a', 'x'.repeat(80)])('keeps an execution named %s', async (name) => {
    const states = await setup();
    states.define(atOnce);
    const arn = await states.begin({ name }, name);
    await states.ended(arn);
    await states.restart();
    expect(await states.ended(arn)).toMatchObject({
      name,
      status: 'SUCCEEDED',
      input: JSON.stringify({ name }),
    });
  });

  it('refuses input that is not JSON, unknown machines and what is no ARN', async () => {
    const { define, client } = await setup();
    define(atOnce);
    const start = (stateMachineArn: string, input?: string): Promise<unknown> =>
      client.send(new StartExecutionCommand({ stateMachineArn, input }));
    await expect(start(machineArn, '{')).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(start(`${machineArn}2`)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await expect(start('Machine')).rejects.toMatchObject({ name: 'InvalidArn' });
    await expect(start(machineArn)).resolves.toMatchObject({ startDate: expect.any(Date) });
  });

  it('is there for rules and schedules too', async () => {
    const { define, service, client, ended } = await setup();
    define(atOnce);
    await service.startExecution(machineArn, { from: 'rule' });
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: machineArn }));
    const { output } = await ended(executions?.[0]?.executionArn ?? '');
    expect(output).toBe('{"from":"rule"}');
    await expect(service.startExecution('arn:nothing', {})).rejects.toThrow('arn:nothing');
  });
});

describe('StopExecution', () => {
  it('aborts waits and tokens', async () => {
    const { define, begin, client, invoker, tokenOf, ended, history } = await setup();
    invoker.functions.set('ask', () => null);
    const branches = [machine({ Ask: tokenTask('ask') }), forever];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const both = { Type: 'Parallel', Branches: branches, Catch, End: true };
    define(machine({ Both: both, Caught: { Type: 'Succeed' } }));
    const arn = await begin();
    const taskToken = await tokenOf('ask');
    await client.send(
      new StopExecutionCommand({ executionArn: arn, error: 'Withdrawn', cause: 'by applicant' }),
    );
    expect(await ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Withdrawn', cause: 'by applicant' });
    const late = client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
    const last = (await history(arn)).at(-1);
    expect(last).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Withdrawn' },
    });
  });

  it('changes nothing when the execution is over', async () => {
    const { define, begin, client, ended } = await setup();
    define(atOnce);
    const arn = await begin();
    const { stopDate } = await ended(arn);
    expect((await client.send(new StopExecutionCommand({ executionArn: arn }))).stopDate).toEqual(stopDate);
    expect((await ended(arn)).status).toBe('SUCCEEDED');
  });
});

describe('tokens', () => {
  it.each<[string, string, string]>([
    ['a made-up token', 'made-up', 'InvalidToken'],
    ['a token with broken insides', `AQ1${Buffer.from('x').toString('base64url')}`, 'InvalidToken'],
    [
      'a token of an execution that is gone',
      `AQ1${Buffer.from(`${executionArn('gone')}\n${'a'.repeat(32)}`).toString('base64url')}`,
      'TaskDoesNotExist',
    ],
  ])('refuses %s', async (_name, taskToken, error) => {
    const { client } = await setup();
    const answer = client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    await expect(answer).rejects.toMatchObject({ name: error });
  });

  it('refuses a forged token of a running execution', async () => {
    const { define, begin, client } = await setup();
    define(forever);
    const arn = await begin({}, 'one');
    const taskToken = `AQ1${Buffer.from(`${arn}\n${'a'.repeat(32)}`).toString('base64url')}`;
    const answer = client.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    await expect(answer).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  it('refuses output that is not JSON and goes on waiting', async () => {
    const { define, begin, client, invoker, tokenOf, ended } = await setup();
    invoker.functions.set('ask', () => null);
    define(machine({ Ask: tokenTask('ask') }));
    const arn = await begin();
    const taskToken = await tokenOf('ask');
    const broken = client.send(new SendTaskSuccessCommand({ taskToken, output: 'yes' }));
    await expect(broken).rejects.toMatchObject({ name: 'InvalidOutput' });
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
    expect((await ended(arn)).output).toBe('"yes"');
  });
});

describe('looking at executions', () => {
  it('tells the history of a task that was retried, in order', async () => {
    const { define, begin, ended, history, invoker } = await setup();
    invoker.functions.set('flaky', (_payload, count) => {
      if (count === 1) throw named('Throttled');
      return 'ok';
    });
    const Retry = [{ ErrorEquals: ['Throttled'], IntervalSeconds: 1 }];
    define(machine({ Flaky: task('flaky', { a: 1 }, { Retry, End: true }) }));
    const arn = await begin({ in: 1 }, 'one');
    await ended(arn);
    const events = await history(arn);
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, i) => i + 1));
    expect(events.map(({ previousEventId }) => previousEventId)).toEqual(events.map((_event, i) => i));
    expect(events[1]?.stateEnteredEventDetails).toMatchObject({ name: 'Flaky', input: '{"in":1}' });
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: 'lambda',
      resource: 'invoke',
      parameters: '{"FunctionName":"flaky","Payload":{"a":1}}',
    });
    expect(events[4]?.taskFailedEventDetails?.error).toBe('Throttled');
    expect(events[8]?.stateExitedEventDetails?.output).toBe('"ok"');
    expect(events[0]?.timestamp).toBeInstanceOf(Date);
  });

  it('gives history and executions page by page', async () => {
    const { define, begin, ended, client } = await setup();
    define(machine({ One: { Type: 'Pass', Next: 'Two' }, Two: { Type: 'Succeed' } }));
    const arns = [await begin({}, 'a'), await begin({}, 'b'), await begin({}, 'c')];
    for (const arn of arns) await ended(arn);
    const types: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new GetExecutionHistoryCommand({ executionArn: arns[0], maxResults: 4, nextToken });
      const answer = await client.send(command);
      types.push(...(answer.events ?? []).map(({ type }) => String(type)));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    expect(types).toHaveLength(6);
    const reverse = new GetExecutionHistoryCommand({ executionArn: arns[0], reverseOrder: true });
    expect((await client.send(reverse)).events?.map(({ type }) => String(type))).toEqual(types.reverse());
    const list = new ListExecutionsCommand({
      stateMachineArn: machineArn,
      statusFilter: 'SUCCEEDED',
      maxResults: 2,
    });
    const first = await client.send(list);
    expect(first.executions).toHaveLength(2);
    expect(first.nextToken).toBeDefined();
    const running = new ListExecutionsCommand({ stateMachineArn: machineArn, statusFilter: 'RUNNING' });
    expect((await client.send(running)).executions).toEqual([]);
  });

  it('describes a state machine', async () => {
    const { define, client } = await setup();
    define(atOnce);
    const answer = await client.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
    expect(answer).toMatchObject({ name: 'Machine', status: 'ACTIVE', type: 'STANDARD' });
    expect(JSON.parse(answer.definition ?? '')).toEqual(atOnce);
  });

  it('says which execution or action it does not know', async () => {
    const { client, service } = await setup();
    const unknown = client.send(new DescribeExecutionCommand({ executionArn: executionArn('nobody') }));
    await expect(unknown).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    const create = new CreateStateMachineCommand({ name: 'x', definition: '{}', roleArn: 'arn:x' });
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('CreateStateMachine'),
    });
    const headers = { 'x-amz-target': 'AWSStepFunctions.StartExecution' };
    const broken = await fetch(service.endpoint, { method: 'POST', headers, body: '[' });
    expect(await broken.json()).toMatchObject({ __type: 'SerializationException' });
    const empty = await fetch(service.endpoint, { method: 'POST', headers, body: '{}' });
    expect(await empty.json()).toMatchObject({ __type: 'ValidationException' });
  });
});
