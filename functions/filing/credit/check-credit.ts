import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { ApplicationIn } from '../applications/application.ts';
import { creditFactOf, lostCredit } from './credit-decision.ts';
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
  const opened = await policy.requireItem(application.guide, application.content.item);
  if (creditFactOf(opened) === undefined) return undefined;
  return lostCredit(application, opened, await credit.get(application.organisation));
}
