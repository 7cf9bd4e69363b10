import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { type Door, environments } from '../../functions/shared/environment.ts';
import { bundleOptions } from '../../infra/bundles.ts';
import { bundleFunctions } from '../../infra/system.ts';
import { smallestEvent } from './cold-start-events.ts';

const target = 1.5;
const child = fileURLToPath(new URL('cold-start-process.ts', import.meta.url));
const runChild = promisify(execFile);

/** What every function needs at least: a document client, and one item asked for. */
const yardstickCode = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
export const handler = () => client.send(new GetCommand({ TableName: 'bench', Key: { pk: 'a', sk: 'b' } }));
`;

/** One function's measure. */
export interface ColdStart {
  readonly name: string;
  /** Size of its bundle in thousands of bytes. */
  readonly kb: number;
  /** Import and first call, as a multiple of the yardstick's: the median of pairs of fresh processes. */
  readonly ratio: number;
}

/**
 * `npm run bench -- cold-start [--json] [--pairs N] [--only PART]`: one line of JSON for each function. A pair is one
 * process of the yardstick and one of the function, right after each other, so that what else the machine does weighs
 * on both alike.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '7' },
      only: { type: 'string', default: '' },
    },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs is a whole number from 1');
  const slow: string[] = [];
  for await (const result of measure(pairs, values.only)) {
    console.log(JSON.stringify(result));
    if (result.ratio > target) slow.push(result.name);
  }
  if (values.json) return;
  console.error(slow.length === 0 ? `all within ${target}` : `above ${target}: ${slow.join(', ')}`);
}

/** Measures the functions whose name contains `only`, one after the other. */
export async function* measure(pairs: number, only = ''): AsyncGenerator<ColdStart> {
  const folder = mkdtempSync(join(tmpdir(), 'software-support-cold-start-'));
  const bundles = await bundleFunctions();
  const stub = await startStub();
  try {
    const yardstick = join(folder, 'index.mjs');
    await build({
      ...bundleOptions,
      stdin: { contents: yardstickCode, resolveDir: import.meta.dirname },
      entryNames: 'index',
      outdir: folder,
    });
    // Object.keys widens the keys of a literal record to strings.
    const doors = (Object.keys(environments) as Door[]).filter((name) => name.includes(only));
    // The portal's door asks nobody: it reads files of its own.
    for (const door of doors.filter((name) => name !== 'api/portal')) {
      const bundle = join(bundles.directory(door), 'index.mjs');
      const ratios: number[] = [];
      for (let pair = 0; pair < pairs; pair += 1) {
        const base = await coldStart(yardstick, {}, stub, {});
        const own = await coldStart(bundle, smallestEvent(door), stub, variablesOf(door));
        ratios.push(own / base);
      }
      yield {
        name: door,
        kb: Math.round(codeBytes(bundles.directory(door)) / 1000),
        ratio: Math.round(median(ratios) * 100) / 100,
      };
    }
  } finally {
    stub.close();
    bundles.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bytes of a bundle's code, the parts that are loaded on demand included. */
function codeBytes(directory: string): number {
  const files = readdirSync(directory).filter((file) => file.endsWith('.mjs'));
  return files.reduce((total, file) => total + statSync(join(directory, file)).size, 0);
}

/** Milliseconds from before a bundle's import to the first answer it gets, in a process of its own. */
async function coldStart(
  bundle: string,
  event: unknown,
  stub: Server,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const { port } = stub.address() as AddressInfo;
  const { stdout } = await runChild(process.execPath, [child, bundle, JSON.stringify(event)], {
    env: {
      ...variables,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'cn-north-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
    },
    timeout: 30_000,
  });
  const milliseconds = Number(stdout);
  if (!(milliseconds > 0)) throw new Error(`${bundle} printed no time: ${stdout}`);
  return milliseconds;
}

function variablesOf(door: Door): Record<string, string> {
  const arn = 'arn:aws-cn:states:cn-north-1:000000000000:stateMachine:bench';
  const known: Readonly<Record<string, string>> = {
    WEBHOOK_NETWORKS: 'public',
    GUIDES_ALLOWED: 'official',
    TIMESTAMP_URL: '',
    LOGIN_PERSON_CLAIM: 'person_id',
    LOGIN_STRENGTH: 'none',
    LOGIN_INITIAL_ADMINS: '',
    GRANT_DAYS: '365',
    PAYMENT_SIGNING: 'ECDSA_SHA_256',
  };
  return Object.fromEntries(
    Object.keys(environments[door]).map((name) => [
      name,
      known[name] ?? (name.endsWith('_ARN') ? arn : 'bench'),
    ]),
  );
}

/** Answers every call with an empty result, which is what a read that finds nothing gets. */
async function startStub(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
