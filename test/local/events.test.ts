import { afterEach, expect, test } from 'vitest';
import type { BusEvent, ExecutionStarter } from '../../local/contracts.ts';
import type { Clock } from '../../local/events/clock.ts';
import { startEvents } from '../../local/events/service.ts';
import { recordingInvoker, testOptions, until } from '../support/service-options.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A clock that moves only when it is told to. */
class FakeClock implements Clock {
  #now: number;
  #timers: { at: number; call: () => void }[] = [];

  constructor(start = '2026-03-01T00:00:00Z') {
    this.#now = Date.parse(start);
  }

  now() {
    return this.#now;
  }

  after(ms: number, call: () => void) {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get waiting() {
    return this.#timers.length;
  }

  advance(ms: number) {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }
}

const functionArn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:Verify';
const machineArn = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:Review';
const rule = {
  EventPattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'applications/' }] } } },
  State: 'ENABLED',
  Targets: [{ Id: 'Target0', Arn: functionArn }],
};
const minute = 60_000;

async function setup(options = testOptions(), clock = new FakeClock()) {
  cleanups.push(() => options.removeData());
  const service = await startEvents(options, clock);
  cleanups.push(() => service.stop());
  const executions: { arn: string; input: unknown }[] = [];
  const starter: ExecutionStarter = {
    startExecution: async (arn, input) => {
      executions.push({ arn, input });
    },
  };
  return { options, clock, service, executions, starter };
}

function objectCreated(key = 'applications/1'): BusEvent {
  return {
    version: '0',
    id: key,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '000000000000',
    time: '2026-03-01T00:00:00Z',
    region: 'cn-north-1',
    resources: ['arn:aws-cn:s3:::documents'],
    detail: { bucket: { name: 'documents' }, object: { key, size: 3 } },
  };
}

const failing = () => {
  throw new Error('broken');
};

test('an event reaches the targets of the rules that match it', async () => {
  const { service, starter, executions } = await setup();
  const { ref, attributes } = service.addRule('UploadRule', {
    ...rule,
    Targets: [
      ...rule.Targets,
      { Id: 'Target1', Arn: machineArn, RoleArn: 'role', InputPath: '$.detail.object' },
    ],
  });
  expect([ref, attributes['Arn']]).toEqual([
    'UploadRule',
    'arn:aws-cn:events:cn-north-1:000000000000:rule/UploadRule',
  ]);
  service.addRule('Off', { ...rule, State: 'DISABLED' });
  const invoker = recordingInvoker();
  service.start(invoker, starter);
  service.publish(objectCreated('elsewhere/1'));
  service.publish(objectCreated());
  await until(() => invoker.calls.length === 1 && executions.length === 1);
  expect(invoker.calls).toEqual([{ functionName: functionArn, payload: objectCreated() }]);
  expect(executions).toEqual([{ arn: machineArn, input: { key: 'applications/1', size: 3 } }]);
});

test.each([
  [{ Input: '{"a":1}' }, { a: 1 }],
  [{ InputPath: "$.detail['object'].size" }, 3],
  [{ InputPath: '$.resources[0]' }, 'arn:aws-cn:s3:::documents'],
  [
    {
      InputTransformer: {
        InputPathsMap: { key: '$.detail.object.key', size: '$.detail.object.size', none: '$.detail.none' },
        InputTemplate: '{"key":<key>,"text":"<key> of <size> \\"<none>\\"","rule":"<aws.events.rule-name>"}',
      },
    },
    { key: 'applications/1', text: 'applications/1 of 3 ""', rule: 'UploadRule' },
  ],
  [
    { InputTransformer: { InputPathsMap: { key: '$.source' }, InputTemplate: '"from <key>"' } },
    'from aws.s3',
  ],
  [{ InputTransformer: { InputTemplate: '<aws.events.event.json>' } }, objectCreated()],
])('the target gets what %j says', async (input, expected) => {
  const { service, starter } = await setup();
  service.addRule('UploadRule', { ...rule, Targets: [{ ...rule.Targets[0], ...input }] });
  const invoker = recordingInvoker();
  service.start(invoker, starter);
  service.publish(objectCreated());
  await until(() => invoker.calls.length === 1);
  expect(invoker.calls[0]?.payload).toEqual(expected);
});

test('a function that fails is called twice more, then the delivery is given up loudly', async () => {
  const { service, starter, clock, options } = await setup();
  const target = { ...rule.Targets[0], DeadLetterConfig: { Arn: 'arn:dead-letters' } };
  service.addRule('UploadRule', { ...rule, Targets: [target] });
  const invoker = recordingInvoker(failing);
  service.start(invoker, starter);
  service.publish(objectCreated());
  for (const attempt of [1, 2]) {
    await until(() => invoker.calls.length === attempt && clock.waiting === 1);
    clock.advance(minute);
  }
  await until(() => options.lines.length > 0);
  expect(invoker.calls).toHaveLength(3);
  expect(options.lines[0]).toMatch(
    /gave up after 3 attempts: rule UploadRule to .*:function:Verify: .*broken.*arn:dead-letters.*applications\/1/,
  );
});

test('an execution that cannot be started is tried again as the retry policy says', async () => {
  const { service, clock, options } = await setup();
  const target = { Id: 'a', Arn: machineArn, RetryPolicy: { MaximumRetryAttempts: 1 } };
  service.addRule('UploadRule', { ...rule, Targets: [target] });
  let attempts = 0;
  const starter = {
    startExecution: async () => {
      attempts++;
      throw new Error('busy');
    },
  };
  service.start(recordingInvoker(), starter);
  service.publish(objectCreated());
  await until(() => clock.waiting === 1);
  clock.advance(minute);
  await until(() => options.lines.length === 1);
  expect([attempts, options.lines[0]]).toEqual([2, expect.stringContaining('busy')]);
});

test('a function that does not exist is given up at once', async () => {
  const { service, options, starter } = await setup();
  service.addRule('UploadRule', rule);
  service.start({ invoke: () => Promise.reject(new Error('no function Verify')) }, starter);
  service.publish(objectCreated());
  await until(() => options.lines.length === 1);
  expect(options.lines[0]).toContain('gave up after 1 attempts');
});

test('what was accepted before the start or not delivered before the stop is delivered after a restart', async () => {
  const first = await setup();
  first.service.addRule('UploadRule', rule);
  first.service.publish(objectCreated('applications/early'));
  await first.service.stop();

  const second = await setup(testOptions(first.options.dataDir));
  second.service.addRule('UploadRule', rule);
  const hanging = recordingInvoker(() => new Promise(() => {}));
  second.service.start(hanging, second.starter);
  second.service.publish(objectCreated('applications/late'));
  await until(() => hanging.calls.length === 2);
  await second.service.stop();

  const third = await setup(testOptions(first.options.dataDir));
  const invoker = recordingInvoker();
  third.service.start(invoker, third.starter);
  await until(() => invoker.calls.length === 2);
  expect(invoker.calls.map(({ payload }) => payload['id'])).toEqual([
    'applications/early',
    'applications/late',
  ]);
  await third.service.stop();

  const fourth = await setup(testOptions(first.options.dataDir));
  const idle = recordingInvoker();
  fourth.service.addRule('UploadRule', rule);
  fourth.service.start(idle, fourth.starter);
  fourth.service.publish(objectCreated('applications/last'));
  await until(() => idle.calls.length > 0);
  expect(idle.calls.map(({ payload }) => payload['id'])).toEqual(['applications/last']);
});

test.each([
  [
    'a queue as target',
    { Targets: [{ Id: 'a', Arn: 'arn:aws-cn:sqs:cn-north-1:0:q' }] },
    /target arn:aws-cn:sqs.* is not supported/,
  ],
  [
    'an unknown target property',
    { Targets: [{ Id: 'a', Arn: functionArn, SqsParameters: {} }] },
    /Targets\.0\.SqsParameters/,
  ],
  [
    'an unknown matcher',
    { EventPattern: { source: [{ like: 'x' }] } },
    /EventPattern\.source: matcher "like"/,
  ],
  ['an unknown bus', { EventBusName: 'other' }, /no event bus other/],
  ['a rule without a cause', { EventPattern: undefined }, /EventPattern or ScheduleExpression/],
  [
    'two inputs',
    { Targets: [{ Id: 'a', Arn: functionArn, Input: '{}', InputPath: '$' }] },
    /exclude each other/,
  ],
  [
    'an unknown variable',
    { Targets: [{ Id: 'a', Arn: functionArn, InputTransformer: { InputTemplate: '<x>' } }] },
    /has <x>/,
  ],
])('%s is refused', async (_what, change, message) => {
  const { service } = await setup();
  expect(() => service.addRule('UploadRule', { ...rule, ...change })).toThrow(message);
});

async function putEvents(endpoint: string, body: unknown, operation = 'AWSEvents.PutEvents') {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

test('PutEvents brings events to the rules of their bus, and tells which entries it refuses', async () => {
  const { service, starter } = await setup();
  const bus = service.addBus('ProgrammeBus', { Name: 'programme', Description: 'x' });
  expect(bus).toEqual({
    ref: 'programme',
    attributes: { Arn: 'arn:aws-cn:events:cn-north-1:000000000000:event-bus/programme', Name: 'programme' },
  });
  const busRule = { ...rule, EventPattern: { source: ['portal'] }, EventBusName: bus.attributes['Arn'] };
  expect(service.addRule('BusRule', busRule).attributes['Arn']).toMatch(/:rule\/programme\/BusRule$/);
  const invoker = recordingInvoker();
  service.start(invoker, starter);
  const entry = {
    Source: 'portal',
    DetailType: 'Opened',
    Detail: '{"year":2026}',
    EventBusName: 'programme',
  };
  const answer = await putEvents(service.endpoint, {
    Entries: [
      entry,
      { ...entry, EventBusName: 'default' },
      { ...entry, Detail: 'x' },
      { ...entry, Source: undefined },
      { ...entry, Source: 'aws.s3' },
      { ...entry, EventBusName: 'nowhere' },
    ],
  });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      FailedEntryCount: 4,
      Entries: [
        { EventId: expect.any(String) },
        { EventId: expect.any(String) },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument' },
        { ErrorCode: 'NotAuthorizedForSource' },
        { ErrorCode: 'ResourceNotFoundException' },
      ],
    },
  });
  await until(() => invoker.calls.length === 1);
  expect(invoker.calls[0]?.payload).toMatchObject({
    version: '0',
    source: 'portal',
    'detail-type': 'Opened',
    account: '000000000000',
    region: 'cn-north-1',
    detail: { year: 2026 },
  });
});

test('PutEvents refuses other operations, no entries and too many', async () => {
  const { service } = await setup();
  const entries = (count: number) => ({
    Entries: Array(count).fill({ Source: 'a', DetailType: 'b', Detail: '{}' }),
  });
  expect(await putEvents(service.endpoint, entries(11))).toMatchObject({
    status: 400,
    body: { __type: 'ValidationException' },
  });
  expect((await putEvents(service.endpoint, entries(0))).status).toBe(400);
  expect(await putEvents(service.endpoint, {}, 'AWSEvents.PutRule')).toMatchObject({
    status: 400,
    body: { __type: 'UnknownOperationException' },
  });
});

test('a rule with a rate calls its targets after every period, also over restarts', async () => {
  const scheduled = { ScheduleExpression: 'rate(1 hour)', Targets: rule.Targets };
  const first = await setup();
  const { attributes } = first.service.addRule('Hourly', scheduled);
  const invoker = recordingInvoker();
  first.service.start(invoker, first.starter);
  first.clock.advance(59 * minute);
  expect(invoker.calls).toEqual([]);
  first.clock.advance(minute);
  await until(() => invoker.calls.length === 1);
  expect(invoker.calls[0]?.payload).toMatchObject({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: '2026-03-01T01:00:00Z',
    resources: [attributes['Arn']],
    detail: {},
  });
  first.clock.advance(120 * minute);
  await until(() => invoker.calls.length === 3);
  first.clock.advance(40 * minute);
  await first.service.stop();
  expect(first.clock.waiting).toBe(0);

  const second = await setup(testOptions(first.options.dataDir), first.clock);
  second.service.addRule('Hourly', scheduled);
  const later = recordingInvoker();
  second.service.start(later, second.starter);
  second.clock.advance(19 * minute);
  expect(later.calls).toEqual([]);
  second.clock.advance(minute);
  await until(() => later.calls.length === 1);
  await second.service.stop();
  second.clock.advance(600 * minute);

  const third = await setup(testOptions(first.options.dataDir), first.clock);
  third.service.addRule('Hourly', scheduled);
  const overdue = recordingInvoker();
  third.service.start(overdue, third.starter);
  third.clock.advance(0);
  await until(() => overdue.calls.length === 1);
  third.clock.advance(59 * minute);
  expect(overdue.calls).toHaveLength(1);
});

const schedule = {
  ScheduleExpression: 'cron(0 9 * * ? *)',
  ScheduleExpressionTimezone: 'Asia/Shanghai',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: machineArn, RoleArn: 'role', Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
};

test('a schedule starts its target at the times of its zone with its input', async () => {
  const { service, starter, executions, clock } = await setup();
  const { ref, attributes } = service.addSchedule('Daily', {
    ...schedule,
    Name: 'daily',
    GroupName: 'rounds',
  });
  expect([ref, attributes['Arn']]).toEqual([
    'daily',
    'arn:aws-cn:scheduler:cn-north-1:000000000000:schedule/rounds/daily',
  ]);
  service.addSchedule('Off', { ...schedule, State: 'DISABLED' });
  service.addSchedule('Over', { ...schedule, EndDate: '2026-03-01T00:30:00Z' });
  service.addSchedule('Later', { ...schedule, StartDate: '2027-03-01T00:30:00Z' });
  service.start(recordingInvoker(), starter);
  clock.advance(48 * 60 * minute);
  await until(() => executions.length === 2);
  expect(executions).toEqual([
    { arn: machineArn, input: { at: '2026-03-01T01:00:00.000Z' } },
    { arn: machineArn, input: { at: '2026-03-02T01:00:00.000Z' } },
  ]);
});

test('a schedule with a rate calls at once, without an input it sends its event', async () => {
  const { service, starter, clock } = await setup();
  service.addSchedule('Sweep', {
    ...schedule,
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 },
    Target: { Arn: functionArn, RoleArn: 'role', RetryPolicy: { MaximumRetryAttempts: 0 } },
  });
  const invoker = recordingInvoker();
  service.start(invoker, starter);
  clock.advance(0);
  await until(() => invoker.calls.length === 1);
  expect(invoker.calls[0]?.payload).toMatchObject({ source: 'aws.scheduler', detail: '{}' });
  clock.advance(3 * minute);
  await until(() => invoker.calls.length === 4);
});

test('a single time is called once, at the next start when the laptop was off', async () => {
  const once = {
    ...schedule,
    ScheduleExpression: 'at(2026-03-01T12:00:00)',
    ScheduleExpressionTimezone: 'UTC',
  };
  const first = await setup();
  first.service.addSchedule('Once', once);
  first.service.start(recordingInvoker(), first.starter);
  first.clock.advance(minute);
  await first.service.stop();
  first.clock.advance(24 * 60 * minute);

  const second = await setup(testOptions(first.options.dataDir), first.clock);
  second.service.addSchedule('Once', once);
  second.service.start(recordingInvoker(), second.starter);
  second.clock.advance(0);
  await until(() => second.executions.length === 1);
  await second.service.stop();

  const third = await setup(testOptions(first.options.dataDir), first.clock);
  third.service.addSchedule('Once', once);
  third.service.start(recordingInvoker(), third.starter);
  expect(third.clock.waiting).toBe(0);
});

test.each([
  [
    'a universal target',
    { Target: { ...schedule.Target, Arn: 'arn:aws-cn:scheduler:::aws-sdk:sqs:sendMessage' } },
    /aws-sdk:sqs:sendMessage is not supported/,
  ],
  [
    'an unknown target property',
    { Target: { ...schedule.Target, EventBridgeParameters: {} } },
    /Target\.EventBridgeParameters/,
  ],
  ['an input that is not JSON', { Target: { ...schedule.Target, Input: '{' } }, /Target\.Input is not JSON/],
])('%s of a schedule is refused', async (_what, change, message) => {
  const { service } = await setup();
  expect(() => service.addSchedule('Daily', { ...schedule, ...change })).toThrow(message);
});

test('stop may be called twice and closes the endpoint', async () => {
  const { service } = await setup();
  await Promise.all([service.stop(), service.stop()]);
  await expect(fetch(service.endpoint)).rejects.toThrow();
});
