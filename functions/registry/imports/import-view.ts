import type * as z from 'zod';
import type { ImportViewSchema } from '../../contracts/registry.ts';
import type { RegistryImport } from './registry-import.ts';

/** What operators see of an import: how far it is, how fast, and how long it will take. */
export function importView(shown: RegistryImport): z.input<typeof ImportViewSchema> {
  const { place, bytes, rows, workedMs, status } = shown;
  const progress = status === 'done' ? 1 : Math.min(1, place.offset / bytes);
  const isMeasured = workedMs > 0 && rows > 0;
  return {
    ...shown,
    progress: Math.round(progress * 10_000) / 10_000,
    ...(isMeasured && { rowsPerSecond: Math.round((rows / workedMs) * 10_000) / 10 }),
    ...(isMeasured &&
      status === 'running' &&
      progress > 0 && { remainingSeconds: Math.ceil((workedMs * (1 - progress)) / progress / 1000) }),
  };
}
