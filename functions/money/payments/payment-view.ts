import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { SignatureSchema } from '../../shared/signing.ts';
import {
  ApplicationIdSchema,
  KnownOrganisationSchema,
  OrderIdSchema,
  PaymentFileIdSchema,
} from '../../shared/vocabulary.ts';
import { type PaymentFile, PaymentSchema } from './payment.ts';

export const PaymentFileViewSchema = z
  .object({
    paymentFileId: PaymentFileIdSchema,
    orderId: OrderIdSchema,
    status: z.enum(['making', 'made', 'released', 'withdrawn']).meta({
      description: 'made: it waits for a second person; withdrawn: nothing of it goes to the bank',
    }),
    createdAt: InstantSchema,
    madeBy: z.string(),
    continuedBy: z.array(z.string()).optional(),
    paymentCount: z.int().optional(),
    totalFen: FenSchema.optional(),
    repaymentCount: z.int().optional().meta({ description: 'How many of them pay what came back before' }),
    repaymentFen: FenSchema.optional(),
    contentHash: z
      .string()
      .optional()
      .meta({ description: 'SHA-256 of the bytes for the bank: what a release names' }),
    decidedBy: z.string().optional(),
    decidedAt: InstantSchema.optional(),
    reason: z.string().optional().meta({ description: 'Why it was refused' }),
    signature: SignatureSchema.optional().meta({ description: 'Over the bytes for the bank' }),
  })
  .meta({ id: 'PaymentFile' });

/** A payment file as officials see it. */
export function paymentFileView(file: PaymentFile): z.input<typeof PaymentFileViewSchema> {
  const decided =
    file.status === 'released' ? file.release : file.status === 'withdrawn' ? file.refusal : undefined;
  return {
    ...file,
    ...(decided && { decidedBy: decided.by, decidedAt: decided.at }),
    ...(decided && 'reason' in decided && { reason: decided.reason }),
    ...(decided && 'signature' in decided && { signature: decided.signature }),
  };
}

export const PaymentViewSchema = z
  .object({
    paymentId: PaymentSchema.shape.paymentId,
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema,
    organisationName: z.string(),
    item: SlugSchema,
    fen: FenSchema,
    status: PaymentSchema.shape.status,
    paidFen: FenSchema,
    repays: z.string().optional().meta({ description: 'The payment of the same award that came back' }),
    account: z.object({ holder: z.string(), bank: z.string(), lastFour: z.string() }),
    asOrdered: z.boolean().optional().meta({
      description: 'Whether the order was approved with this account: if not, look at it twice',
    }),
    holderIsOrganisation: z
      .boolean()
      .meta({ description: 'Whether the account is in the name of the enterprise' }),
  })
  .meta({ id: 'Payment' });
export type PaymentView = z.input<typeof PaymentViewSchema>;
