import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/**
 * Does something else where the program would pause, so that no real time passes. It holds in every module, also in
 * those that were imported before.
 * @returns what puts back the pause that was there.
 */
export function replacePauses(pause: () => Promise<void>): () => void {
  const before = timers.setTimeout;
  const put = (setTimeout: unknown) => {
    Object.assign(timers, { setTimeout });
    syncBuiltinESMExports();
  };
  put(pause);
  return () => put(before);
}
