import type { Application } from '../../filing/applications/application.ts';
import { entityTag } from '../../filing/applications/application-view.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import type { DepartmentId } from '../../shared/vocabulary.ts';
import { requireReviewer } from '../tasks/own-task.ts';
import type { Rankable, Ranking, RankingStore } from './ranking-store.ts';

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
  const { version } = await rankings.get(department, item);
  if (ifMatch !== entityTag(version)) throw new DomainError('version-mismatch');
  const own = ownOf(department, item, await rankings.rankable(order));
  const interests = await people.interests(actor.id);
  const faults = order.flatMap((applicationId, index) => (own.has(applicationId) ? [] : [foreign(index)]));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  // An order says something of everybody in it.
  if ([...own.values()].flat().some((organisation) => organisation in interests.organisations)) {
    throw new DomainError('conflict-of-interest');
  }
  const ranking = { version: version + 1, order: [...order] };
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

/**
 * Those of the applications that are for the item and that the department recommended or has still to decide on, each
 * with its organisation and those that it continues.
 */
function ownOf(
  department: DepartmentId,
  item: string,
  applications: readonly Rankable[],
): ReadonlyMap<string, readonly string[]> {
  const own = applications.filter(({ content, signOffs }) => {
    const parts = Object.values(signOffs).filter((part) => part.department === department);
    const counts = parts.some(({ decision }) => !decision || decision.outcome === 'recommended');
    return counts && content.item === item;
  });
  return new Map(
    own.map(({ applicationId, organisation, content }) => [
      applicationId,
      [organisation, ...content.enterprise.predecessors],
    ]),
  );
}

function foreign(index: number): FieldFault {
  return {
    path: `order.${index}`,
    rule: 'recommended-or-open',
    message: {
      zh: '只能对本区已推荐或待办的该事项申报排序',
      en: 'only applications for this item that the district recommended or has still to decide on are ranked',
    },
  };
}
