import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  KnownOrganisationSchema,
  PoolIdSchema,
  RoundIdSchema,
} from '../../shared/vocabulary.ts';
import type { PlannedLine, Round } from './round.ts';

export const RoundViewSchema = z
  .object({
    roundId: RoundIdSchema,
    poolId: PoolIdSchema,
    status: z.enum([
      ...(['open', 'frozen', 'planned', 'refused', 'approved', 'committed'] as const),
      ...(['noticed', 'ordered', 'closed', 'abandoned', 'failed'] as const),
    ]),
    createdAt: InstantSchema,
    openedBy: z.string(),
    candidateCount: z.int().optional(),
    candidatesHash: z.string().optional(),
    planNumber: z.int().optional(),
    planHash: z.string().optional(),
    plannedFen: FenSchema.optional(),
    residueFen: FenSchema.optional(),
    committedFen: FenSchema.optional(),
    replannings: z.array(z.object({ by: z.string(), at: InstantSchema, reason: z.string() })).optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Round' });

export const PlanLineSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema,
    organisationName: z.string(),
    item: SlugSchema,
    ceilingFen: FenSchema,
    shareFen: FenSchema,
    status: z.enum(['planned', 'committed', 'dropped', 'carried-over', 'excluded']),
    explanation: BilingualSchema,
  })
  .meta({ id: 'PlanLine' });

/** A round as operators and approvers see it: what it does not have yet is left out. */
export function roundView(round: Round): z.input<typeof RoundViewSchema> {
  const { roundId, poolId, status, createdAt, openedBy } = round;
  const list = 'list' in round ? round.list : undefined;
  const plan = 'plan' in round ? round.plan : undefined;
  const reservation = 'reservation' in round ? round.reservation : undefined;
  return {
    ...{ roundId, poolId, status, createdAt, openedBy },
    ...list,
    ...(plan && {
      planNumber: plan.number,
      planHash: plan.hash,
      plannedFen: plan.plannedFen,
      residueFen: plan.residueFen,
    }),
    ...(reservation && { committedFen: reservation.committedFen }),
    ...('replannings' in round && round.replannings && { replannings: round.replannings }),
    ...(round.status === 'refused' && { reason: round.decision.reason }),
    ...(round.status === 'abandoned' && { reason: round.abandonment.reason }),
    // The error's name only: its message may say more than a view should show, and stands in the record.
    ...(round.status === 'failed' && { reason: round.failure.error }),
  };
}

/** A page of rounds. */
export function roundPage(page: {
  readonly rounds: readonly Round[];
  readonly nextCursor: string | undefined;
}) {
  const { rounds, nextCursor } = page;
  return { items: rounds.map(roundView), ...(nextCursor !== undefined && { nextCursor }) };
}

/** A line of a plan as operators and approvers see it. */
function planLineView(line: PlannedLine): z.input<typeof PlanLineSchema> {
  const { applicationId, organisation, organisationName, item, ceilingFen, shareFen, status, explanation } =
    line;
  return { applicationId, organisation, organisationName, item, ceilingFen, shareFen, status, explanation };
}

/** A page of a plan's lines. */
export function linePage(page: {
  readonly lines: readonly PlannedLine[];
  readonly nextCursor: string | undefined;
}) {
  const { lines, nextCursor } = page;
  return { items: lines.map(planLineView), ...(nextCursor !== undefined && { nextCursor }) };
}
