import type { Award } from '../../filing/applications/award.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { AwardRegistry } from './award-registry.ts';
import { enterprisePartition } from './matter-key.ts';
import { searchRegistry } from './search-registry.ts';

/** What to look for: the awards of an enterprise, or projects of a name; of both, those of the enterprise. */
export interface AwardQuery {
  readonly q?: string | undefined;
  readonly uscc?: OrganisationCode | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Looks awards of other schemes up. A search by name gives the most alike on one page.
 * @throws DomainError invalid-request when neither is given, or for a foreign cursor.
 */
export async function searchAwards(
  { registry }: { readonly registry: AwardRegistry },
  { q, uscc, limit, cursor }: AwardQuery,
): Promise<{ items: Award[]; nextCursor: string | undefined }> {
  if (uscc !== undefined) {
    const scope: CursorScope = { partition: { pk: enterprisePartition(uscc) }, place: ['sk'] };
    const { awards, lastKey } = await registry.pageOf(uscc, limit, decodeCursor(cursor, scope));
    return { items: awards, nextCursor: encodeCursor(lastKey, scope) };
  }
  if (q === undefined) {
    const message = { zh: '请给出项目名称或统一社会信用代码', en: 'give q or uscc' };
    throw new DomainError('invalid-request', { faults: [{ path: 'query.q', rule: 'required', message }] });
  }
  const { awards } = await searchRegistry(registry, q, { limit });
  return { items: [...awards], nextCursor: undefined };
}
