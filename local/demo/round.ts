/** The story of a year's budget round, told through the HTTP API only. */
import { apply, askForMaterials, type Entry, showApplication, waitForStatus } from './applying.ts';
import { importOtherAwards, playRounds, prepareBudget, showPools, showPublishedAwards } from './budgeting.ts';
import { cases } from './cases.ts';
import { type ApiClient, inParallel } from './client.ts';
import { explainEnding } from './explaining.ts';
import type { AwardedApplication, PoolBalance, PublishedAward } from './money.ts';
import type { Bilingual, Say } from './progress.ts';
import { decideHeld, playReviews } from './reviewing.ts';

interface ApplicationResult extends AwardedApplication {
  readonly item: string;
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
  const materials = await askForMaterials(client);
  const entries = await inParallel(cases, companiesAtOnce, (story) =>
    apply(client, story, materials.get(story.item) ?? [], say),
  );
  await playReviews(client, entries, materials, say);
  await inParallel(entries, companiesAtOnce, async (entry) => {
    const status = await waitForStatus(client, entry, isSettled);
    if (status === 'duplicate') say(`${entry.label}：查重发现同一事项已获奖补`, 'a duplicate');
    if (status === 'recognised') say(`${entry.label}：已出具认定（推荐）证明`, 'a certificate is issued');
    if (status === 'pooled') say(`${entry.label}：入库，等待安排`, 'in the pool, waiting for money');
  });
  await importOtherAwards(client, true, say);
  await decideHeld(client, entries, say);
  const shares = await playRounds(client, say);
  await inParallel(entries, companiesAtOnce, (entry) => waitForStatus(client, entry, isEnded));
  say('公示期满，全部办结', 'the notice is over, everything is closed');
  return {
    applications: await inParallel(entries, companiesAtOnce, (entry) =>
      resultOf(client, entry, shares.get(entry.id)),
    ),
    pools: await showPools(client),
    published: await showPublishedAwards(client),
  };
}

const ended = ['closed', 'recognised', 'ineligible', 'refused', 'duplicate', 'withdrawn'];
const isEnded = (status: string) => ended.includes(status);
const isSettled = (status: string) => isEnded(status) || status === 'pooled';

async function resultOf(
  client: ApiClient,
  entry: Entry,
  share: { readonly pool: string; readonly explanation: Bilingual } | undefined,
): Promise<ApplicationResult> {
  const { story, id, organisation, label } = entry;
  const application = await showApplication(client, entry);
  const { status, ceilingFen, awardFen } = application;
  if (status !== story.ending) throw new Error(`${label} (${id}) ended as ${status}, not as ${story.ending}`);
  const reason = await explainEnding(client, entry, application, share?.explanation);
  return {
    ...{ id, organisation, item: story.item, status, ceilingFen, awardFen, reason },
    ...(share && { pool: share.pool }),
  };
}
