/** The lead department's part: every open task, its files and a decision. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Entry } from './applying.ts';
import { type ApiClient, inParallel } from './client.ts';
import { refusal } from './companies.ts';
import type { Say } from './progress.ts';
import { formatYuan } from './table.ts';

const reviewer = 'reviewer-miit-1';
const taskSchema = z.object({ taskId: z.string(), applicationId: z.string(), status: z.string() });
const taskDetailSchema = taskSchema.extend({
  limitFen: z.int(),
  contentHash: z.string(),
  documents: z.array(z.object({ fileName: z.string(), sha256: z.string(), url: z.string() })),
});

/** Decides every open task of the department. Rejects when an entry that waits for a decision has no task. */
export async function decideTasks(client: ApiClient, entries: readonly Entry[], say: Say): Promise<void> {
  const tasks = await client.list('/v1/tasks', { user: reviewer, answer: taskSchema });
  const waiting = entries.filter(
    ({ participant: { ending } }) => ending !== 'ineligible' && ending !== 'withdrawn',
  );
  await inParallel(waiting, 4, async (entry) => {
    const task = tasks.find(({ applicationId }) => applicationId === entry.id);
    if (!task) throw new Error(`${entry.organisation}: no sign-off task in the inbox of ${reviewer}`);
    await decide(client, task.taskId, entry, say);
  });
  if (tasks.length !== waiting.length) {
    throw new Error(`${tasks.length} tasks stood in the inbox of ${reviewer}, not ${waiting.length}`);
  }
}

async function decide(client: ApiClient, taskId: string, entry: Entry, say: Say): Promise<void> {
  const path = `/v1/tasks/${taskId}`;
  const detail = await client.call('GET', path, { user: reviewer, answer: taskDetailSchema });
  for (const document of detail.documents) await checkFile(document, entry);
  const { verifiedFen, ending } = entry.participant;
  const amountFen = Math.min(verifiedFen ?? detail.limitFen, detail.limitFen);
  const body =
    ending === 'refused'
      ? { outcome: 'refuse', ...refusal }
      : { outcome: 'approve', amountFen, contentHash: detail.contentHash };
  await client.call('POST', `${path}/decision`, { user: reviewer, body, answer: taskSchema });
  if (ending === 'refused') say(`${entry.organisation}：市工信局不予通过`, 'refused by the reviewer');
  else say(`${entry.organisation}：市工信局核定 ${formatYuan(amountFen)} 元`, 'signed off by the reviewer');
}

/** What the reviewer opens is what the applicant declared. */
async function checkFile(
  { fileName, sha256, url }: { readonly fileName: string; readonly sha256: string; readonly url: string },
  { organisation }: Entry,
): Promise<void> {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok || createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`${organisation}: ${fileName} (${response.status}) is not the file that was submitted`);
  }
}
