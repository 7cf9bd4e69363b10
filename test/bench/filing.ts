import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import { hasValidCheckCharacter } from '../../functions/shared/uscc.ts';
import { synthesize } from '../../local/assembly.ts';
import { ApiClient, inParallel, putFile, uploadSchema, waitFor } from '../../local/demo/client.ts';
import { declared } from '../builders/content.ts';
import { memoryMb, processorSeconds } from '../support/process-tree.ts';
import { type Running, startSystem } from '../support/running-system.ts';

const targets = { perSecond: 12, p95: 1_000 };
const materials = ['certificate', 'business-licence', 'undertaking'];

const applicationSchema = z.object({ applicationId: z.string(), status: z.string() });
const documentsSchema = z.object({ items: z.array(z.object({ status: z.string() })) });
const secretsSchema = z.object({ jwks: z.object({ keys: z.tuple([z.record(z.string(), z.unknown())]) }) });

/**
 * `npm run bench -- filing [--applications N] [--at-once N] [--json] [--profile DIR]`: companies, one an application, file
 * with three documents each over HTTP, some at once, against a system of its own with empty tables. One line of JSON:
 * how many a second, over all and within each tenth; how long a submission took, in ms; processor time of the system an
 * application, in ms, until every review waits for people; and the rate of the last tenth to that of the first.
 * --profile writes CPU profiles of the system's threads. Linux only.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      applications: { type: 'string', default: '2000' },
      'at-once': { type: 'string', default: '32' },
      profile: { type: 'string' },
    },
  });
  const [applications, atOnce] = [Number(values.applications), Number(values['at-once'])];
  if (!Number.isInteger(applications) || applications < 10) throw new Error('--applications is from 10');
  const report = (line: string) => {
    if (!values.json) console.error(line);
  };
  const folder = await mkdtemp(join(tmpdir(), 'bench-filing-'));
  const [assemblyDir, dataDir] = [join(folder, 'assembly'), join(folder, 'data')];
  let system: Running | undefined;
  try {
    report('synthesizing');
    await synthesize({ environment: 'local', outDir: assemblyDir, log: () => {} });
    const flags = values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile];
    system = await startSystem({ dataDir, assemblyDir, users: ['admin-1'], flags });
    const client = new ApiClient(system.url, await companyTokens(system, dataDir));
    report(`filing ${applications} applications, ${atOnce} at once`);
    const measured = await fileAll(system, client, applications, atOnce, report);
    console.log(JSON.stringify({ applications, atOnce, ...measured }));
    const { perSecond, submission } = measured;
    const isWithin = perSecond >= targets.perSecond && submission.p95 <= targets.p95;
    report(isWithin ? 'within the targets' : `beyond ${JSON.stringify(targets)}`);
  } finally {
    await system?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fileAll(
  system: Running,
  client: ApiClient,
  applications: number,
  atOnce: number,
  report: (line: string) => void,
) {
  const numbers = Array.from({ length: applications }, (_, index) => index + 1);
  // The first of each kind starts sandboxes, which is not what is measured.
  await inParallel([0, -1, -2, -3], 4, (number) => file(client, number));
  const started = performance.now();
  const processorBefore = processorSeconds(system.pid);
  const ends: number[] = [];
  const processors = [processorBefore];
  const tenth = Math.floor(applications / 10);
  const submissions: number[] = [];
  const ids = await inParallel(numbers, atOnce, async (number) => {
    const { id, submission } = await file(client, number);
    ends.push((performance.now() - started) / 1_000);
    submissions.push(submission);
    if (ends.length % tenth === 0) {
      processors.push(processorSeconds(system.pid));
      report(`${ends.length} filed, ${Math.round(ends.at(-1) ?? 0)} s`);
    }
    return { id, number };
  });
  const seconds = ends.at(-1) ?? 0;
  report('waiting for the reviews');
  for (const { id, number } of ids.reverse()) {
    await waitFor(`the review of ${id} waits for people`, async () => {
      const user = String(number);
      const { status } = await client.call('GET', `/v1/applications/${id}`, {
        user,
        answer: applicationSchema,
      });
      return status === 'submitted' ? undefined : status;
    });
  }
  const processor = processorSeconds(system.pid) - processorBefore;
  const perSecondByTenth = Array.from({ length: 10 }, (_, index) => {
    const since = index === 0 ? 0 : (ends[index * tenth - 1] ?? 0);
    return round(tenth / ((ends[(index + 1) * tenth - 1] ?? 0) - since), 1);
  });
  submissions.sort((a, b) => a - b);
  const at = (part: number) => Math.round(submissions[Math.floor((submissions.length - 1) * part)] ?? 0);
  return {
    seconds: round(seconds, 1),
    perSecond: round(applications / seconds, 1),
    perSecondByTenth,
    lastToFirst: round((perSecondByTenth[9] ?? 0) / (perSecondByTenth[0] ?? 1), 2),
    submission: { p50: at(0.5), p95: at(0.95) },
    processorMsByTenth: processors
      .slice(1)
      .map((used, index) => Math.round(((used - (processors[index] ?? 0)) / tenth) * 1_000)),
    processorMsPerApplication: Math.round((processor / applications) * 1_000),
    memoryMb: memoryMb(system.pid),
  };
}

/** Files the application of one company. @returns its id, and how long its submission took, in ms. */
async function file(client: ApiClient, number: number): Promise<{ id: string; submission: number }> {
  const user = String(number);
  const { uscc, name } = companyOf(number);
  const { applicationId: id } = await client.call('POST', '/v1/applications', {
    user,
    body: {
      item: 'dcmm',
      direction: 'foundation',
      projectName: `数据管理能力成熟度评估 ${uscc}`,
      enterprise: { uscc, name, district: '440106', registeredOn: '2015-06-01', industryClass: 'I6513' },
      requestedFen: 50_000_000,
      facts: { ...declared, level: 3, certificateNumber: `DCMM-${uscc}`, certificateValidTo: '2029-12-31' },
    },
    answer: applicationSchema,
  });
  const path = `/v1/applications/${id}/documents`;
  for (const material of materials) {
    const bytes = Buffer.from(
      `%PDF-1.4\n% ${material} of ${uscc}\n${'%'.repeat(20_000)}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
    );
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const fileName = `${material}.pdf`;
    const body = { material, fileName, contentType: 'application/pdf', bytes: bytes.byteLength, sha256 };
    const { upload } = await client.call('POST', path, { user, body, answer: uploadSchema });
    const answer = await putFile(upload, bytes);
    if (!answer.stored) throw new Error(`${fileName} of ${uscc} was refused: ${answer.code}`);
  }
  await waitFor(`the documents of ${uscc} are verified`, async () => {
    const { items } = await client.call('GET', path, { user, answer: documentsSchema });
    return items.every(({ status }) => status === 'accepted') || undefined;
  });
  const since = performance.now();
  await client.call('POST', `/v1/applications/${id}/submission`, {
    user,
    idempotencyKey: randomUUID(),
    answer: applicationSchema,
  });
  return { id, submission: performance.now() - since };
}

/** A fictional company; its code has the check character that it should. */
function companyOf(number: number): { uscc: string; name: string } {
  const stem = `91440106MAB${String(1_000 + number).padStart(6, '0')}`;
  const uscc = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].map((last) => stem + last).find(hasValidCheckCharacter);
  if (uscc === undefined) throw new Error(`no check character fits ${stem}`);
  return { uscc, name: `广州示例第${number}号软件有限公司` };
}

/** Signs tokens for companies that are not among the demo's, with the key of the system's own issuer. */
async function companyTokens(
  system: Running,
  dataDir: string,
): Promise<(company: string) => Promise<string>> {
  const secrets = await readFile(join(dataDir, 'issuer', 'secrets.json'), 'utf8');
  const [jwk] = secretsSchema.parse(JSON.parse(secrets)).jwks.keys;
  const key = await importJWK(jwk, 'RS256');
  const token = await system.token('admin-1');
  const header = { ...decodeProtectedHeader(token), alg: 'RS256' };
  const claims = decodeJwt(token);
  return (company) => {
    const { uscc, name } = companyOf(Number(company));
    const own = {
      ...{ sub: `admin-of-${uscc}`, person_id: `P-${uscc}` },
      ...{ name, organisation: uscc, organisation_name: name },
    };
    return new SignJWT({ ...claims, ...own }).setProtectedHeader(header).sign(key);
  };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
