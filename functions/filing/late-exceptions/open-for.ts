import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { LateExceptionIn } from './late-exception.ts';
import { appliesLate } from './late-exception-decision.ts';
import type { LateExceptionStore } from './late-exception-store.ts';

export interface OpenParts {
  readonly policy: PolicyBook;
  readonly exceptions: Pick<LateExceptionStore, 'of'>;
}

/** An item that an organisation may apply for, and the exception that alone lets it. */
export interface OpenFor {
  readonly opened: OpenedItem;
  readonly exception?: LateExceptionIn<'confirmed'>;
}

/**
 * An item as an organisation may apply for it at an instant: in its window, or after it under an exception of its own, by the
 * guide that has closed it, as long as the notice is in force.
 * @throws DomainError item-not-open, with the items that are.
 */
export async function requireOpenFor(
  { policy, exceptions }: OpenParts,
  organisation: OrganisationCode,
  item: string,
  at: Date,
): Promise<OpenFor> {
  const open = await policy.openItem(item, at);
  if (open) return { opened: open };
  const given = policy.isInForce(at) ? await exceptions.of(organisation, item) : [];
  const exception = given.find((one) => appliesLate(one, at));
  if (!exception) return { opened: await policy.requireOpenItem(item, at) };
  return { opened: await policy.requireItem(exception.guide, item), exception };
}
