import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type * as z from 'zod';
import { uploadRoutes } from '../../functions/contracts/registry.ts';
import { ImportFaultSchema, ImportViewSchema } from '../../functions/registry/imports/import-view.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, sendToApi, type Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';

export type ImportView = z.output<typeof ImportViewSchema>;
export type ImportFault = z.output<typeof ImportFaultSchema>;

/** An import that has ended, with the faults of its report. */
export interface EndedImport extends ImportView {
  readonly report: readonly ImportFault[];
}

/** Whose awards a file holds, and how it is read. */
interface Source {
  readonly scheme: string;
  readonly confirmUscc: boolean;
  /** Of a workbook with several. */
  readonly sheet: string | undefined;
  /** Tells what an import would do. */
  readonly dryRun: boolean;
  /** A mapping by its name, and what is the same in all rows. */
  readonly mapping?: string | undefined;
  readonly year?: number | undefined;
  readonly projectName?: string | undefined;
}

const RequestedSchema = uploadRoutes.requestImport.response.body;
const ImportsSchema = pageOf(ImportViewSchema);
const FaultsSchema = pageOf(ImportFaultSchema);

const contentTypes = new Map<string, string>([
  ['csv', 'text/csv'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
]);
const askEveryMs = 1000;
/** How long an uploaded file may wait for its import to begin. */
const beginsWithinMs = 120_000;

/**
 * Uploads a file of a scheme's awards and shows its import until it has ended. While the same file of the scheme is being
 * imported already, that import is shown.
 * @param report is told how far it is.
 * @throws OpsError when the API or the bucket refuses, or nothing answers.
 */
export async function importRegistryFile(
  target: Target,
  file: string,
  source: Source,
  report: (line: string) => void,
): Promise<EndedImport> {
  const declared = await declare(file);
  const running = await findRunning(target, source, declared.sha256);
  if (running) report(`import ${running.importId} of this file is under way`);
  const { importId } = running ?? (await upload(target, file, { ...declared, ...source }, report));
  const ended = await follow(target, importId, report);
  return { ...ended, report: await readFaults(target, importId) };
}

/** What is done about taking an import back. */
export type UndoStep =
  | { readonly reason: string }
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Asks for an import to be taken back, or decides on it; confirmed, it goes on until it is done.
 * @throws OpsError when the API refuses.
 */
export async function undoImport(
  target: Target,
  importId: string,
  step: UndoStep,
  report: (line: string) => void,
): Promise<ImportView> {
  const path = `/v1/registry/imports/${encodeURIComponent(importId)}/undo${'outcome' in step ? '/decision' : ''}`;
  for (;;) {
    const view = ImportViewSchema.parse(await sendToApi(target, path, step));
    if (view.undo?.status !== 'running') return view;
    const { removed, restored, kept } = view.undo;
    report(`${removed} removed, ${restored} restored, ${kept} kept`);
  }
}

async function declare(file: string) {
  const contentType = contentTypes.get(file.split('.').at(-1)?.toLowerCase() ?? '');
  if (!contentType) throw new OpsError(`${file}: a file of awards ends in .csv or .xlsx`);
  const hash = createHash('sha256');
  try {
    const { size } = await stat(file);
    await pipeline(createReadStream(file), hash);
    return { fileName: basename(file), contentType, bytes: size, sha256: hash.digest('hex') };
  } catch (error) {
    throw new OpsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function findRunning(
  target: Target,
  { scheme, sheet, dryRun }: Pick<Source, 'scheme' | 'sheet' | 'dryRun'>,
  sha256: string,
): Promise<ImportView | undefined> {
  const { items } = ImportsSchema.parse(await readFromApi(target, '/v1/registry/imports?limit=100'));
  return items.find(
    (item) =>
      item.scheme === scheme &&
      item.sheet === sheet &&
      (item.dryRun ?? false) === dryRun &&
      item.sha256 === sha256 &&
      item.status === 'running',
  );
}

async function upload(
  target: Target,
  file: string,
  { scheme, ...declared }: Awaited<ReturnType<typeof declare>> & Source,
  report: (line: string) => void,
): Promise<ImportView> {
  const path = `/v1/registry/schemes/${encodeURIComponent(scheme)}/imports`;
  const requested = RequestedSchema.parse(await sendToApi(target, path, declared));
  report(`import ${requested.import.importId}: uploading ${declared.bytes} bytes`);
  await put(file, requested.upload);
  return requested.import;
}

/** Sends a file with exactly the headers that were signed: `fetch` would choose its own length for a stream. */
async function put(
  file: string,
  { url, method, headers }: z.output<typeof RequestedSchema>['upload'],
): Promise<void> {
  const send = url.startsWith('https:') ? requestSecure : requestPlain;
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const upload = send(url, { method, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      text = (text + piece).slice(0, 500);
    });
    response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.once('error', reject);
  });
  upload.once('error', reject);
  const sent = pipeline(createReadStream(file), upload).catch(reject);
  const { status, text } = await promise.catch((error: unknown) => {
    throw new OpsError(`the upload broke off: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (status !== 200) throw new OpsError(`the upload was refused with ${status}: ${text}`);
  await sent;
}

async function follow(target: Target, importId: string, report: (line: string) => void): Promise<ImportView> {
  const since = Date.now();
  let told = '';
  for (;;) {
    const view = ImportViewSchema.parse(await readFromApi(target, `/v1/registry/imports/${importId}`));
    if (view.status === 'done' || view.status === 'failed') return view;
    if (view.status === 'awaiting-upload' && Date.now() - since > beginsWithinMs) {
      throw new OpsError(`import ${importId} has not begun; it is shown by the same command once it runs`);
    }
    const line = progressLine(view);
    if (line !== told) report(line);
    told = line;
    await pause(askEveryMs);
  }
}

/** How far an import is, in one line. */
function progressLine({ progress, rows, rowsPerSecond, remainingSeconds, faulty }: ImportView): string {
  const rate = rowsPerSecond === undefined ? '' : `, ${Math.round(rowsPerSecond)} rows/s`;
  const left = remainingSeconds === undefined ? '' : `, ${duration(remainingSeconds)} left`;
  const faults = faulty === 0 ? '' : `, ${faulty} left out`;
  return `${(progress * 100).toFixed(1)}%  ${rows} rows${rate}${left}${faults}`;
}

function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`;
}

async function readFaults(target: Target, importId: string): Promise<ImportFault[]> {
  const faults: ImportFault[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const page = FaultsSchema.parse(
      await readFromApi(target, `/v1/registry/imports/${importId}/faults${query}`),
    );
    faults.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return faults;
}
