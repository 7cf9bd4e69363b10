/** The story of a year, from applications to payments, told through the HTTP API only. */
import { endYears, showPublishedAwards, showRegister, showRegisterRoot, showYears } from './accounting.ts';
import { apply, askForMaterials, showApplication, waitForStatus } from './applying.ts';
import { approveRound, importOtherAwards, prepareBudget, waitForRound } from './budgeting.ts';
import { type Appropriation, appropriations, cases, type Entry } from './cases.ts';
import { type ApiClient, inParallel } from './client.ts';
import { explainEnding } from './explaining.ts';
import type { Accounts, AwardedApplication } from './money.ts';
import { objectTo } from './objecting.ts';
import { clawBack, type Payment, payRound, putAccounts, showRecovered } from './paying.ts';
import type { Bilingual, Say } from './progress.ts';
import { decideHeld, playReviews } from './reviewing.ts';

interface ApplicationResult extends AwardedApplication {
  readonly item: string;
  readonly reason: Bilingual;
}

export interface Outcome extends Accounts {
  readonly applications: readonly ApplicationResult[];
  /** The register's newest root hash. */
  readonly registerRoot: { readonly day: string; readonly root: string };
}

/** Companies at work at once: enough to see them overlap on two processors. */
const companiesAtOnce = 4;

/** Plays the year. Rejects when anything ends in another way than the story says. */
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
  await Promise.all([decideHeld(client, entries, say), putAccounts(client, say)]);
  const rounds = await Promise.all(appropriations.map((pool) => playRound(client, pool, entries, say)));
  for (const entry of entries) await clawBack(client, entry, say);
  await endYears(client, say);
  const parts = new Map(rounds.flat());
  const recovered = await showRecovered(client);
  return {
    applications: await inParallel(entries, companiesAtOnce, (entry) =>
      resultOf(client, entry, parts.get(entry.id), recovered.get(entry.id) ?? 0),
    ),
    pools: await showYears(client),
    published: await showPublishedAwards(client),
    register: await showRegister(client),
    registerRoot: await showRegisterRoot(client),
  };
}

/** What a round and its order did for an application. */
interface Part {
  readonly pool: string;
  readonly explanation: Bilingual;
  readonly payment: Payment | undefined;
}

/** Plays a pool's round from its opening to the last payment. Gives the parts by application. */
async function playRound(
  client: ApiClient,
  pool: Appropriation,
  entries: readonly Entry[],
  say: Say,
): Promise<[string, Part][]> {
  const round = await approveRound(client, pool, say);
  const { poolId, roundId, shares } = round;
  const own = entries.filter(({ id }) => shares.some(({ applicationId }) => applicationId === id));
  // The notices are short: who objects is there before they open.
  await Promise.all([
    waitForRound(client, roundId, 'noticed').then(() =>
      say(`${poolId}：方案已批准，资金已安排，进入公示`, 'approved and committed, public notice begins'),
    ),
    ...own.map((entry) => objectTo(client, entry, say)),
  ]);
  const payments = await payRound(client, round, own, say);
  return shares.map(({ applicationId, explanation }) => {
    const payment = payments.find((one) => one.applicationId === applicationId);
    return [applicationId, { pool: poolId, explanation, payment }];
  });
}

const isSettled = (status: string) =>
  ['pooled', 'recognised', 'ineligible', 'refused', 'duplicate', 'withdrawn'].includes(status);

async function resultOf(
  client: ApiClient,
  entry: Entry,
  part: Part | undefined,
  recoveredFen: number,
): Promise<ApplicationResult> {
  const { story, id, organisation, label } = entry;
  const application = await showApplication(client, entry);
  const { status, ceilingFen, awardFen } = application;
  if (status !== story.ending) throw new Error(`${label} (${id}) ended as ${status}, not as ${story.ending}`);
  const { orderedFen = 0, paidFen = 0 } = part?.payment ?? {};
  const reason = await explainEnding(client, entry, application, part?.explanation);
  return {
    ...{ id, organisation, item: story.item, status, reason },
    ...{ ceilingFen, awardFen, orderedFen, paidFen, recoveredFen },
    ...(part && { pool: part.pool }),
  };
}
