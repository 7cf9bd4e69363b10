import { contentHash } from '../../shared/hash.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import { type Candidate, CandidateSchema } from '../pools/candidates.ts';
import type { Line, Plan, Round } from './round.ts';

/** Hash of a frozen list, whatever the order it was read in. */
export function candidatesHash(candidates: readonly Candidate[]): string {
  return contentHash([...candidates].sort((a, b) => (a.applicationId < b.applicationId ? -1 : 1)));
}

/**
 * The candidates that a round froze, from its lines.
 * @throws Error when they are not the ones that it froze.
 */
export function frozenCandidates(
  poolId: PoolId,
  list: { readonly candidatesHash: string },
  lines: readonly Line[],
): Candidate[] {
  const candidates = lines.map((line) => CandidateSchema.parse({ ...line, poolId }));
  if (candidatesHash(candidates) !== list.candidatesHash) throw new Error('the frozen list was altered');
  return candidates;
}

/** Hash of a plan: the algorithm, all that went into it and every line of what came out. */
export function planHash(
  round: Pick<Round, 'poolId' | 'terms'> & { readonly list: { readonly candidatesHash: string } },
  plan: Pick<Plan, 'algorithm' | 'availableFen' | 'residueFen'>,
  lines: readonly Line[],
): string {
  const { poolId, terms, list } = round;
  const { algorithm, availableFen, residueFen } = plan;
  const shares = lines
    .map((line) =>
      line.status === 'frozen'
        ? [line.applicationId, line.ceilingFen]
        : [
            line.applicationId,
            line.ceilingFen,
            line.class,
            line.shareFen,
            ...(line.status === 'excluded' ? ['excluded'] : []),
          ],
    )
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return contentHash({
    ...{ algorithm, poolId, terms, candidatesHash: list.candidatesHash, availableFen, residueFen },
    shares,
  });
}
