import { DomainError, TransientError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';

/**
 * Runs a task's read-decide-write again when another writer came between, as when two rounds commit on one pool at the
 * same time. What does not settle here is left to the state machine, which tries the whole task again later.
 * @throws TransientError when the others do not end.
 */
export async function settleContention<R>(decide: () => Promise<R>): Promise<R> {
  try {
    return await decideAgainOnConflict(decide);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'concurrent-change') throw error;
    throw new TransientError('other writers kept coming between', { cause: error });
  }
}
