/** The reviewers' part: every open task with its files, experts, corrections and a decision, until none is left. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { type DemoUser, demoUsers } from '../issuer/demo-users.ts';
import { correct, showApplication } from './applying.ts';
import type { Entry } from './cases.ts';
import { type ApiClient, inParallel, waitFor } from './client.ts';
import type { Material } from './documents.ts';
import { askExperts } from './experts.ts';
import type { Say } from './progress.ts';
import { formatYuan } from './table.ts';

/** One reviewer of each department. */
const reviewers = demoUsers.filter(
  ({ department }, index) =>
    department !== undefined && demoUsers.findIndex((user) => user.department === department) === index,
);

const taskSchema = z.object({
  taskId: z.string(),
  applicationId: z.string(),
  department: z.string(),
  kind: z.enum(['recommend', 'opinion', 'approve', 'adjudicate']),
  status: z.string(),
});
const taskDetailSchema = taskSchema.extend({
  item: z.string(),
  amountKind: z.string(),
  limitFen: z.int(),
  contentHash: z.string(),
  submission: z.int(),
  documents: z.array(z.object({ fileName: z.string(), sha256: z.string(), url: z.string() })),
});
export type TaskDetail = z.output<typeof taskDetailSchema>;

/** Statuses of an application that somebody reviews or corrects. */
const underReview = ['submitted', 'sign-off', 'returned', 'deduplication', 'adjudication'];
const patienceMs = 120_000;

/**
 * Plays the reviews to their end: as tasks open, every department decides its own, and companies correct what comes
 * back. Rejects when an application stays without a task, or a task is nobody's.
 */
export async function playReviews(
  client: ApiClient,
  entries: readonly Entry[],
  materials: ReadonlyMap<string, readonly Material[]>,
  say: Say,
): Promise<void> {
  let waiting = entries.filter(({ story: { ending } }) => ending !== 'ineligible' && ending !== 'withdrawn');
  const deadline = performance.now() + patienceMs;
  while (waiting.length > 0) {
    const tasks = await openTasks(client);
    const files = [...Map.groupBy(tasks, ({ applicationId }) => applicationId)];
    await inParallel(files, 4, async ([applicationId, ofFile]) => {
      const entry = entries.find(({ id }) => id === applicationId);
      if (!entry) throw new Error(`there is a task about ${applicationId}, and nobody waits for it`);
      // One department after the other: a return closes the tasks of the others.
      for (const { taskId, reviewer } of ofFile) await decide(client, reviewer, taskId, entry, say);
    });
    const statuses = await inParallel(waiting, 4, async (entry) => {
      const { status, correction } = await showApplication(client, entry);
      if (correction) await correct(client, entry, correction, materials.get(entry.story.item) ?? [], say);
      return status;
    });
    waiting = waiting.filter((_, index) => underReview.includes(statuses[index] ?? ''));
    if (performance.now() > deadline) {
      throw new Error(`still under review: ${waiting.map(({ label }) => label).join('; ')}`);
    }
    if (tasks.length === 0) await pause(100);
  }
}

async function openTasks(client: ApiClient) {
  const inboxes = await inParallel(reviewers, 4, async (reviewer) => {
    const tasks = await client.list('/v1/tasks', { user: reviewer.name, answer: taskSchema });
    return tasks.map((task) => ({ ...task, reviewer }));
  });
  return inboxes.flat();
}

async function decide(
  client: ApiClient,
  reviewer: DemoUser,
  taskId: string,
  entry: Entry,
  say: Say,
): Promise<void> {
  const path = `/v1/tasks/${taskId}`;
  const user = reviewer.name;
  if (reviewer.department === adjudicators) return adjudicate(client, user, path, entry, say);
  const detail = await client.call('GET', path, { user, answer: taskDetailSchema });
  if (detail.status !== 'open') return;
  for (const document of detail.documents) await checkFile(document, entry);
  const { refusal, correction, expertPoints } = entry.story;
  const who = `${entry.label}：${reviewer.displayName}`;
  const { contentHash, department, submission } = detail;
  const send = (body: object) => client.call('POST', `${path}/decision`, { user, body, answer: taskSchema });
  if (detail.kind === 'recommend') {
    await send({ outcome: 'recommend', contentHash });
    say(`${who}推荐`, 'recommended by the district');
  } else if (refusal) {
    await send({ outcome: 'refuse', ...refusal });
    say(`${who}不予通过`, 'refused by the reviewer');
  } else if (correction?.by === department && submission === 1) {
    const items = correction.materials.map((material) => ({
      path: `documents.${material}`,
      reason: correction.reason,
    }));
    await send({ outcome: 'return', items, contentHash });
    say(`${who}退回补正：${correction.reason.zh}`, 'returned for correction');
  } else {
    if (expertPoints) await askExperts(client, entry, user, taskId, expertPoints, say);
    const figures = figuresOf(detail, entry);
    await send({ outcome: 'approve', ...figures, contentHash });
    const approved = figures ? `核定 ${formatYuan(figures.amountFen)} 元` : '同意';
    say(`${who}${approved}`, 'signed off by the reviewer');
  }
}

const adjudicators = 'adjudicators';
const caseSchema = z.object({
  pairs: z.array(
    z.object({
      id: z.string(),
      rule: z.string(),
      counterpart: z.object({ projectName: z.string() }),
      why: z.array(z.object({ zh: z.string() })),
    }),
  ),
});

/** Looks at both sides of every pair, and decides as the story says. */
async function adjudicate(
  client: ApiClient,
  user: string,
  path: string,
  { label, story: { verdict } }: Entry,
  say: Say,
): Promise<void> {
  const { pairs } = await client.call('GET', `${path}/case`, { user, answer: caseSchema });
  for (const { rule, counterpart, why } of pairs) {
    const reasons = why.map(({ zh }) => zh).join('；');
    say(`${label}：疑似重复（${rule}）“${counterpart.projectName}”：${reasons}`, 'suspected, and held');
  }
  if (!verdict) throw new Error(`${label} is suspected, and the story knows of no verdict`);
  const { reason, ...decided } = verdict;
  const verdicts = pairs.map(({ id }) => ({ id, ...decided }));
  await client.call('POST', `${path}/verdict`, { user, body: { verdicts, reason }, answer: taskSchema });
  const words = { duplicate: '同一事项', 'not-duplicate': '不是同一事项', 'top-up': '补差额' };
  say(
    `${label}：裁定为${words[verdict.verdict]}：${reason.zh}`,
    `an adjudicator decides: ${verdict.verdict}`,
  );
}

/** Decides the cases of applications that are held in their pools, as soon as there are any. */
export async function decideHeld(client: ApiClient, entries: readonly Entry[], say: Say): Promise<void> {
  const tasks = await waitFor('a late award holds an application', async () => {
    const open = (await openTasks(client)).filter(({ kind }) => kind === 'adjudicate');
    return open.length > 0 ? open : undefined;
  });
  for (const { taskId, applicationId, reviewer } of tasks) {
    const entry = entries.find(({ id }) => id === applicationId);
    if (!entry) throw new Error(`there is a task about ${applicationId}, and nobody waits for it`);
    await decide(client, reviewer, taskId, entry, say);
  }
}

/** What the story says, else what may be approved; nothing where the item pays nothing. */
function figuresOf({ amountKind, department, limitFen: amountFen }: TaskDetail, { story }: Entry) {
  if (amountKind === 'none') return undefined;
  return story.approvals?.[department] ?? { amountFen };
}

/** What the reviewer opens is what the applicant declared. */
async function checkFile(
  { fileName, sha256, url }: TaskDetail['documents'][number],
  { label }: Entry,
): Promise<void> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok || createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`${label}: ${fileName} (${response.status}) is not the file that was submitted`);
  }
}
