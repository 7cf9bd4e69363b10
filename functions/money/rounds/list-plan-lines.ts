import { decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { PlannedLine } from './round.ts';
import type { RoundStore } from './round-store.ts';

/**
 * One page of a plan's lines in the order of application ids.
 * @throws DomainError not-found, not-in-this-state before there is a plan, invalid-request for a foreign cursor.
 */
export async function listPlanLines(
  parts: { readonly rounds: RoundStore },
  roundId: string,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ lines: PlannedLine[]; nextCursor: string | undefined }> {
  const round = await parts.rounds.require(roundId);
  if (!('plan' in round) || !round.plan) throw new DomainError('not-in-this-state');
  const scope = { partition: { pk: `ROUND#${roundId}` }, place: ['sk'] };
  const { lines, lastKey } = await parts.rounds.linePage(
    roundId,
    page.limit,
    decodeCursor(page.cursor, scope),
  );
  return {
    lines: lines.filter((line) => line.status !== 'frozen'),
    nextCursor: encodeCursor(lastKey, scope),
  };
}
