/** The story of one budget round, told through the HTTP API only. */
import { apply, type Entry, explainEnding, showApplication, waitForStatus } from './applying.ts';
import { playRound, prepareBudget, showPools, showPublishedAwards } from './budgeting.ts';
import { type ApiClient, inParallel } from './client.ts';
import { type Participant, participants } from './companies.ts';
import type { AwardedApplication, PoolBalance, PublishedAward } from './money.ts';
import type { Bilingual, Say } from './progress.ts';
import { decideTasks } from './reviewing.ts';

interface ApplicationResult extends AwardedApplication {
  readonly item: Participant['item'];
  readonly status: string;
  readonly reason: Bilingual;
}

export interface Outcome {
  readonly applications: readonly ApplicationResult[];
  readonly pools: readonly PoolBalance[];
  readonly published: readonly PublishedAward[];
}

/** Companies at work at once: enough to see them overlap on two processors. */
const companiesAtOnce = 4;

/** Plays the round. Rejects when anything ends in another way than the story says. */
export async function playStory(client: ApiClient, say: Say): Promise<Outcome> {
  await prepareBudget(client, say);
  const entries = await inParallel(participants, companiesAtOnce, (participant) =>
    apply(client, participant, say),
  );
  await decideTasks(client, entries, say);
  await inParallel(entries, companiesAtOnce, async (entry) => {
    const status = await waitForStatus(client, entry, isSettled);
    if (status === 'duplicate') say(`${entry.organisation}：查重发现同一事项已获奖补`, 'a duplicate');
    if (status === 'pooled') say(`${entry.organisation}：入库，等待安排`, 'in the pool, waiting for money');
  });
  const explanations = await playRound(client, say);
  await inParallel(entries, companiesAtOnce, (entry) => waitForStatus(client, entry, isEnded));
  say('公示期满，全部办结', 'the notice is over, everything is closed');
  return {
    applications: await inParallel(entries, companiesAtOnce, (entry) =>
      resultOf(client, entry, explanations.get(entry.id)),
    ),
    pools: await showPools(client),
    published: await showPublishedAwards(client),
  };
}

const ended = ['closed', 'ineligible', 'refused', 'duplicate', 'withdrawn'];
const isEnded = (status: string) => ended.includes(status);
const isSettled = (status: string) => isEnded(status) || status === 'pooled';

async function resultOf(
  client: ApiClient,
  entry: Entry,
  explanation: Bilingual | undefined,
): Promise<ApplicationResult> {
  const { participant, id, organisation } = entry;
  const { status, ceilingFen, awardFen } = await showApplication(client, entry);
  if (status !== participant.ending) {
    throw new Error(`${organisation} (${id}) ended as ${status}, not as ${participant.ending}`);
  }
  const reason = (await explainEnding(client, entry)) ?? explanation ?? { zh: '', en: '' };
  return {
    ...{ id, organisation, item: participant.item, status, ceilingFen, awardFen },
    reason: participant.uploadsWrongBytes ? withUploadStory(reason) : reason,
  };
}

function withUploadStory({ zh, en }: Bilingual): Bilingual {
  return {
    zh: `${zh}；曾因 SHA-256 不符被拒收一份文件，改传后通过`,
    en: `${en}; one file was refused for a wrong hash before, and replaced`,
  };
}
