import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { DomainError } from '../../shared/errors.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { creditConditionOf } from '../eligibility/credit-rules.ts';
import type { CreditList } from './credit-list.ts';

/** Whether an enterprise is listed now, where the guide asks that it is not. */
export async function isBarredByCredit(
  credit: Pick<CreditList, 'get'>,
  opened: OpenedItem,
  organisation: OrganisationCode,
): Promise<boolean> {
  if (!creditConditionOf(opened)) return false;
  return (await credit.get(organisation))?.listed === true;
}

/**
 * Refuses to go on with an enterprise that is on the list of serious dishonesty, where the guide asks that it is not.
 * @returns the checks that it is not listed meanwhile; they belong into the transaction of the decision.
 * @throws DomainError dishonesty-listed, with the condition and its citation.
 */
export async function requireCredit(
  credit: Pick<CreditList, 'get' | 'unlisted'>,
  opened: OpenedItem,
  organisation: OrganisationCode,
): Promise<GuardedWrite[]> {
  const condition = creditConditionOf(opened);
  if (!condition) return [];
  const listing = await credit.get(organisation);
  if (!listing?.listed) return [credit.unlisted(organisation)];
  const { id, citation, unmet } = condition;
  throw new DomainError('dishonesty-listed', {
    faults: [
      {
        path: 'enterprise.uscc',
        rule: id,
        message: {
          zh: `${unmet.zh}（来源：“${listing.source}”，自 ${listing.since}）`,
          en: `${unmet.en} (source: "${listing.source}", since ${listing.since})`,
        },
        citation,
      },
    ],
  });
}
