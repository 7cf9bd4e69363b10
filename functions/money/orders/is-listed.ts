import type { Application } from '../../filing/applications/application.ts';
import type { CreditList } from '../../filing/credit/credit-list.ts';
import { isBarredByCredit } from '../../filing/credit/require-credit.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';

/** Whether the list of serious dishonesty bars an award that might be ordered; of others it is not asked. */
export async function isListed(
  { policy, credit }: { readonly policy: PolicyBook; readonly credit: Pick<CreditList, 'get'> },
  application: Application | undefined,
): Promise<boolean> {
  if (application?.status !== 'noticed') return false;
  const opened = await policy.requireItem(application.guide, application.content.item);
  return isBarredByCredit(credit, opened, application.organisation);
}
