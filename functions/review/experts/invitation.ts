import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InstantSchema, InvitationIdSchema, SlugSchema } from '../../shared/schemas.ts';
import { type ApplicationId, ApplicationIdSchema } from '../../shared/vocabulary.ts';

/** An expert's invitation to score one application. */
export const InvitationSchema = z.object({
  invitationId: InvitationIdSchema,
  applicationId: ApplicationIdSchema,
  /** Account of the expert. */
  expert: z.string(),
  item: SlugSchema,
  status: z.enum(['open', 'scored', 'declined', 'revoked']),
  invitedAt: InstantSchema,
  invitedBy: z.string(),
  settledAt: InstantSchema.optional(),
  /** What the expert wrote beside the points; the applicant does not see it. */
  comment: z.string().optional(),
  /** Why the expert declined. */
  reason: z.string().optional(),
});
export type Invitation = z.output<typeof InvitationSchema>;

/** An expert is invited once to an application, so the id follows from the two. */
export function invitationIdOf(applicationId: ApplicationId, expert: string): string {
  return `${applicationId}.${createHash('sha256').update(expert).digest('hex').slice(0, 16)}`;
}
