import * as z from 'zod';
import { DateSchema, InstantSchema, UlidSchema } from '../shared/schemas.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { DepartmentIdSchema } from '../shared/vocabulary.ts';

/** Somebody stands in for an absent colleague of the same department, from the first day to the last one, both included. */
export const DelegationSchema = z.object({
  delegationId: UlidSchema,
  absentee: z.string().min(1),
  to: z.string().min(1),
  department: DepartmentIdSchema,
  /** Days in Shanghai. */
  from: DateSchema,
  until: DateSchema,
  at: InstantSchema,
});
export type Delegation = z.output<typeof DelegationSchema>;

/** Whether two spells of absence share a day. */
export function overlaps(
  a: Pick<Delegation, 'from' | 'until'>,
  b: Pick<Delegation, 'from' | 'until'>,
): boolean {
  return a.from <= b.until && b.from <= a.until;
}

/** Whether an instant lies in the delegation: from midnight in Shanghai of its first day to that after its last. */
export function isInForce({ from, until }: Pick<Delegation, 'from' | 'until'>, at: Date): boolean {
  const day = shanghaiDate(at);
  return from <= day && day <= until;
}
