import type { PageRequest } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import type { PlannedLine } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * One page of a plan's lines in the order of application ids.
 * @throws DomainError not-found, not-in-this-state before there is a plan, invalid-request for a foreign cursor.
 */
export async function listPlanLines(
  parts: { readonly rounds: RoundStore },
  roundId: RoundId,
  page: PageRequest,
): Promise<{ lines: PlannedLine[]; nextCursor: string | undefined }> {
  const round = await parts.rounds.require(roundId);
  if (!('plan' in round) || !round.plan) throw new DomainError('not-in-this-state');
  const { lines, nextCursor } = await parts.rounds.linePage(roundId, page);
  return { lines: lines.filter((line) => line.status !== 'frozen'), nextCursor };
}
