import { entityTag } from '../../filing/applications/application-view.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import type { DepartmentId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { Rankable, Ranking } from './ranking.ts';

/** What is ranked: by whom, what stands, and what its order names. */
export interface RankingContext {
  readonly department: DepartmentId;
  readonly item: string;
  /** The ranking that is in force. */
  readonly current: Ranking;
  /** The applications that the order names, as far as they are there. */
  readonly named: readonly Rankable[];
  /** Interests of the reviewer, by organisation. */
  readonly interests: { readonly organisations: Readonly<Record<string, unknown>> };
}

/**
 * The ranking with which a reviewer's order replaces the one in force.
 * @param change `ifMatch`: the entity tag of the one that the change is based on.
 * @throws DomainError version-mismatch; invalid-request with every application that does not belong;
 * conflict-of-interest of the reviewer in any of them.
 */
export function ranked(
  { department, item, current, named, interests }: RankingContext,
  { ifMatch, order }: { readonly ifMatch: string; readonly order: readonly string[] },
): Ranking {
  if (ifMatch !== entityTag(current.version)) throw new DomainError('version-mismatch');
  const own = ownOf(department, item, named);
  const faults = order.flatMap((applicationId, index) => (own.has(applicationId) ? [] : [foreign(index)]));
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
  // An order says something of everybody in it.
  if ([...own.values()].flat().some((organisation) => organisation in interests.organisations)) {
    throw new DomainError('conflict-of-interest');
  }
  return { version: current.version + 1, order: [...order] };
}

/**
 * Those of the applications that are for the item and that the department recommended or has still to decide on, each
 * with its organisation and those that it continues.
 */
function ownOf(
  department: DepartmentId,
  item: string,
  applications: readonly Rankable[],
): ReadonlyMap<string, readonly OrganisationCode[]> {
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
