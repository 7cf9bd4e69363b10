import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationIn } from '../applications/application.ts';
import { evaluateConditions } from '../eligibility/evaluate.ts';
import type { CreditListing } from './credit-listing.ts';

/** The fact in which an applicant of the item says whether it is on the dishonesty list; undefined where none is asked. */
export function creditFactOf({ guide, item }: OpenedItem): string | undefined {
  return item.facts.find(({ id }) => id === guide.creditFact)?.id;
}

/**
 * Why the award of an enterprise that is listed should not be paid: the condition that is not met any more when the
 * listing is put in the place of what was stated. Undefined where it is met all the same, or not listed.
 */
export function lostCredit(
  { content, submission }: Pick<ApplicationIn<'noticed'>, 'content' | 'submission'>,
  opened: OpenedItem,
  listing: CreditListing | undefined,
): Bilingual | undefined {
  const fact = creditFactOf(opened);
  if (fact === undefined || !listing?.listed) return undefined;
  const facts = { ...content.facts, [fact]: true };
  const submittedOn = shanghaiDate(new Date(submission.firstAt));
  const unmet = evaluateConditions(opened, { ...content, facts }, submittedOn).find(
    ({ outcome, inputs }) => outcome === 'unmet' && Object.hasOwn(inputs, `facts.${fact}`),
  );
  if (!unmet) return undefined;
  return {
    zh: `公示期满复核：${unmet.sentence.zh}（${unmet.citation}；来源：“${listing.source}”，自 ${listing.since}）`,
    en: `Checked again when the notice ended: ${unmet.sentence.en} (${unmet.citation}; source: "${listing.source}", since ${listing.since})`,
  };
}
