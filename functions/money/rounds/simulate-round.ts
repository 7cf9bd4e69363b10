import type * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decodeCursor, encodeCursor, type PageRequest, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { NewId } from '../../shared/ids.ts';
import { fen, sumFen } from '../../shared/money.ts';
import { budget } from '../../shared/tables.ts';
import { type AllocationTerms, allocate } from '../allocation/allocate.ts';
import type { Candidate } from '../pools/candidates.ts';
import { availableFen } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { frozenCandidates } from './plan-hash.ts';
import { type Line, type Round, TermsSchema } from './round.ts';
import type { RoundStore } from './round-store.ts';
import type { Simulation, SimulationStore } from './simulation-store.ts';
import type { SimulatedLineSchema, SimulationInputSchema } from './simulation-view.ts';

interface SimulateParts {
  readonly pools: PoolStore;
  readonly rounds: RoundStore;
  readonly simulations: SimulationStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly newId: NewId;
}

/**
 * Shares money among a round's frozen candidates under other terms, and compares the result with the plan that stands.
 * Nothing of round or pool changes: the simulation itself is kept, with a hash of every share, so that its lines can be
 * computed again at any time.
 * @throws DomainError not-found; not-in-this-state before the list is frozen; invalid-request for a guide without the
 * pool.
 */
export async function simulateRound(
  parts: SimulateParts,
  actor: Actor,
  roundId: string,
  changes: z.output<typeof SimulationInputSchema>,
): Promise<Simulation> {
  const { round, candidates, lines } = await frozen(parts.rounds, roundId);
  const { availableFen: money, guide, ...terms } = changes;
  const simulated: AllocationTerms = {
    ...round.terms,
    ...(guide !== undefined && (await ruleOf(parts.policy, guide, round.poolId))),
    ...Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)),
  };
  const plan = 'plan' in round ? round.plan : undefined;
  const available = money ?? plan?.availableFen ?? availableFen(await parts.pools.require(round.poolId));
  const { shares, residueFen } = allocate(candidates, simulated, available);
  const planned = plannedShares(lines);
  const compared = shares.map(({ applicationId, shareFen }) => shareFen - (planned?.get(applicationId) ?? 0));
  const simulation: Simulation = {
    simulationId: parts.newId(),
    roundId,
    at: parts.clock().toISOString(),
    by: actor.id,
    terms: TermsSchema.parse(simulated),
    availableFen: fen(available),
    sharedFen: sumFen(shares.map(({ shareFen }) => shareFen)),
    residueFen,
    ...(plan && { plannedFen: plan.plannedFen }),
    gaining: planned ? compared.filter((difference) => difference > 0).length : 0,
    losing: planned ? compared.filter((difference) => difference < 0).length : 0,
    unserved: shares.filter(({ shareFen }) => shareFen === 0).length,
    resultHash: resultHash(shares),
  };
  await parts.simulations.keep(simulation);
  return simulation;
}

/** Simulations of a round, newest first. @throws DomainError not-found, invalid-request for a foreign cursor. */
export async function listSimulations(
  { rounds, simulations }: Pick<SimulateParts, 'rounds' | 'simulations'>,
  roundId: string,
  page: PageRequest,
): Promise<{ items: Simulation[]; nextCursor?: string }> {
  await rounds.require(roundId);
  const { items, nextCursor } = await simulations.page(roundId, page);
  return { items, ...(nextCursor !== undefined && { nextCursor }) };
}

/**
 * A page of a simulation's lines beside those of the plan, in the order of application ids; computed again.
 * @throws DomainError not-found; Error when it does not come out as it did.
 */
export async function listSimulatedLines(
  { rounds, simulations }: Pick<SimulateParts, 'rounds' | 'simulations'>,
  { roundId, simulationId }: { readonly roundId: string; readonly simulationId: string },
  page: PageRequest,
): Promise<{ items: z.input<typeof SimulatedLineSchema>[]; nextCursor?: string }> {
  const simulation = await simulations.require({ roundId, simulationId });
  const { candidates, lines } = await frozen(rounds, roundId);
  const { shares } = allocate(candidates, simulation.terms, simulation.availableFen);
  if (resultHash(shares) !== simulation.resultHash) throw new Error('the simulation comes out otherwise now');
  const scope = scopeOf(budget.entities.round.partition({ roundId }), { simulationId });
  const from = decodeCursor(page.cursor, scope)?.['sk'];
  const planned = plannedShares(lines);
  const byId = new Map(candidates.map((candidate) => [candidate.applicationId, candidate]));
  const rest = shares.filter(({ applicationId }) => from === undefined || applicationId > from);
  const items = rest.slice(0, page.limit).map(({ applicationId, ceilingFen, shareFen, explanation }) => {
    const { organisationName = '', item = '' } = byId.get(applicationId) ?? {};
    const plannedFen = planned?.get(applicationId);
    return {
      ...{ applicationId, organisationName, item, ceilingFen, shareFen, explanation },
      ...(plannedFen !== undefined && { plannedFen }),
    };
  });
  const last = rest.length > page.limit ? items.at(-1) : undefined;
  const nextCursor = encodeCursor(last && { sk: last.applicationId }, scope);
  return { items, ...(nextCursor !== undefined && { nextCursor }) };
}

async function frozen(
  rounds: RoundStore,
  roundId: string,
): Promise<{ round: Round; candidates: Candidate[]; lines: Line[] }> {
  const round = await rounds.require(roundId);
  if (!('list' in round) || !round.list) throw new DomainError('not-in-this-state');
  const lines = await rounds.lines(roundId);
  const all = frozenCandidates(round.poolId, round.list, lines);
  const excluded = new Set(
    lines.filter(({ status }) => status === 'excluded').map(({ applicationId }) => applicationId),
  );
  return { round, candidates: all.filter(({ applicationId }) => !excluded.has(applicationId)), lines };
}

async function ruleOf(policy: PolicyBook, guide: string, poolId: string): Promise<AllocationTerms> {
  const pool = await policy.poolIn(guide, poolId);
  if (pool) return TermsSchema.parse(pool.allocation);
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'guide',
        rule: 'has-pool',
        message: {
          zh: `没有指南 ${guide}，或其中没有资金池 ${poolId}`,
          en: `there is no guide ${guide}, or it has no pool ${poolId}`,
        },
      },
    ],
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
  shares: readonly { readonly applicationId: string; readonly shareFen: number }[],
): string {
  return contentHash(shares.map(({ applicationId, shareFen }) => [applicationId, shareFen]));
}
