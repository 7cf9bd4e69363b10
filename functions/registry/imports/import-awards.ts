import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import type { AwardRegistry } from '../awards/award-registry.ts';
import { fileInMemory } from './import-files.ts';
import type { ImportStore } from './import-store.ts';
import type { ImportReportSchema } from './import-view.ts';
import { type ChosenMapping, mappingFor } from './keep-mapping.ts';
import type { OpenRowStore } from './open-row-store.ts';
import { csvType, newImport } from './registry-import.ts';
import { runImport } from './run-import.ts';
import type { ScreeningRequests } from './screening-requests.ts';

export interface ImportAwardsDependencies {
  readonly registry: AwardRegistry;
  readonly imports: ImportStore;
  readonly openRows: OpenRowStore;
  readonly screenings: ScreeningRequests;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** Faults that an answer lists; the whole report has them all. */
const answeredFaults = 1000;

/**
 * Imports a small CSV file at once, in the same way as an uploaded one. Good rows go in even when others are faulty, and
 * the same file again changes nothing, so that a file can be mended and sent until it is all in.
 * @throws DomainError invalid-request when it is no such file; TransientError when the registry stays busy.
 */
export async function importAwards(
  deps: ImportAwardsDependencies,
  actor: Pick<Actor, 'id'>,
  source: {
    readonly scheme: string;
    readonly csv: string;
    readonly confirmUscc?: boolean | undefined;
    /** Tells what an import would do, and does nothing. */
    readonly dryRun?: boolean | undefined;
  } & ChosenMapping,
): Promise<z.input<typeof ImportReportSchema>> {
  const content = Buffer.from(source.csv);
  const { imports, clock } = deps;
  const importId = deps.newId();
  const mapping = await mappingFor(deps, source.scheme, source);
  await imports.add(
    newImport({
      importId,
      scheme: source.scheme,
      fileName: 'awards.csv',
      contentType: csvType,
      bytes: content.byteLength,
      sha256: createHash('sha256').update(content).digest('hex'),
      confirmUscc: source.confirmUscc ?? false,
      dryRun: source.dryRun ?? false,
      // The text of a request has been decoded already.
      ...(mapping && { mapping: { ...mapping, encoding: 'utf-8' as const } }),
      requestedAt: clock().toISOString(),
      requestedBy: actor.id,
    }),
  );
  const open = () => fileInMemory(content);
  const never = new Date(8.64e15);
  await runImport({ ...deps, open }, { importId, run: importId }, never);
  const {
    scheme,
    status,
    rows,
    imported,
    unchanged,
    open: left = 0,
    preview,
    faults: count,
  } = await imports.require(importId);
  const kept = await imports.allFaults(importId);
  if (status === 'failed') {
    throw new DomainError('invalid-request', {
      faults: kept.map(({ row, column, rule, messages }) => ({
        path: column === '' ? 'body' : `body.${row}.${column}`,
        rule,
        message: messages,
      })),
    });
  }
  const faults = kept.slice(0, answeredFaults);
  const leftOut = count - faults.length;
  return {
    ...{ importId, scheme, rows, imported, unchanged, faults },
    ...(left > 0 && { open: left }),
    ...(preview && { preview }),
    ...(leftOut > 0 && { faultsLeftOut: leftOut }),
  };
}
