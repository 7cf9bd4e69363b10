import type * as z from 'zod';
import type { ImportReportSchema } from '../contracts/operator.ts';
import { readAwardCsv } from './award-csv.ts';
import type { AwardRegistry } from './award-registry.ts';

/** Faults that a report lists; the counts tell of the others. A wrong column repeats itself, and answers have limits. */
const reportedFaults = 1000;

/**
 * Imports a scheme's awards from CSV. Good rows go in even when others are faulty, and the same file again changes
 * nothing, so that a file can be mended and sent until it is all in.
 * @throws DomainError invalid-request when it is not such a file; TransientError when the registry stays busy.
 */
export async function importAwards(
  deps: { readonly registry: AwardRegistry },
  source: { readonly scheme: string; readonly csv: string; readonly confirmUscc?: boolean | undefined },
): Promise<z.input<typeof ImportReportSchema>> {
  const { rows, awards, faults } = readAwardCsv(source.scheme, source.csv, source.confirmUscc ?? false);
  const counts = await deps.registry.put(awards);
  return { scheme: source.scheme, rows, ...counts, faults: faults.slice(0, reportedFaults) };
}
