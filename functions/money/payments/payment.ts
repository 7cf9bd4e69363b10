import * as z from 'zod';
import { SealedAccountSchema } from '../../filing/bank-accounts/bank-account.ts';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { SignatureSchema } from '../../shared/signing.ts';
import {
  ApplicationIdSchema,
  ImportIdSchema,
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
  /** Others who went on with it where it had broken off: they have made it too. */
  continuedBy: z.array(z.string()).optional(),
  /** When it went out first: from then on the bank answers. It may be made anew since, without a payment that was stopped. */
  firstReleasedAt: InstantSchema.optional(),
};

const written = {
  paymentCount: z.int().min(0),
  totalFen: FenSchema,
  /** How many of them pay what came back before, and how much. */
  repaymentCount: z.int().min(0).optional(),
  repaymentFen: FenSchema.optional(),
  /** SHA-256 of the bytes for the bank: what a release is given for. Files of earlier versions lack it. */
  contentHash: z.string().optional(),
};
const WrittenSchema = z.object(written);
/** What a file says of its payments once they are written. */
export type Written = Required<z.output<typeof WrittenSchema>>;

const decision = { by: z.string().min(1), at: InstantSchema, contentHash: z.string() };

/** Payments that are handed to the bank together. */
export const PaymentFileSchema = z.discriminatedUnion('status', [
  /** Its payments are being written; the same request goes on where it broke off. */
  z.object({ status: z.literal('making'), ...file }),
  /** It waits for a second person. */
  z.object({ status: z.literal('made'), ...file, ...written }),
  z.object({
    status: z.literal('released'),
    ...file,
    ...written,
    release: z.object({ ...decision, signature: SignatureSchema }),
  }),
  /** Nothing of it goes to the bank: the second person refused it, or each of its payments was stopped. */
  z.object({
    status: z.literal('withdrawn'),
    ...file,
    refusal: z.object({ ...decision, reason: z.string() }).optional(),
  }),
]);
export type PaymentFile = z.output<typeof PaymentFileSchema>;
export type PaymentFileIn<S extends PaymentFile['status']> = Extract<PaymentFile, { status: S }>;

/**
 * From making to making leads the fence of whoever goes on, from made or released to the same a reading of its content.
 * A payment that is stopped leads back to made, since other bytes have to be released, or to withdrawn with the last one.
 */
export const paymentFileTransitions = {
  making: ['making', 'made', 'withdrawn'],
  made: ['made', 'released', 'withdrawn'],
  released: ['released', 'made', 'withdrawn'],
  withdrawn: ['withdrawn'],
} as const satisfies Record<PaymentFile['status'], readonly PaymentFile['status'][]>;

/** What happens to a payment file. */
export type PaymentFileEvent =
  | 'begun'
  | 'begun-again'
  | 'made'
  | 'released'
  | 'refused'
  | 'content-read'
  | 'payment-stopped';

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
  /** Whether that is the account that the order was approved with. */
  asOrdered: z.boolean().optional(),
  /** The payment of the same award that came back, where it is paid again. */
  repays: PaymentIdSchema.optional(),
  /** What the bank said last; stopped when its file was refused, or a person found that an earlier one was paid. */
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

/** The same as it is kept, with the answers that it stood in. */
export const KeptResultSchema = PaymentResultSchema.extend({ importId: ImportIdSchema.optional() });
export type KeptResult = z.output<typeof KeptResultSchema>;

/** What shows that money came back after all: where the payer's bank tells of it, and the document's SHA-256. */
export const EvidenceSchema = z.object({ statement: z.string(), sha256: z.string() });

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
  /** Of money that came back. */
  evidence: EvidenceSchema.optional(),
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
