/** The experts' part: invited to single applications, they see no names and give points. */
import * as z from 'zod';
import type { Entry, Points } from './cases.ts';
import type { ApiClient } from './client.ts';
import type { Say } from './progress.ts';

const invitationSchema = z.object({ invitationId: z.string(), link: z.string() });
const detailSchema = z.object({ contentHash: z.string(), blind: z.boolean() });
const scoredSchema = z.object({ score: z.object({ total: z.int() }) });

/** Has the application of a task scored by one expert for each set of points. */
export async function askExperts(
  client: ApiClient,
  { label, organisation }: Entry,
  reviewer: string,
  taskId: string,
  pointsOfEach: readonly Points[],
  say: Say,
): Promise<void> {
  for (const [index, points] of pointsOfEach.entries()) {
    const expert = `expert-${index + 1}`;
    const { link } = await client.call('POST', `/v1/tasks/${taskId}/invitations`, {
      user: reviewer,
      body: { expert },
      answer: invitationSchema,
    });
    const seen = await client.call('GET', link, { user: expert, answer: z.looseObject(detailSchema.shape) });
    if (JSON.stringify(seen).includes(organisation)) throw new Error(`${label}: an expert sees whose it is`);
    const { score } = await client.call('PUT', `${link}/score`, {
      user: expert,
      body: { points, contentHash: seen.contentHash },
      answer: scoredSchema,
    });
    say(`${label}：专家 ${index + 1} 号匿名评分 ${score.total} 分`, 'scored by an expert who sees no names');
  }
}
