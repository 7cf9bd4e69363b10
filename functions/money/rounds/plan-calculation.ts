import { contentHash } from '../../shared/hash.ts';
import { type Fen, fen, sumFen } from '../../shared/money.ts';
import type { ApplicationId, PoolId } from '../../shared/vocabulary.ts';
import { allocate, allocationAlgorithm } from '../allocation/allocate.ts';
import { type Candidate, CandidateSchema } from '../pools/candidates.ts';
import type { Line, Plan, Round, RoundIn } from './round.ts';

type Listed = RoundIn<'frozen'> & { readonly list: NonNullable<RoundIn<'frozen'>['list']> };

/** Why a candidate takes no part in a plan. */
export type Exclusion = keyof typeof exclusions;

const exclusions = {
  left: {
    zh: '重新测算时已不在资金池中（撤回或终止），不参与分配',
    en: 'It had left the pool when another plan was asked for',
  },
  listed: {
    zh: '测算时已列入严重失信主体名单，不参与分配',
    en: 'The enterprise was on the list of serious dishonesty when the plan was made',
  },
} as const;

/**
 * Shares what a pool has among the candidates of a frozen round.
 * @param excluded those that take no part, and why.
 * @returns the round with its plan, and a line for each candidate.
 */
export function planOf(
  round: Listed,
  candidates: readonly Candidate[],
  {
    excluded,
    available,
    at,
  }: {
    readonly excluded: ReadonlyMap<ApplicationId, Exclusion>;
    readonly available: Fen;
    readonly at: string;
  },
): { readonly planned: RoundIn<'planned'>; readonly lines: readonly Line[] } {
  const { list, plansMade, ...closed } = round;
  const number = plansMade + 1;
  const { shares, residueFen } = allocate(
    candidates.filter(({ applicationId }) => !excluded.has(applicationId)),
    round.terms,
    available,
  );
  const byId = new Map(shares.map((share) => [share.applicationId, share]));
  const lines = candidates.map(({ poolId: _, ...candidate }): Line => {
    const line = { ...candidate, roundId: round.roundId, planNumber: number };
    const why = excluded.get(candidate.applicationId);
    if (why) {
      return { ...line, status: 'excluded', class: 1, shareFen: fen(0), explanation: exclusions[why] };
    }
    const share = byId.get(candidate.applicationId);
    if (!share) throw new Error(`no share for ${candidate.applicationId}`);
    const { class: rank, shareFen, explanation } = share;
    return { ...line, status: shareFen > 0 ? 'planned' : 'carried-over', class: rank, shareFen, explanation };
  });
  const result = { algorithm: allocationAlgorithm, availableFen: available, residueFen };
  const plannedFen = sumFen(shares.map((share) => share.shareFen));
  const plan: Plan = { number, hash: planHash(round, result, lines), ...result, plannedFen, at };
  return { planned: { ...closed, status: 'planned', version: round.version + 1, list, plan }, lines };
}

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
            line.plannedFen ?? line.shareFen,
            ...(line.status === 'excluded' ? ['excluded'] : []),
          ],
    )
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return contentHash({
    ...{ algorithm, poolId, terms, candidatesHash: list.candidatesHash, availableFen, residueFen },
    shares,
  });
}
