import { describe, expect, it } from 'vitest';
import { machine, setup, task } from './states-setup.ts';

const pass = (more: object): object => ({ Type: 'Pass', End: true, ...more });

describe('data flow of states', () => {
  it.each<[string, object, unknown, unknown]>([
    ['keeps the input without any field', {}, { a: 1 }, { a: 1 }],
    ['takes a falsy result', { Result: 0 }, { a: 1 }, 0],
    ['puts a result under a new path', { Result: 1, ResultPath: '$.b.c' }, { a: 1 }, { a: 1, b: { c: 1 } }],
    ['drops a result', { Result: 1, ResultPath: null }, { a: 1 }, { a: 1 }],
    ['replaces an array item', { Result: 9, ResultPath: '$.a[1]' }, { a: [1, 2] }, { a: [1, 9] }],
    ['filters the input', { InputPath: '$.a' }, { a: { b: 2 } }, { b: 2 }],
    ['filters the output', { OutputPath: "$['a-b']" }, { 'a-b': 3 }, 3],
    ['empties the input', { InputPath: null }, { a: 1 }, {}],
    ['reads null', { Parameters: { 'x.$': '$.a' } }, { a: null }, { x: null }],
    ['reads all items', { Parameters: { 'x.$': '$.a[*].n' } }, { a: [{ n: 1 }, { n: 2 }] }, { x: [1, 2] }],
    // Only its own quote is escaped in a quoted key.
    ['reads a key with a backslash', { Parameters: { 'x.$': `$['a\\"b']` } }, { 'a\\"b': 1 }, { x: 1 }],
    ['reads a key with an apostrophe', { Parameters: { 'x.$': "$['a\\'b']" } }, { "a'b": 1 }, { x: 1 }],
    ['reads a key with a quote', { Parameters: { 'x.$': '$["a\\"b"]' } }, { 'a"b': 1 }, { x: 1 }],
    ['reads the last item', { Parameters: { 'x.$': '$.a[-1]' } }, { a: [1, 2] }, { x: 2 }],
    [
      'keeps plain values in templates',
      { Parameters: { x: [1, { 'y.$': '$.a' }] } },
      { a: 2 },
      { x: [1, { y: 2 }] },
    ],
  ])('%s', async (_name, state, input, output) => {
    const { run } = await setup();
    expect(await run(machine({ Pass: pass(state) }), input)).toEqual(output);
  });

  it.each<[string, unknown]>([
    ["States.Format('{}-{}: \\{\\}', $.name, 2)", 'Ann-2: {}'],
    ["States.Format('it\\'s {}', $.name)", "it's Ann"],
    // https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
    ["States.Format('{} {}', $.one, $.list)", '{a=1, b=1} [3, 1, 3]'],
    ["States.Format('a\\\\b {}', 'it\\'s')", "a\\b it's"],
    ["States.StringToJson('[1]')", [1]],
    ["States.StringToJson('')", null],
    ["States.StringToJson(' ')", null],
    ['States.JsonToString($.list)', '[3,1,3]'],
    ["States.Array(1, 'a', null, true, $.name)", [1, 'a', null, true, 'Ann']],
    ['States.ArrayPartition($.list, 2)', [[3, 1], [3]]],
    ['States.ArrayContains($.list, 1)', true],
    ['States.ArrayRange(1, 9, 4)', [1, 5, 9]],
    ['States.ArrayGetItem($.list, 1)', 1],
    ['States.ArrayLength(States.ArrayUnique($.list))', 2],
    ["States.Base64Encode('hi')", 'aGk='],
    ["States.Base64Decode('aGk=')", 'hi'],
    ["States.Hash('a', 'SHA-256')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['States.JsonMerge($.one, $.other, false)', { a: 2, b: 1 }],
    ['States.MathAdd($.list[0], -1)', 2],
    ["States.StringSplit('a,b;c', ',;')", ['a', 'b', 'c']],
    ['States.UUID()', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('evaluates %s', async (call, value) => {
    const { run } = await setup();
    const input = { name: 'Ann', list: [3, 1, 3], one: { a: 1, b: 1 }, other: { a: 2 } };
    expect(await run(machine({ Pass: pass({ Parameters: { 'x.$': call } }) }), input)).toEqual({ x: value });
  });

  it.each<[string, object, string]>([
    ['a path to nothing', { Parameters: { 'x.$': '$.nothing' } }, 'States.Runtime'],
    ['an input path to nothing', { InputPath: '$.nothing' }, 'States.Runtime'],
    ['a result path through a number', { Result: 1, ResultPath: '$.a.b' }, 'States.ResultPathMatchFailure'],
    [
      'an intrinsic function of a wrong type',
      { Parameters: { 'x.$': 'States.ArrayLength($.a)' } },
      'States.IntrinsicFailure',
    ],
    // https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html: texts of up to 10,000 characters.
    ...["Base64Encode('x')", "Base64Decode('xxxx')", "Hash('x', 'MD5')"].map(
      (call): [string, object, string] => [
        `a text that is too long for ${call}`,
        { Parameters: { 'x.$': `States.${call.replace(/x+/, 'x'.repeat(10_004))}` } },
        'States.IntrinsicFailure',
      ],
    ),
    [
      'what is not Base64',
      { Parameters: { 'x.$': "States.Base64Decode('!!!')" } },
      'States.IntrinsicFailure',
    ],
  ])('fails on %s', async (_name, state, error) => {
    const { run } = await setup();
    expect(await run(machine({ Pass: pass(state) }), { a: 1 })).toContain(`FAILED ${error}: `);
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html says that States.ALL does not catch
  // it. Step Functions does catch it with that where a task's result is too large, and not where a state's output is.
  it.each([
    ['States.ALL', 'é'.repeat(140_000)],
    ['States.TaskFailed', 'x'.repeat(300_000)],
    ['States.DataLimitExceeded', { a: ['x'.repeat(300_000)] }],
  ])('lets %s catch a result that is larger than Step Functions carries', async (name, result) => {
    const { run, invoker } = await setup();
    const arn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:big';
    for (const [Resource, owner] of [
      ['arn:aws-cn:states:::lambda:invoke', 'lambda'],
      ['arn:aws-cn:states:::lambda:invoke.waitForTaskToken', 'lambda'],
      [arn, arn],
    ]) {
      invoker.functions.set('big', () => result);
      invoker.functions.set(arn, () => result);
      const catching = { End: true, Catch: [{ ErrorEquals: [name], Next: 'Caught' }] };
      const big = Resource === arn ? { Type: 'Task', ...catching } : task('big', {}, catching);
      const Cause = `The state/task '${owner}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      const definition = machine({ Big: { ...big, Resource }, Caught: pass({}) });
      expect(await run(definition)).toEqual({ Error: 'States.DataLimitExceeded', Cause });
    }
  });

  it('fails a state whose output is larger than Step Functions carries, whatever is caught', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('big', () => 'x'.repeat(200_000));
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const caught = { End: true, Catch, ResultPath: '$.b', OutputPath: '$' };
    const definition = machine({ Big: task('big', {}, caught), Caught: pass({}) });
    expect(await run(definition, { a: 'x'.repeat(100_000) })).toBe(
      "FAILED States.DataLimitExceeded: The state/task 'Big' returned a result with a size exceeding the maximum number of bytes service limit.",
    );
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
  it('counts retries in states that can be retried, and in no others', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('ask', () => 1);
    const count = { 'count.$': '$$.State.RetryCount' };
    const more = { ResultSelector: count, OutputPath: '$', End: true };
    expect(await run(machine({ Ask: task('ask', {}, more) }))).toEqual({ count: 0 });
    const both = { Type: 'Parallel', Branches: [machine({ Same: pass({}) })], Parameters: count, End: true };
    expect(await run(machine({ Both: both }))).toEqual([{ count: 0 }]);
    expect(await run(machine({ Look: pass({ Parameters: count }) }))).toContain(
      "FAILED States.Runtime: An error occurred while executing the state 'Look' (entered at the event id #2). The JSONPath",
    );
    const failing = { Type: 'Fail', ErrorPath: '$$.State.RetryCount' };
    expect(await run(machine({ Stop: failing }))).toContain('FAILED States.Runtime');
  });

  it('says where a mistake in data flow is, once', async () => {
    const { run } = await setup();
    const each = { Type: 'Map', ItemProcessor: machine({ Look: pass({ InputPath: '$.no' }) }), End: true };
    const reason = String(await run(machine({ Each: each }), [1]));
    expect(reason.match(/An error occurred while executing the state/g)).toHaveLength(1);
    expect(reason).toContain("the state 'Look' (entered at the event id #");
  });

  it('shows a state its context', async () => {
    const states = await setup();
    const context = {
      'execution.$': '$$.Execution',
      'state.$': '$$.State',
      'machine.$': '$$.StateMachine.Name',
    };
    states.define(machine({ Look: pass({ Parameters: context }) }));
    const arn = await states.begin({ a: 1 }, 'ctx');
    const { output, startDate } = await states.ended(arn);
    expect(JSON.parse(output ?? '')).toMatchObject({
      execution: { Id: arn, Name: 'ctx', Input: { a: 1 }, StartTime: startDate?.toISOString() },
      state: { Name: 'Look', EnteredTime: expect.any(String) },
      machine: 'Machine',
    });
  });
});

describe('choices', () => {
  const input = {
    s: 'abc',
    n: 5,
    b: false,
    z: null,
    t: '2026-01-02T00:00:00Z',
    limit: 5,
    when: '2026-01-01T23:00:00-01:00',
  };
  it.each<[object, boolean]>([
    [{ Variable: '$.s', StringEquals: 'abc' }, true],
    [{ Variable: '$.n', StringEquals: '5' }, false],
    [{ Variable: '$.s', StringLessThan: 'abd' }, true],
    [{ Variable: '$.s', StringMatches: 'a*c' }, true],
    [{ Variable: '$.s', StringMatches: 'a.c' }, false],
    [{ Variable: '$.t', StringMatches: '2026-*-02T00:*Z' }, true],
    [{ Variable: '$.n', NumericGreaterThanEquals: 5 }, true],
    [{ Variable: '$.n', NumericLessThanPath: '$.limit' }, false],
    [{ Variable: '$.b', BooleanEquals: false }, true],
    [{ Variable: '$.t', TimestampEqualsPath: '$.when' }, true],
    [{ Variable: '$.t', TimestampGreaterThan: '2026-01-02T00:00:00+08:00' }, true],
    [{ Variable: '$.z', IsNull: true }, true],
    [{ Variable: '$.nothing', IsPresent: false }, true],
    [{ Variable: '$.z', IsPresent: false }, false],
    [{ Variable: '$.t', IsTimestamp: true }, true],
    [{ Variable: '$.n', IsString: false }, true],
    [{ Not: { Variable: '$.n', NumericEquals: 5 } }, false],
    [
      {
        And: [
          { Variable: '$.n', NumericEquals: 5 },
          { Variable: '$.b', BooleanEquals: true },
        ],
      },
      false,
    ],
    [
      {
        Or: [
          { Variable: '$.n', NumericEquals: 6 },
          { Variable: '$.s', StringEquals: 'abc' },
        ],
      },
      true,
    ],
  ])('%j is %s', async (rule, holds) => {
    const { run } = await setup();
    const choose = { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' };
    const definition = machine({ Choose: choose, Yes: pass({ Result: true }), No: pass({ Result: false }) });
    expect(await run(definition, input)).toBe(holds);
  });

  it('fails when nothing matches, and when a variable is not there', async () => {
    const { run } = await setup();
    const choose = (variable: string): object =>
      machine({
        Choose: { Type: 'Choice', Choices: [{ Variable: variable, NumericEquals: 1, Next: 'Yes' }] },
        Yes: pass({}),
      });
    expect(await run(choose('$.n'), input)).toContain('FAILED States.NoChoiceMatched');
    expect(await run(choose('$.nothing'), input)).toContain('FAILED States.Runtime');
  });
});

describe('Parallel and Map', () => {
  it('gives the outputs of the branches in their order', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('slow', () => new Promise((resolve) => setTimeout(resolve, 30, 'slow')));
    invoker.functions.set('fast', () => 'fast');
    const branches = [machine({ Slow: task('slow') }), machine({ Fast: task('fast') })];
    expect(await run(machine({ Both: { Type: 'Parallel', Branches: branches, End: true } }))).toEqual([
      'slow',
      'fast',
    ]);
  });

  it('runs items one at a time when told so, each with its index', async () => {
    const { run, invoker } = await setup();
    let running = 0;
    let most = 0;
    invoker.functions.set('double', async ({ n, i, tag }: { n: number; i: number; tag: string }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return `${tag}${i}:${n * 2}`;
    });
    const each = {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemSelector: { 'n.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index', 'tag.$': '$.tag' },
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        ...machine({
          Double: task('double', { 'n.$': '$.n', 'i.$': '$$.Map.Item.Index', 'tag.$': '$.tag' }),
        }),
      },
      ResultPath: '$.doubled',
      End: true,
    };
    const output = await run(machine({ Each: each }), { items: [1, 2, 3], tag: 'x' });
    expect(output).toEqual({ items: [1, 2, 3], tag: 'x', doubled: ['x0:2', 'x1:4', 'x2:6'] });
    expect(most).toBe(1);
  });

  it('ends the other branches when one fails, and can be caught and retried as a whole', async () => {
    const { run, invoker, history, begin, ended, define } = await setup();
    const flaky = { Type: 'Fail', Error: 'Broken', Cause: 'always' };
    const waiting = { Type: 'Wait', Seconds: 90_000, End: true };
    const both = {
      Type: 'Parallel',
      Branches: [machine({ Long: waiting }), machine({ Break: flaky })],
      Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1, IntervalSeconds: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', ResultPath: '$.error' }],
      End: true,
    };
    const definition = machine({ Both: both, Caught: { Type: 'Succeed' } });
    expect(await run(definition, { a: 1 })).toEqual({ a: 1, error: { Error: 'Broken', Cause: 'always' } });
    define(definition);
    const arn = await begin();
    await ended(arn);
    const types = (await history(arn)).map(({ type }) => type);
    expect(types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(2);
    expect(types).not.toContain('WaitStateExited');
    expect(invoker.invocations).toEqual([]);
  });

  it('fails a map with the error of its first failing item and starts no further one', async () => {
    const { run, invoker } = await setup();
    invoker.functions.set('check', (n: number) => {
      if (n === 2) throw Object.assign(new Error('two'), { name: 'TwoRefused' });
      return n;
    });
    const check = { ...task('check'), Parameters: { FunctionName: 'check', 'Payload.$': '$' } };
    const each = { Type: 'Map', MaxConcurrency: 1, ItemProcessor: machine({ Check: check }), End: true };
    expect(await run(machine({ Each: each }), [1, 2, 3])).toContain('FAILED TwoRefused');
    expect(invoker.payloadsOf('check')).toEqual([1, 2]);
  });

  it('maps over no items', async () => {
    const { run } = await setup();
    const each = { Type: 'Map', ItemProcessor: machine({ Same: pass({}) }), End: true };
    expect(await run(machine({ Each: each }), [])).toEqual([]);
    expect(await run(machine({ Each: each }), { no: 'array' })).toContain('FAILED States.Runtime');
  });

  it('ends an execution that goes round in circles', async () => {
    const { run } = await setup();
    const definition = machine({ Again: { Type: 'Pass', Next: 'Again' } });
    expect(await run(definition)).toContain('maximum number of history events');
  });
});
