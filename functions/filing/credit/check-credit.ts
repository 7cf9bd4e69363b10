import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationIn } from '../applications/application.ts';
import { evaluateConditions } from '../eligibility/evaluate.ts';
import type { CreditList } from './credit-list.ts';

/**
 * Asks the conditions that depend on credit again, with what is recorded of the enterprise now (glossary, "dishonesty
 * list": what depends on credit is checked again when the notice ends).
 * @returns why the award should not be paid, or undefined.
 */
export async function creditLost(
  { credit, policy }: { readonly credit: CreditList; readonly policy: PolicyBook },
  application: ApplicationIn<'noticed'>,
): Promise<Bilingual | undefined> {
  const { content, guide, organisation, submission } = application;
  const opened = await policy.requireItem(guide, content.item);
  const fact = opened.guide.creditFact;
  if (fact === undefined || !opened.item.facts.some(({ id }) => id === fact)) return undefined;
  const listing = await credit.get(organisation);
  if (!listing?.listed) return undefined;
  const facts = { ...content.facts, [fact]: true };
  const submittedOn = shanghaiDate(new Date(submission.firstAt));
  const unmet = evaluateConditions(opened, { ...content, facts }, submittedOn).find(
    ({ outcome, inputs }) => outcome === 'unmet' && Object.hasOwn(inputs, `facts.${fact}`),
  );
  if (!unmet) return undefined;
  return {
    zh: `公示期满复核：${unmet.sentence.zh}（${unmet.citation}；来源：${listing.source}，自 ${listing.since}）`,
    en: `Checked again when the notice ended: ${unmet.sentence.en} (${unmet.citation}; source: ${listing.source}, since ${listing.since})`,
  };
}
