import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflowErrorNames } from '../../functions/shared/errors.ts';
import { parseEnvironment } from '../../infra/environments.ts';
import { names } from '../../infra/names.ts';
import { addSystem, createApp } from '../../infra/system.ts';
import { readDefinition } from '../../local/states/definition-check.ts';
import {
  commentFaults,
  fillDefinition,
  outageFaults,
  readDefinitionFiles,
  recoveryFaults,
  retryFaults,
  substitutionFaults,
  tokenFaults,
  transitionFaults,
  validatorFaults,
} from '../support/asl.ts';
import { inputShape, pathFaults } from '../support/asl-paths.ts';

/** What each execution is started with. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  'application-review': ['applicationId', 'submission'],
  'budget-round': ['roundId'],
  'budget-order': ['orderId'],
  'registry-import': ['key'],
};
const errors = { known: [...workflowErrorNames], transient: ['TransientError'] };
const files = readDefinitionFiles();

/** The substitutions that the stacks give each machine, by the file's name. */
const given = new Map<string, string[]>();

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), 'definitions-'));
  afterAll(() => rmSync(root, { recursive: true }));
  // What stands in the tree needs no synthesis, and does not depend on what the functions' bundles hold.
  const bundle = join(root, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.mjs'), 'export const handler = () => {};');
  const app = createApp({ outdir: join(root, 'out') });
  const environment = parseEnvironment('local');
  addSystem(app, environment, { directory: () => bundle, departments: ['gz-miit'], remove: () => {} });
  const machines = app.node.findAll().filter((node) => node instanceof CfnStateMachine);
  for (const { name } of files) {
    const machine = machines.find(
      (one) => one.stateMachineName === names.stateMachine(environment.name, name),
    );
    if (machine !== undefined) given.set(name, Object.keys(machine.definitionSubstitutions ?? {}));
  }
  expect(given.size).toBe(machines.length);
});

it('has a state machine and an input for every file', () => {
  expect(files.map(({ name }) => name).sort()).toEqual([...given.keys()].sort());
  expect(files.map(({ name }) => name).sort()).toEqual(Object.keys(inputs).sort());
});

it('retries equal tasks equally, whichever file they stand in', () => {
  expect(retryFaults(files.map(({ text }) => fillDefinition(text)))).toEqual([]);
});

describe.each(files)('$name', ({ name, text }) => {
  it('passes asl-validator', () => {
    expect(validatorFaults(fillDefinition(text))).toEqual([]);
  });

  it('uses what the laptop can run', () => {
    const filled = text.replaceAll('${AWSPartition}', 'aws-cn').replaceAll(/\$\{\w+\}/g, 'function');
    expect(() => readDefinition(name, filled, 'aws-cn')).not.toThrow();
  });

  it('uses every substitution that the template gives, and no other', () => {
    expect(substitutionFaults(text, given.get(name) ?? [])).toEqual([]);
  });

  it('leads from its start to every state, and from every state to an end', () => {
    expect(transitionFaults(fillDefinition(text))).toEqual([]);
  });

  it('catches everything, and retries with jitter what may go away', () => {
    expect(recoveryFaults(fillDefinition(text), errors)).toEqual([]);
  });

  it('outlasts ten minutes in which nothing answers', () => {
    expect(outageFaults(fillDefinition(text), errors.transient, 600)).toEqual([]);
  });

  it('says of every state what it is for', () => {
    expect(commentFaults(fillDefinition(text))).toEqual([]);
  });

  it('lets every waiting task end', () => {
    expect(tokenFaults(fillDefinition(text))).toEqual([]);
  });

  it('reads only what the states before have written', () => {
    expect(pathFaults(fillDefinition(text), inputShape(inputs[name] ?? []))).toEqual([]);
  });
});

describe('the checks find', () => {
  const task = {
    Type: 'Task',
    Resource: 'arn:${AWSPartition}:states:::lambda:invoke',
    Parameters: { FunctionName: '${CheckFunctionArn}', Payload: { 'id.$': '$.id' } },
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed', ResultPath: '$.error' }],
    ResultPath: '$.check',
    Next: 'Done',
  };
  const definition = (states: Record<string, object>): string =>
    JSON.stringify({
      StartAt: Object.keys(states)[0],
      States: { ...states, Done: { Type: 'Succeed' }, Failed: { Type: 'Fail', Error: 'Failed' } },
    });
  const fill = (states: Record<string, object>) => fillDefinition(definition(states));
  const input = inputShape(['id']);

  it('nothing in a sound definition', () => {
    const sound = fill({ Check: task });
    const faults = [
      transitionFaults(sound),
      recoveryFaults(sound, errors),
      tokenFaults(sound),
      pathFaults(sound, input),
    ];
    expect(faults.flat()).toEqual([]);
    expect(validatorFaults(sound)).toEqual([]);
  });

  it('substitutions that are missing or idle', () => {
    const faults = substitutionFaults(definition({ Check: task }), ['AWSPartition', 'OtherFunctionArn']);
    expect(faults).toEqual([
      'CheckFunctionArn is used and not given',
      'OtherFunctionArn is given and not used',
    ]);
  });

  it('fields that do not exist', () => {
    expect(() => fill({ Check: { ...task, Arguments: {} } })).toThrow('Check: Arguments');
    expect(validatorFaults(fill({ Check: { ...task, Next: 'Nowhere' } }))).not.toEqual([]);
  });

  it('states that are missing, cut off or without an end', () => {
    const circle = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    expect(transitionFaults(fill({ Check: { ...task, Next: 'Nowhere' } }))).toEqual([
      'there is no state Nowhere',
      'nothing leads to Done',
    ]);
    expect(transitionFaults(fill(circle))).toEqual([
      'nothing leads to Done',
      'nothing leads to Failed',
      'A leads to no end',
      'B leads to no end',
    ]);
  });

  it('tasks that are not caught, or retried for no reason', () => {
    const Retry = [{ ErrorEquals: ['States.ALL', 'TransientError', 'Made.Up'] }];
    expect(recoveryFaults(fill({ Check: { ...task, Catch: undefined, Retry } }), errors)).toEqual([
      'Check has no Catch for States.ALL at the end',
      'Check retries without full jitter',
      'Check retries States.ALL, which is not transient',
      'Check retries Made.Up, which is not transient',
      'Check expects Made.Up, which nothing throws',
    ]);
  });

  it('tasks that an outage ends, or that sleep through its end', () => {
    const retried = (more: object) => ({
      ...task,
      Retry: [
        { ErrorEquals: ['TransientError'], BackoffRate: 2, MaxAttempts: 20, MaxDelaySeconds: 300, ...more },
      ],
    });
    const faults = (state: object) =>
      outageFaults(fill({ Check: state }), errors.transient, 600).filter((fault) =>
        fault.includes('TransientError'),
      );
    expect(faults(retried({}))).toEqual([]);
    expect(faults(task)).toEqual(['Check gives up on TransientError after 0 s']);
    expect(faults(retried({ MaxAttempts: 8 }))).toEqual(['Check gives up on TransientError after 255 s']);
    expect(faults(retried({ MaxDelaySeconds: 900 }))).toEqual([
      'Check pauses longer than five minutes after TransientError',
    ]);
    expect(outageFaults(fill({ Check: retried({}) }), errors.transient, 600)).toContain(
      'Check gives up on Sandbox.Timedout after 0 s',
    );
  });

  it('states without a sentence', () => {
    const Comment = 'Checks what there is to check.';
    const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Comment: 'todo', End: true } } };
    const states = { Check: { ...task, Comment }, Each: { Type: 'Map', ItemProcessor: inner, Next: 'Done' } };
    expect(commentFaults(fill(states))).toEqual(
      ['Each', 'Done', 'Failed', 'In'].map((name) => `${name} has no sentence in its Comment`),
    );
  });

  it('tasks that are retried otherwise than others of their kind', () => {
    const retried = (MaxAttempts: number) => ({
      ...task,
      Retry: [{ ErrorEquals: ['TransientError'], MaxAttempts, JitterStrategy: 'FULL' }],
    });
    const waiting = { ...retried(2), Resource: `${task.Resource}.waitForTaskToken` };
    const definitions = [
      fill({ Check: { ...retried(1), Next: 'Wait' }, Wait: waiting }),
      fill({ Other: { ...retried(1), Next: 'Odd' }, Odd: { ...retried(3), Next: 'Bare' }, Bare: task }),
    ];
    expect(retryFaults(definitions)).toEqual(['Odd is not retried as Check', 'Bare is not retried as Check']);
  });

  it('tokens that are waited for without end or given to nobody', () => {
    const waiting = { ...task, Resource: `${task.Resource}.waitForTaskToken` };
    expect(tokenFaults(fill({ Check: waiting }))).toEqual([
      'Check waits for its token without a timeout',
      'Check does not hand its token out',
    ]);
  });

  it.each<[string, object, string]>([
    ['an input that nobody gives', { Check: { ...task, InputPath: '$.other' } }, 'Check reads $.other'],
    [
      'a result that is not there after a catch',
      {
        Check: { ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Use' }], Next: 'Use' },
        Use: { Type: 'Wait', TimestampPath: '$.check.Payload.at', Next: 'Failed' },
      },
      'Use reads $.check.Payload.at',
    ],
    [
      'what a selector left out',
      {
        Check: { ...task, ResultSelector: { 'a.$': '$.Payload.a' }, Next: 'Use' },
        Use: { Type: 'Wait', SecondsPath: '$.check.b', Next: 'Failed' },
      },
      'Use reads $.check.b',
    ],
    [
      'what was overwritten by a later visit',
      {
        Prepare: { Type: 'Pass', Result: { n: 1 }, ResultPath: '$.check', Next: 'Use' },
        Use: {
          Type: 'Pass',
          Parameters: { 'n.$': '$.check.n', 'id.$': '$.id' },
          ResultPath: '$.used',
          Next: 'Check',
        },
        Check: { ...task, ResultSelector: { 'm.$': '$.Payload.m' }, Next: 'Use' },
      },
      'Use reads $.check.n',
    ],
    [
      'a variable of a choice',
      {
        Ask: {
          Type: 'Choice',
          Choices: [{ Variable: '$.a', IsNull: true, Next: 'Done' }],
          Default: 'Failed',
        },
      },
      'Ask reads $.a',
    ],
    [
      'a token where there is none',
      { Check: { ...task, Parameters: { FunctionName: 'f', 'Payload.$': '$$.Task.Token' } } },
      'Check reads $$.Task.Token',
    ],
    [
      'a path inside a function call',
      { Use: { Type: 'Pass', Parameters: { 'a.$': "States.Format('{}-$.no', $.b)" }, Next: 'Done' } },
      'Use reads $.b',
    ],
    [
      'a path inside a map',
      {
        Each: {
          Type: 'Map',
          ItemsPath: '$.id',
          ItemSelector: { 'a.$': '$$.Map.Item.Value' },
          ItemProcessor: { StartAt: 'In', States: { In: { Type: 'Pass', InputPath: '$.b', End: true } } },
          Next: 'Done',
        },
      },
      'In reads $.b',
    ],
  ])('%s', (_name, states, fault) => {
    expect(pathFaults(fill(states as Record<string, object>), input)).toEqual([
      `${fault}, which may not be there`,
    ]);
  });

  it('no fault in a variable whose presence is asked for', () => {
    const And = [
      { Variable: '$.a', IsPresent: true },
      { Variable: '$.a', IsNull: true },
    ];
    const ask = { Type: 'Choice', Choices: [{ And, Next: 'Done' }], Default: 'Failed' };
    expect(pathFaults(fill({ Ask: ask }), input)).toEqual([]);
  });
});
