import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../local/states/deadlines.ts';
import { machine, setup, task } from './states-setup.ts';

const end = { Type: 'Succeed' };

describe('addStateMachine', () => {
  it.each<[string, object, string]>([
    [
      'an unknown resource',
      machine({ Put: { ...task('f'), Resource: 'arn:aws-cn:states:::dynamodb:putItem' } }),
      'state "Put": Resource: arn:aws-cn:states:::dynamodb:putItem is not supported',
    ],
    [
      'a resource of another partition',
      machine({ Put: { ...task('f'), Resource: 'arn:aws:states:::lambda:invoke' } }),
      'state "Put": Resource: arn:aws:states:::lambda:invoke is not supported',
    ],
    [
      'an unknown field',
      machine({ Put: { ...task('f'), Arguments: {} } }),
      'state "Put": Arguments: is not supported',
    ],
    [
      'an unknown parameter',
      machine({ Put: { ...task('f'), Parameters: { FunctionName: 'f', InvocationType: 'Event' } } }),
      'state "Put": Parameters.InvocationType: is not supported',
    ],
    [
      'a task without a function',
      machine({ Put: { ...task('f'), Parameters: {} } }),
      'state "Put": Parameters.FunctionName: is missing',
    ],
    [
      'a distributed map',
      machine({
        Each: {
          Type: 'Map',
          ItemProcessor: { ...machine({ End: end }), ProcessorConfig: { Mode: 'DISTRIBUTED' } },
          End: true,
        },
      }),
      'state "Each": ItemProcessor.ProcessorConfig.Mode',
    ],
    [
      'an unknown field deep inside',
      machine({ Both: { Type: 'Parallel', Branches: [machine({ Inner: { ...end, Odd: 1 } })], End: true } }),
      'state "Inner": Odd: is not supported',
    ],
    ['an unknown type', machine({ Odd: { Type: 'Odd' } }), 'state "Odd": Type'],
    ['JSONata', { ...machine({ End: end }), QueryLanguage: 'JSONata' }, 'QueryLanguage'],
    [
      'a JSONPath filter',
      machine({ Pick: { Type: 'Pass', InputPath: '$.a[?(@.b)]', End: true } }),
      'state "Pick": InputPath: the JSONPath',
    ],
    [
      'a result path with a wildcard',
      machine({ Pick: { Type: 'Pass', ResultPath: '$.a[*]', End: true } }),
      'state "Pick": ResultPath',
    ],
    [
      'an unknown intrinsic function',
      machine({ Pick: { Type: 'Pass', Parameters: { a: [{ 'b.$': 'States.Odd(1)' }] }, End: true } }),
      'state "Pick": Parameters.a[0].b.$: no intrinsic function known to us',
    ],
    [
      'a template value that is no text',
      machine({ Pick: { Type: 'Pass', Parameters: { 'b.$': 1 }, End: true } }),
      'state "Pick": Parameters.b.$: must be',
    ],
    [
      'an unknown comparison',
      machine({
        Odd: { Type: 'Choice', Choices: [{ Variable: '$.a', StringLike: 'x', Next: 'End' }] },
        End: end,
      }),
      'state "Odd": Choices.0: the operator StringLike is not supported',
    ],
    [
      'a target that is not there',
      machine({ Pick: { Type: 'Pass', Next: 'Nowhere' } }),
      'state "Pick": Next: there is no state Nowhere',
    ],
    [
      'a catch to nowhere',
      machine({
        Put: task('f', {}, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Nowhere' }], End: true }),
      }),
      'state "Put": Catch.0.Next: there is no state Nowhere',
    ],
    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    ...[
      [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['Other'] }],
      [{ ErrorEquals: ['Other', 'States.ALL'] }],
    ].flatMap((list) =>
      ['Retry', 'Catch'].map((field): [string, object, string] => [
        `States.ALL that is not alone and last in ${field}, as in ${JSON.stringify(list)}`,
        machine({
          Put: task(
            'f',
            {},
            {
              [field]: list.map((one) => ({ ...one, ...(field === 'Catch' && { Next: 'End' }) })),
              End: true,
            },
          ),
          End: end,
        }),
        `state "Put": ${field}.0.ErrorEquals: States.ALL stands alone`,
      ]),
    ),
    ['no first state', { StartAt: 'Nowhere', States: { End: end } }, 'StartAt: there is no state Nowhere'],
    [
      'a state without a way on',
      machine({ Pick: { Type: 'Pass' } }),
      'state "Pick": Next: either Next or End is needed',
    ],
    [
      'a wait with two ends',
      machine({ Wait: { Type: 'Wait', Seconds: 1, SecondsPath: '$.a', End: true } }),
      'state "Wait": Seconds: one way to wait is needed',
    ],
    [
      'a substitution that is not given',
      machine({ Put: task('${CheckFunctionArn}') }),
      'the substitution ${CheckFunctionArn} is not given',
    ],
  ])('refuses %s', async (_name, definition, fault) => {
    const { service } = await setup();
    const add = () =>
      service.addStateMachine('Logical', { StateMachineName: 'review' }, JSON.stringify(definition));
    expect(add).toThrow(`state machine "review"`);
    expect(add).toThrow(fault);
  });

  it('names every fault at once, and text that is not JSON', async () => {
    const { service } = await setup();
    const add = (text: string) => () => service.addStateMachine('Logical', {}, text);
    const definition = machine({ A: { Type: 'Pass', Next: 'X' }, B: { Type: 'Pass', Next: 'Y' } });
    expect(add(JSON.stringify(definition))).toThrow(/no state X.*\n.*no state Y/);
    expect(add('{')).toThrow('state machine "Logical": definition: is not JSON');
  });

  it('refuses express machines and properties it does not know', async () => {
    const { service } = await setup();
    const add = (properties: Record<string, unknown>) => () =>
      service.addStateMachine('Logical', properties, JSON.stringify(machine({ End: end })));
    expect(add({ StateMachineType: 'EXPRESS' })).toThrow('StateMachineType EXPRESS is not supported');
    expect(add({ Odd: 1 })).toThrow('state machine "Logical": Odd is not supported');
    expect(add({ RoleArn: 'arn:role', Tags: [] })()).toEqual({
      ref: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:Logical',
      attributes: { Arn: 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:Logical', Name: 'Logical' },
    });
  });
});

describe('deadlines', () => {
  it('call back in the order of time, without those taken back, and survive a fault', async () => {
    const faults: unknown[] = [];
    const deadlines = new Deadlines((fault) => faults.push(fault));
    const called: number[] = [];
    const now = Date.now();
    const all = Array.from({ length: 300 }, (_one, i) => (i * 7919) % 300);
    const cancels = new Map(all.map((n) => [n, deadlines.add(now + n / 10, () => called.push(n))]));
    for (const n of all) if (n % 3 !== 0) cancels.get(n)?.();
    deadlines.add(now - 1, () => {
      throw new Error('broken');
    });
    await new Promise<void>((resolve) => {
      deadlines.add(now + 40, resolve);
    });
    expect(called).toEqual(Array.from({ length: 100 }, (_one, i) => i * 3));
    expect(faults).toEqual([new Error('broken')]);
    deadlines.stop();
  });
});
