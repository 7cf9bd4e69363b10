import * as z from 'zod';
import { SealedAccountSchema } from '../../filing/bank-accounts/bank-account.ts';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import {
  ApplicationIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  type PaymentFileId,
  PaymentFileIdSchema,
} from '../../shared/vocabulary.ts';
import { ContradictionSchema } from '../orders/order.ts';

const file = {
  paymentFileId: PaymentFileIdSchema,
  orderId: OrderIdSchema,
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  createdAt: InstantSchema,
  madeBy: z.string().min(1),
};

/** Payments that are handed to the bank together. */
export const PaymentFileSchema = z.discriminatedUnion('status', [
  /** Its payments are being written; the same request goes on where it broke off. */
  z.object({ status: z.literal('making'), ...file }),
  z.object({ status: z.literal('made'), ...file, paymentCount: z.int().min(0), totalFen: FenSchema }),
]);
export type PaymentFile = z.output<typeof PaymentFileSchema>;
export type PaymentFileIn<S extends PaymentFile['status']> = Extract<PaymentFile, { status: S }>;

/**
 * From making to making leads the fence of whoever goes on, from made to made a reading of its content; and either when a
 * payment of it is stopped.
 */
export const paymentFileTransitions = {
  making: ['making', 'made'],
  made: ['made'],
} as const satisfies Record<PaymentFile['status'], readonly PaymentFile['status'][]>;

/** What happens to a payment file. */
export type PaymentFileEvent = 'begun' | 'begun-again' | 'made' | 'content-read' | 'payment-stopped';

/** A payment's id: its file, and its number there. */
export const PaymentIdSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}-\d{4}$/);

/** One payment of an award or of a part of it. */
export const PaymentSchema = z.object({
  paymentId: PaymentIdSchema,
  orderId: OrderIdSchema,
  applicationId: ApplicationIdSchema,
  organisation: KnownOrganisationSchema,
  item: SlugSchema,
  fen: FenSchema,
  /** The account as it was when the payment was made. */
  account: SealedAccountSchema.pick({ ciphertext: true, lastFour: true, version: true }),
  /** What the bank said last; stopped when a person found, while it was under way, that an earlier one was paid. */
  status: z.enum(['under-way', 'paid', 'partial', 'returned', 'stopped']),
  /** What was booked as paid by it, less what came back. */
  paidFen: FenSchema,
  revision: z.int().min(1),
});
export type Payment = z.output<typeof PaymentSchema>;

/** What the bank answers of a payment, known by the payment and the bank's reference. */
export const PaymentResultSchema = z.object({
  paymentId: PaymentIdSchema,
  reference: z.string().min(1),
  result: z.enum(['paid', 'returned', 'partial']),
  amountFen: FenSchema,
  date: DateSchema,
  /** The bank's words. They may hold what is on an account, so they go nowhere else. */
  reason: z.string(),
});
export type PaymentResult = z.output<typeof PaymentResultSchema>;

/** What a person decided on a word of the bank that contradicts an earlier one, and why. */
export const PaymentVerdictSchema = z.object({
  orderId: OrderIdSchema,
  applicationId: ApplicationIdSchema,
  contradiction: ContradictionSchema,
  /** Booked: the later word is right. Dismissed: the earlier one. */
  outcome: z.enum(['booked', 'dismissed']),
  /** What was booked, in fen; 0 when it was dismissed. */
  bookedFen: FenSchema,
  reason: z.string(),
  by: z.string().min(1),
  at: InstantSchema,
});
export type PaymentVerdict = z.output<typeof PaymentVerdictSchema>;

/** The most payments of one file: their accounts are decrypted, and their results imported, within one request. */
export const paymentsPerFile = 500;

/** The file that a payment belongs to, and its number there, by its id. */
export function placeOfPayment(paymentId: string): { paymentFileId: PaymentFileId; number: string } {
  return { paymentFileId: paymentFileOf(paymentId), number: paymentId.slice(27) };
}

/** The file that a payment belongs to, by its id. */
export function paymentFileOf(paymentId: string): string {
  return paymentId.slice(0, 26);
}
