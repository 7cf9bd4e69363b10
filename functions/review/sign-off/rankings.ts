import type { Application } from '../../filing/applications/application.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { requireReviewer } from '../tasks/own-task.ts';
import type { Ranking } from './ranking.ts';
import { ranked } from './ranking-decision.ts';
import type { RankingStore } from './ranking-store.ts';

/** @throws DomainError forbidden without a department to decide for. */
export async function getRanking(
  { rankings }: { readonly rankings: RankingStore },
  actor: Actor,
  item: string,
): Promise<Ranking> {
  return rankings.get(requireReviewer(actor), item);
}

/**
 * Replaces the order in which the reviewer's district recommends applications of an item, if it is still the one that
 * the change is based on. Every order stays on record, with who made it.
 * @param change `order`: applications that the district has recommended or has still to decide on, each once;
 * `ifMatch`: the entity tag of the one that it is based on.
 * @throws DomainError version-mismatch; invalid-request with every application that does not belong;
 * conflict-of-interest of the reviewer in any of them; forbidden.
 */
export async function putRanking(
  {
    rankings,
    people,
    clock,
  }: {
    readonly rankings: RankingStore;
    readonly people: Pick<PeopleStore, 'interests' | 'interestsUnchanged'>;
    readonly clock: Clock;
  },
  actor: Actor,
  item: string,
  { ifMatch, order }: { readonly ifMatch: string; readonly order: readonly string[] },
): Promise<Ranking> {
  const department = requireReviewer(actor);
  const current = await rankings.get(department, item);
  const named = await rankings.rankable(order);
  const interests = await people.interests(actor.id);
  const ranking = ranked({ department, item, current, named, interests }, { ifMatch, order });
  await rankings.write([
    ...rankings.put(department, item, ranking, { by: actor.id, at: clock().toISOString() }),
    people.interestsUnchanged(actor.id, interests.version),
  ]);
  return ranking;
}

/** Where the district of registration ranks an application, from 1, and of how many; undefined where it does not. */
export async function districtRank(
  { rankings }: { readonly rankings: RankingStore },
  { applicationId, content }: Pick<Application, 'applicationId' | 'content'>,
): Promise<{ rank: number; of: number } | undefined> {
  const { order } = await rankings.get(`district-${content.enterprise.district}`, content.item);
  const index = order.indexOf(applicationId);
  return index === -1 ? undefined : { rank: index + 1, of: order.length };
}
