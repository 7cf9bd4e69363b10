import type * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { decodeCursor, encodeCursor, type PageRequest, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { NewId } from '../../shared/ids.ts';
import { budget } from '../../shared/tables.ts';
import type { PoolId, RoundId, SimulationId } from '../../shared/vocabulary.ts';
import type { AllocationTerms } from '../allocation/allocate.ts';
import { availableFen } from '../pools/pool.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { TermsSchema } from './round.ts';
import type { RoundStore } from './round-store.ts';
import { type Frozen, frozenOf, simulate, simulatedLines } from './simulation-calculation.ts';
import type { SimulationStore } from './simulation-store.ts';
import type { SimulatedLineSchema, Simulation, SimulationInputSchema } from './simulation-view.ts';

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
  roundId: RoundId,
  changes: z.output<typeof SimulationInputSchema>,
): Promise<Simulation> {
  const frozen = await readFrozen(parts.rounds, roundId);
  const { round } = frozen;
  const { availableFen: money, guide, ...terms } = changes;
  const under: AllocationTerms = {
    ...round.terms,
    ...(guide !== undefined && (await ruleOf(parts.policy, guide, round.poolId))),
    ...Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)),
  };
  const planned = 'plan' in round ? round.plan : undefined;
  const available = money ?? planned?.availableFen ?? availableFen(await parts.pools.require(round.poolId));
  const simulation: Simulation = {
    simulationId: parts.newId(),
    at: parts.clock().toISOString(),
    by: actor.id,
    ...simulate(frozen, under, available),
  };
  await parts.simulations.keep(simulation);
  return simulation;
}

/** Simulations of a round, newest first. @throws DomainError not-found, invalid-request for a foreign cursor. */
export async function listSimulations(
  { rounds, simulations }: Pick<SimulateParts, 'rounds' | 'simulations'>,
  roundId: RoundId,
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
  { roundId, simulationId }: { readonly roundId: RoundId; readonly simulationId: SimulationId },
  page: PageRequest,
): Promise<{ items: z.input<typeof SimulatedLineSchema>[]; nextCursor?: string }> {
  const simulation = await simulations.require({ roundId, simulationId });
  const all = simulatedLines(await readFrozen(rounds, roundId), simulation);
  const scope = scopeOf(budget.entities.round.partition({ roundId }), { simulationId });
  const from = decodeCursor(page.cursor, scope)?.['sk'];
  const rest = all.filter(({ applicationId }) => from === undefined || applicationId > from);
  const items = rest.slice(0, page.limit);
  const last = rest.length > page.limit ? items.at(-1) : undefined;
  const nextCursor = encodeCursor(last && { sk: last.applicationId }, scope);
  return { items, ...(nextCursor !== undefined && { nextCursor }) };
}

async function readFrozen(rounds: RoundStore, roundId: RoundId): Promise<Frozen> {
  const round = await rounds.require(roundId);
  return frozenOf(round, await rounds.lines(roundId));
}

async function ruleOf(policy: PolicyBook, guide: string, poolId: PoolId): Promise<AllocationTerms> {
  const pool = await policy.poolIn(guide, poolId);
  if (pool) return TermsSchema.parse(pool.allocation);
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'guide',
        rule: 'has-pool',
        message: {
          zh: `没有指南“${guide}”，或其中没有资金池“${poolId}”`,
          en: `there is no guide "${guide}", or it has no pool "${poolId}"`,
        },
      },
    ],
  });
}
