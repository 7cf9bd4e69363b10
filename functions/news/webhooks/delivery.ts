import * as z from 'zod';
import { InstantSchema, UlidSchema } from '../../shared/schemas.ts';

/**
 * `pending`: attempts are made or to be made. `delivered`: answered 2xx. `dead`: every attempt failed. `cancelled`: the
 * subscription ended before it could be delivered.
 */
export const deliveryStatuses = ['pending', 'delivered', 'dead', 'cancelled'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What came of one attempt: a status code or a reason why there is none. Bodies are not kept. */
export const AttemptSchema = z.object({
  at: InstantSchema,
  statusCode: z.int().optional(),
  error: z
    .string()
    .optional()
    .meta({ description: 'Why there was no answer, e.g. timeout, ECONNREFUSED, public-address' }),
  durationMs: z.int(),
});
export type Attempt = z.output<typeof AttemptSchema>;

/** One event on its way to one subscription. */
export const DeliverySchema = z.object({
  subscriptionId: UlidSchema,
  /** Id of the message to its receiver, the same at every attempt and replay. */
  deliveryId: z.string(),
  eventType: z.string(),
  /** The body, byte for byte as it is signed and sent. */
  body: z.string(),
  status: z.enum(deliveryStatuses),
  createdAt: InstantSchema,
  /** Attempts begun since it was created or replayed. */
  attempts: z.int().min(0),
  /** Of a pending one: when it is due; while an attempt runs, when the attempt is given up as lost. */
  nextAttemptAt: InstantSchema.optional(),
  /** The last attempts, oldest first. */
  attemptLog: z.array(AttemptSchema),
});
export type Delivery = z.output<typeof DeliverySchema>;

/** The key of a delivery. */
export type DeliveryKey = Pick<Delivery, 'subscriptionId' | 'deliveryId'>;
