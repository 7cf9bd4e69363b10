import { describe, expect, it } from 'vitest';
import { named, setup, task as taskOf, tokenTask } from '../local/states-setup.ts';
import { fillDefinition, readDefinitionFiles } from '../support/asl.ts';

/** A simulated second, so that ten minutes are over in little more than one. */
const msPerSecond = 2;
const outageMs = 600 * msPerSecond;

/** What Step Functions calls it when what a function needs, or Lambda itself, does not answer. */
const outages = [
  'TransientError',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/** The first task of each kind; others of a kind are retried as it is. */
const tasks = readDefinitionFiles().flatMap(({ text }) =>
  Object.values(fillDefinition(text).States).flatMap((state) => (state.Type === 'Task' ? [state] : [])),
);

describe('ten minutes in which nothing answers', () => {
  it.each(['lambda:invoke', 'lambda:invoke.waitForTaskToken'])(
    'leave no execution of %s failed',
    async (kind) => {
      const model = tasks.find(({ Resource }) => Resource.endsWith(`:::${kind}`));
      const waiting = kind.endsWith('Token');
      const task = waiting ? tokenTask('any') : taskOf('any', { 'input.$': '$' });
      const states = await setup(msPerSecond);
      states.define({ StartAt: 'Ask', States: { Ask: { ...task, Retry: model?.Retry } } });
      const from = Date.now();
      states.invoker.functions.set('any', ({ input }: { input: { error: string } }) => {
        if (Date.now() - from < outageMs) throw named(input.error);
        return {};
      });
      for (const arn of await Promise.all(outages.map((error) => states.begin({ error })))) {
        if (waiting) await states.sees(arn, 'TaskSubmitted');
        else expect((await states.ended(arn)).status).toBe('SUCCEEDED');
      }
    },
  );
});
