import type * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import { fen, sumFen } from '../../shared/money.ts';
import type { ApplicationId } from '../../shared/vocabulary.ts';
import { type AllocationTerms, allocate } from '../allocation/allocate.ts';
import type { Candidate } from '../pools/candidates.ts';
import { frozenCandidates } from './plan-calculation.ts';
import { type Line, type Round, TermsSchema } from './round.ts';
import type { SimulatedLineSchema, Simulation } from './simulation-view.ts';

/** A frozen round with those who take part in it, and its lines. */
export interface Frozen {
  readonly round: Round;
  readonly candidates: readonly Candidate[];
  readonly lines: readonly Line[];
}

/**
 * A round with the candidates of its list that no plan has excluded.
 * @throws DomainError not-in-this-state before the list is frozen; Error when it was altered.
 */
export function frozenOf(round: Round, lines: readonly Line[]): Frozen {
  if (!('list' in round) || !round.list) throw new DomainError('not-in-this-state');
  const all = frozenCandidates(round.poolId, round.list, lines);
  const excluded = new Set(
    lines.filter(({ status }) => status === 'excluded').map(({ applicationId }) => applicationId),
  );
  return { round, candidates: all.filter(({ applicationId }) => !excluded.has(applicationId)), lines };
}

/** What comes out under some terms with so much money, in fen, compared with the plan that stands. */
export function simulate(
  { round, candidates, lines }: Frozen,
  terms: AllocationTerms,
  available: number,
): Omit<Simulation, 'simulationId' | 'at' | 'by'> {
  const plan = 'plan' in round ? round.plan : undefined;
  const { shares, residueFen } = allocate(candidates, terms, available);
  const planned = plannedShares(lines);
  const compared = shares.map(({ applicationId, shareFen }) => shareFen - (planned?.get(applicationId) ?? 0));
  return {
    roundId: round.roundId,
    terms: TermsSchema.parse(terms),
    availableFen: fen(available),
    sharedFen: sumFen(shares.map(({ shareFen }) => shareFen)),
    residueFen,
    ...(plan && { plannedFen: plan.plannedFen }),
    gaining: planned ? compared.filter((difference) => difference > 0).length : 0,
    losing: planned ? compared.filter((difference) => difference < 0).length : 0,
    unserved: shares.filter(({ shareFen }) => shareFen === 0).length,
    resultHash: resultHash(shares),
  };
}

/**
 * Every line of a simulation beside that of the plan, in the order of application ids; computed again.
 * @throws Error when it does not come out as it did.
 */
export function simulatedLines(
  { candidates, lines }: Frozen,
  simulation: Simulation,
): z.input<typeof SimulatedLineSchema>[] {
  const { shares } = allocate(candidates, simulation.terms, simulation.availableFen);
  if (resultHash(shares) !== simulation.resultHash) throw new Error('the simulation comes out otherwise now');
  const planned = plannedShares(lines);
  const byId = new Map(candidates.map((candidate) => [candidate.applicationId, candidate]));
  return shares.map(({ applicationId, ceilingFen, shareFen, explanation }) => {
    const { organisationName = '', item = '' } = byId.get(applicationId) ?? {};
    const plannedFen = planned?.get(applicationId);
    return {
      ...{ applicationId, organisationName, item, ceilingFen, shareFen, explanation },
      ...(plannedFen !== undefined && { plannedFen }),
    };
  });
}

/** What the plan gives each candidate, or undefined before there is one. */
function plannedShares(lines: readonly Line[]): ReadonlyMap<string, number> | undefined {
  const planned = lines.flatMap((line) =>
    line.status === 'frozen' ? [] : [[line.applicationId, line.shareFen] as const],
  );
  return planned.length > 0 ? new Map(planned) : undefined;
}

function resultHash(
  shares: readonly { readonly applicationId: ApplicationId; readonly shareFen: number }[],
): string {
  return contentHash(shares.map(({ applicationId, shareFen }) => [applicationId, shareFen]));
}
