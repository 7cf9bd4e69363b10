import * as z from 'zod';
import { type Role, RoleSchema } from '../shared/actor.ts';
import { DateSchema, InstantSchema } from '../shared/schemas.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { KnownDepartmentSchema } from '../shared/vocabulary.ts';
import { type Correction, CorrectionSchema } from './correction.ts';

const proposed = {
  grantId: z.string(),
  role: RoleSchema,
  department: KnownDepartmentSchema.optional(),
  /** Last day, in Shanghai. */
  until: DateSchema,
  reason: z.string(),
  proposedBy: z.string(),
  proposedAt: InstantSchema,
  /** Hash of all that and of whom it is for: what a decision is given for. */
  contentHash: z.string(),
};
const act = z.object({ by: z.string(), at: InstantSchema });
const actWithReason = act.extend({ reason: z.string() });

/** A role that a person is to have, has or had. */
export const GrantSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({ status: z.literal('granted'), ...proposed, confirmed: act }),
  z.object({ status: z.literal('refused'), ...proposed, ended: actWithReason }),
  /** Ended before its day, or withdrawn before it was decided on. */
  z.object({ status: z.literal('revoked'), ...proposed, confirmed: act.optional(), ended: actWithReason }),
  /** Followed by another grant of the same role. */
  z.object({ status: z.literal('renewed'), ...proposed, confirmed: act, ended: act }),
]);
export type Grant = z.output<typeof GrantSchema>;
export type GrantIn<S extends Grant['status']> = Extract<Grant, { status: S }>;

/** What a person is granted, by the keyed hash of what was verified of them. */
export const AccessSchema = z.object({
  version: z.int().min(1),
  status: z.literal('kept'),
  reference: z.string(),
  grants: z.array(GrantSchema),
  /** Of logins that came with this identifier. */
  corrections: z.array(CorrectionSchema).optional(),
  historyHash: z.string().optional(),
});
export type Access = z.output<typeof AccessSchema>;

/** What happens to grants, as history rows name it. */
export type AccessEvent =
  | 'proposed'
  | 'granted'
  | 'refused'
  | 'revoked'
  | 'correction-proposed'
  | 'correction-refused'
  | 'corrected';

/** Decided corrections that are kept at hand; rows keep all. */
const mostDecided = 50;

/** Access with a correction, in the place of what it was before. */
export function withCorrection(
  access: Access | undefined,
  reference: string,
  correction: Correction,
): Access {
  const others = (access?.corrections ?? []).filter(
    ({ correctionId }) => correctionId !== correction.correctionId,
  );
  const decided = new Set(others.filter(({ status }) => status !== 'proposed').slice(-mostDecided));
  const kept = others.filter((one) => one.status === 'proposed' || decided.has(one));
  return {
    ...access,
    version: (access?.version ?? 0) + 1,
    status: 'kept',
    reference,
    grants: access?.grants ?? [],
    corrections: [...kept, correction],
  };
}

/** The grants that count at an instant: confirmed, not ended, up to their last day in Shanghai. */
export function inForce(access: Pick<Access, 'grants'> | undefined, now: Date): GrantIn<'granted'>[] {
  const today = shanghaiDate(now);
  return (access?.grants ?? []).filter(
    (grant): grant is GrantIn<'granted'> => grant.status === 'granted' && grant.until >= today,
  );
}

/** Roles that people have by the deployment, before anybody is there to grant one. */
export const initialRole: Role = 'access-admin';
