import middy from '@middy/core';
import type * as z from 'zod';
import { DomainError, isTransient, TransientError } from './errors.ts';
import { log } from './log.ts';

/**
 * A state-machine task: parses its input once, logs its end, and gives transient causes one name that the state
 * machines retry on. Any other error keeps its own name and ends in the machine's Catch.
 */
export function taskDoor<S extends z.ZodType, R>(
  name: string,
  schema: S,
  run: (input: z.output<S>) => Promise<R>,
) {
  return middy()
    .onError(({ error }) => {
      log.error('task.failed', error, { task: name });
      if (isTransient(error) || isConflict(error))
        throw new TransientError(error instanceof Error ? error.message : String(error));
      throw error;
    })
    .handler(async (event: unknown): Promise<R> => {
      const result = await run(schema.parse(event));
      log.info('task.done', { task: name });
      return result;
    });
}

/** Others kept changing the same thing: a later try finds what they left. */
function isConflict(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'concurrent-change';
}
