import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';

const common = {
  subscriptionId: UlidSchema,
  url: z.string(),
  /** Types of the events that it is sent. */
  eventTypes: z.array(z.string()),
  description: z.string(),
  createdAt: InstantSchema,
  createdBy: ActorReferenceSchema,
  /** Number of the secret that signs first; the secrets themselves lie elsewhere. */
  secretNumber: z.int().min(1),
};

/** A receiver of events. */
export const SubscriptionSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('active'),
    ...common,
    /** When attempts began to fail with none that succeeded since. */
    failingSince: InstantSchema.optional(),
  }),
  z.object({
    status: z.literal('ended'),
    ...common,
    endedAt: InstantSchema,
    /** An operator ended it, or the receiver answered 410 Gone. */
    endedBy: z.enum(['operator', 'receiver']),
  }),
]);
export type Subscription = z.output<typeof SubscriptionSchema>;
export type ActiveSubscription = Extract<Subscription, { status: 'active' }>;

/** Type of the event that an operator sends to try a receiver out. */
export const pingType = 'ping';
