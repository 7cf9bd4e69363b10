/** The lead departments' part: every open task, its files and a decision. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type DemoUser, demoUsers } from '../issuer/demo-users.ts';
import type { Entry } from './applying.ts';
import { type ApiClient, inParallel } from './client.ts';
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
  status: z.string(),
});
const taskDetailSchema = taskSchema.extend({
  amountKind: z.string(),
  limitFen: z.int(),
  contentHash: z.string(),
  documents: z.array(z.object({ fileName: z.string(), sha256: z.string(), url: z.string() })),
});
type TaskDetail = z.output<typeof taskDetailSchema>;

/** Decides every open task of every department. Rejects when an entry that waits for a decision has no task. */
export async function decideTasks(client: ApiClient, entries: readonly Entry[], say: Say): Promise<void> {
  const waiting = new Map(
    entries
      .filter(({ story: { ending } }) => ending !== 'ineligible' && ending !== 'withdrawn')
      .map((entry) => [entry.id, entry]),
  );
  const inboxes = await Promise.all(
    reviewers.map(async (reviewer) => {
      const tasks = await client.list('/v1/tasks', { user: reviewer.name, answer: taskSchema });
      return tasks.map((task) => ({ ...task, reviewer }));
    }),
  );
  const tasks = inboxes.flat();
  await inParallel(tasks, 4, async ({ taskId, applicationId, reviewer }) => {
    const entry = waiting.get(applicationId);
    if (!entry) throw new Error(`${taskId} stands in the inbox of ${reviewer.name}, and nobody waits for it`);
    await decide(client, reviewer, taskId, entry, say);
  });
  const decided = new Set(tasks.map(({ applicationId }) => applicationId));
  const forgotten = [...waiting.values()].filter(({ id }) => !decided.has(id));
  if (forgotten.length > 0) {
    throw new Error(`no sign-off task in any inbox: ${forgotten.map(({ label }) => label).join('; ')}`);
  }
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
  const detail = await client.call('GET', path, { user, answer: taskDetailSchema });
  for (const document of detail.documents) await checkFile(document, entry);
  const { refusal } = entry.story;
  const who = `${entry.label}：${reviewer.displayName}`;
  if (refusal) {
    const body = { outcome: 'refuse', ...refusal };
    await client.call('POST', `${path}/decision`, { user, body, answer: taskSchema });
    say(`${who}不予通过`, 'refused by the reviewer');
    return;
  }
  const figures = figuresOf(detail, entry);
  const body = { outcome: 'approve', ...figures, contentHash: detail.contentHash };
  await client.call('POST', `${path}/decision`, { user, body, answer: taskSchema });
  const approved = figures ? `核定 ${formatYuan(figures.amountFen)} 元` : '同意';
  say(`${who}${approved}`, 'signed off by the reviewer');
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
