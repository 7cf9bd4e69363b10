import * as z from 'zod';
import { RoleSchema } from '../shared/actor.ts';
import { DateSchema, InstantSchema } from '../shared/schemas.ts';
import { KnownDepartmentSchema } from '../shared/vocabulary.ts';
import { type Grant, GrantSchema, inForce } from './access.ts';
import { CorrectionSchema } from './correction.ts';
import type { PersonsGrant } from './propose-grant.ts';

/** What becomes of a grant; one that is `granted` is `expired` behind its last day. */
const shownStatuses = [...GrantSchema.options.map(({ shape }) => shape.status.value), 'expired'] as const;

export const ReferenceSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'Keyed hash that stands for what was verified of a person' });

export const GrantViewSchema = z
  .object({
    reference: ReferenceSchema,
    grantId: z.string(),
    role: RoleSchema,
    department: KnownDepartmentSchema.optional(),
    status: z.enum(shownStatuses),
    until: DateSchema.meta({ description: 'Last day, in Shanghai' }),
    reason: z.string(),
    proposedBy: z.string(),
    proposedAt: InstantSchema,
    contentHash: z.string().meta({ description: 'What a decision names' }),
    confirmedBy: z.string().optional(),
    grantedAt: InstantSchema.optional(),
    endedBy: z.string().optional(),
    endedAt: InstantSchema.optional(),
    endedFor: z.string().optional().meta({ description: 'Why it was refused or revoked' }),
  })
  .meta({ id: 'Grant' });
export type GrantView = z.output<typeof GrantViewSchema>;

/** A grant as it is shown at an instant. */
export function toGrantView({ reference, grant }: PersonsGrant, now: Date): GrantView {
  const { grantId, role, department, until, reason, proposedBy, proposedAt, contentHash } = grant;
  const { confirmed, ended }: Partial<Record<'confirmed' | 'ended', Act>> = grant as Partial<
    Record<'confirmed' | 'ended', Act>
  >;
  return {
    ...{ reference, grantId, role, ...(department !== undefined && { department }) },
    status: statusOf(grant, now),
    ...{ until, reason, proposedBy, proposedAt, contentHash },
    ...(confirmed && { confirmedBy: confirmed.by, grantedAt: confirmed.at }),
    ...(ended && { endedBy: ended.by, endedAt: ended.at }),
    ...(ended?.reason !== undefined && { endedFor: ended.reason }),
  };
}

export const CorrectionViewSchema = CorrectionSchema.extend({
  reference: ReferenceSchema,
}).meta({ id: 'Correction' });

interface Act {
  readonly by: string;
  readonly at: string;
  readonly reason?: string;
}

function statusOf(grant: Grant, now: Date): GrantView['status'] {
  if (grant.status !== 'granted') return grant.status;
  return inForce({ grants: [grant] }, now).length > 0 ? 'granted' : 'expired';
}
