import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwardRegistry } from '../../functions/registry/awards/award-registry.ts';
import { searchRegistry } from '../../functions/registry/awards/search-registry.ts';
import { ImportStore } from '../../functions/registry/imports/import-store.ts';
import { importView } from '../../functions/registry/imports/import-view.ts';
import { OpenRowStore } from '../../functions/registry/imports/open-row-store.ts';
import { csvType, newImport } from '../../functions/registry/imports/registry-import.ts';
import { runImport } from '../../functions/registry/imports/run-import.ts';
import { ScreeningRequests } from '../../functions/registry/imports/screening-requests.ts';
import type { SourceFile } from '../../functions/registry/imports/sheet-row.ts';
import { systemClock } from '../../functions/shared/clock.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { Table } from '../../functions/shared/table.ts';
import { startDynoxide } from '../../local/dynamodb/process.ts';

/**
 * Imports a file of many awards into a table on disk, kills the process that imports in the middle, lets another one go
 * on, and counts what the table holds then.
 */
const help =
  'npm run bench -- registry-import --data DIR [--rows 1000000]   (DIR: awards.tsv of the generator)';

const scheme = '穗基准〔2026〕1号';
const table = 'Registry';
const requests = 'Workflow';
const worker = fileURLToPath(import.meta.url);

function clientOf(endpoint: string): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'cn-north-1', credentials }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** Writes the file. @returns its rows and hash. */
async function writeFile(
  source: string,
  path: string,
  limit: number,
): Promise<{ rows: number; sha256: string }> {
  const hash = createHash('sha256');
  const out = createWriteStream(path);
  let rows = 0;
  const write = async (text: string) => {
    hash.update(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(
    'award_id,uscc,name,level,year,matter_kind,matter_detail,project_name,evidence,amount_yuan,status\n',
  );
  for await (const line of createInterface({ input: createReadStream(source) })) {
    const [id = '', uscc = '', name = ''] = line.split('\t');
    const quoted = `"${name.replaceAll('"', '""')}"`;
    await write(
      `A-${id},${uscc},广州示例第${id}号软件有限公司,municipal,20${10 + (rows % 16)},dcmm,${id},${quoted},,${rows}.5,granted\n`,
    );
    rows += 1;
    if (rows === limit) break;
  }
  out.end();
  await finished(out);
  return { rows, sha256: hash.digest('hex') };
}

function fileOnDisk(path: string): SourceFile {
  return {
    bytes: statSync(path).size,
    read: async (from, to) =>
      to !== undefined && to <= from
        ? (async function* () {})()
        : createReadStream(path, { start: from, ...(to !== undefined && { end: to - 1 }) }),
  };
}

/** What the process of its own does that may be killed. */
async function work(endpoint: string, path: string, importId: string): Promise<void> {
  const client = clientOf(endpoint);
  const parts = {
    registry: new AwardRegistry(new Table(client, table)),
    imports: new ImportStore(new Table(client, table)),
    openRows: new OpenRowStore(new Table(client, table)),
    screenings: new ScreeningRequests(new Table(client, requests), systemClock),
    open: () => fileOnDisk(path),
    clock: systemClock,
  };
  console.info = () => {};
  for (;;) {
    const until = new Date(Date.now() + 180_000);
    if ((await runImport(parts, { importId, run: 'bench' }, until)).outcome === 'ended') break;
  }
}

/** Most memory that a process had, in MB; only where the system tells. */
function peakMemory(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/** Runs the importing process until it ends or the import has come to a row. @returns its most memory in MB. */
async function runWorker(
  args: readonly string[],
  imports: ImportStore,
  importId: string,
  killAtRow: number,
): Promise<{ peak: number; isKilled: boolean }> {
  const child = spawn(process.execPath, [worker, '--worker', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  let peak = 0;
  let isKilled = false;
  let last = 0;
  const watch = async () => {
    peak = Math.max(peak, peakMemory(child.pid ?? 0) ?? 0);
    const view = importView(await imports.require(importId));
    if (view.rows - last >= 50_000) {
      last = view.rows;
      console.error(
        `${view.rows} rows, ${view.rowsPerSecond}/s, ${view.remainingSeconds} s left, ${peak} MB`,
      );
    }
    if (view.rows < killAtRow || isKilled) return;
    isKilled = true;
    child.kill('SIGKILL');
  };
  const timer = setInterval(() => watch().catch(console.error), 500);
  const code = await ended;
  clearInterval(timer);
  if (code !== 0 && !isKilled) throw new Error(`the importing process ended with ${code}`);
  return { peak, isKilled };
}

/** How many of the awards the table holds, by asking for each of them. */
async function count(client: DynamoDBDocumentClient, source: string, rows: number): Promise<number> {
  let [found, asked] = [0, 0];
  const ask = async (ids: readonly string[]) => {
    const Keys = ids.map((id) => ({ pk: `AWARD#${scheme}#A-${id}`, sk: 'RECORD' }));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ProjectionExpression: 'pk' } } }),
    );
    if (UnprocessedKeys?.[table]) throw new Error('the table is busy');
    found += Responses?.[table]?.length ?? 0;
  };
  let waves: Promise<void>[] = [];
  let ids: string[] = [];
  for await (const line of createInterface({ input: createReadStream(source) })) {
    ids.push(line.slice(0, line.indexOf('\t')));
    asked += 1;
    if (ids.length === 100 || asked === rows) {
      waves.push(ask(ids));
      ids = [];
    }
    if (waves.length === 8) {
      await Promise.all(waves);
      waves = [];
    }
    if (asked === rows) break;
  }
  await Promise.all(waves);
  return found;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, rows: { type: 'string', default: '1000000' } },
  });
  if (values.data === undefined) throw new Error(help);
  const source = join(values.data, 'awards.tsv');
  const folder = mkdtempSync(join(tmpdir(), 'registry-import-'));
  const dynoxide = await startDynoxide({ dbPath: join(folder, 'registry.db'), log: console.error });
  try {
    const client = clientOf(dynoxide.endpoint);
    for (const TableName of [table, requests]) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
        }),
      );
    }
    const file = join(folder, 'awards.csv');
    const { rows, sha256 } = await writeFile(source, file, Number(values.rows));
    const imports = new ImportStore(new Table(client, table));
    const importId = newUlid();
    const bytes = statSync(file).size;
    const asked = {
      ...{ importId, scheme, fileName: 'awards.csv', bytes, sha256, confirmUscc: true },
      contentType: csvType,
      ...{ requestedAt: new Date().toISOString(), requestedBy: 'bench' },
    } as const;
    await imports.add(newImport(asked));
    const since = performance.now();
    const workerArgs = [dynoxide.endpoint, file, importId];
    const first = await runWorker(workerArgs, imports, importId, Math.floor(rows / 3));
    const atKill = (await imports.require(importId)).rows;
    console.error(`killed at ${atKill} rows; going on`);
    const second = await runWorker(workerArgs, imports, importId, Number.POSITIVE_INFINITY);
    const seconds = Math.round((performance.now() - since) / 1000);
    const state = await imports.require(importId);
    const found = await count(client, source, rows);
    const registry = new AwardRegistry(new Table(client, table));
    const { awards, itemsRead } = await searchRegistry(registry, await nameAt(source, Math.floor(rows / 2)), {
      limit: 10,
    });
    console.log(
      JSON.stringify({
        ...{ rows, bytes, status: state.status, imported: state.imported, unchanged: state.unchanged },
        ...{ faulty: state.faulty, found, killedAtRow: atKill, wasKilled: first.isKilled, seconds },
        ...{ rowsPerSecond: Math.round(rows / seconds), peakMb: Math.max(first.peak, second.peak) },
        ...{ itemsPerLookUp: itemsRead, lookUpFinds: awards.length },
      }),
    );
    if (found !== rows || state.imported !== rows || state.status !== 'done') process.exitCode = 1;
  } finally {
    await dynoxide.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function nameAt(source: string, row: number): Promise<string> {
  let at = 0;
  for await (const line of createInterface({ input: createReadStream(source) })) {
    if (at === row) return line.split('\t')[2] ?? '';
    at += 1;
  }
  return '';
}

const [, script, mode, ...rest] = process.argv;
if (script === worker && mode === '--worker') {
  const [endpoint = '', file = '', importId = ''] = rest;
  await work(endpoint, file, importId);
}
