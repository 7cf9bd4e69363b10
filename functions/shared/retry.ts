import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from './errors.ts';

const attempts = 6;

/**
 * Runs read-decide-write again when another writer came between read and write. The decision is made anew from what
 * stands there then, so that the second run may well end in another answer.
 * @throws what the last run throws: `concurrent-change` when the others do not end.
 */
export async function decideAgainOnConflict<R>(decide: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await decide();
    } catch (error) {
      const conflict = error instanceof DomainError && error.code === 'concurrent-change';
      if (!conflict || attempt === attempts) throw error;
      await pause(Math.random() * 10 * 2 ** attempt);
    }
  }
}
