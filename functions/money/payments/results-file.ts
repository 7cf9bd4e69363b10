import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, ImportIdSchema, KnownOrganisationSchema } from '../../shared/vocabulary.ts';
import { AuthenticitySchema } from './bank-signature.ts';
import { PaymentSchema } from './payment.ts';

/**
 * What a row of the bank's answers does: books `paid`, `partial` or `returned`; `held`, when it contradicts what the bank
 * said before; `unchanged`, when it was booked before; or `fault`.
 */
export const rowKinds = ['paid', 'partial', 'returned', 'held', 'unchanged', 'fault'] as const;

/** What a row changes against what stands, as the second person sees it. */
export const RowChangeSchema = z.object({
  /** Line of the file, the header being 1. */
  row: z.int(),
  paymentId: z.string(),
  applicationId: ApplicationIdSchema.optional(),
  organisation: KnownOrganisationSchema.optional(),
  predecessors: z.array(KnownOrganisationSchema).optional(),
  kind: z.enum(rowKinds),
  /** Of `held` and `fault`: docs/payments.md. */
  rule: z.string().optional(),
  /** How the payment stands before. */
  from: PaymentSchema.shape.status.optional(),
  /** Added to what is booked as paid, in fen; negative for what came back. */
  movesFen: z.int(),
  /** Of the payment that it was compared with. */
  revision: z.int().optional(),
});
export type RowChange = z.output<typeof RowChangeSchema>;

/** A fault of one row: the row is left out, the others are booked. */
export const RowFaultSchema = z.object({
  /** Line of the file, the header being 1. */
  row: z.int(),
  column: z.string(),
  rule: z.string(),
  messages: BilingualSchema,
});
export type RowFault = z.output<typeof RowFaultSchema>;

/** Faults of a file, the first of them by rows. */
const listedFaults = {
  faults: z.array(RowFaultSchema),
  /** How many there are beside these; absent where these are all. */
  faultsLeftOut: z.int().optional(),
};

const proposed = {
  importId: ImportIdSchema,
  version: z.int().min(1),
  historyHash: z.string().optional(),
  createdAt: InstantSchema,
  proposedBy: z.string().min(1),
  /** SHA-256 of the bytes as they came. */
  bytesHash: z.string(),
  authenticity: AuthenticitySchema,
  rows: z.int().min(0),
  changes: z.array(RowChangeSchema),
  ...listedFaults,
  /** Hash of the bytes and of what they change: what a confirmation is given for. */
  contentHash: z.string(),
};
const decision = { by: z.string().min(1), at: InstantSchema };

/** The bank's answers in one file, from when one person brings them until what another confirmed of them is booked. */
export const ResultsFileSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decision, reason: z.string() }),
  }),
  /** Its rows are being booked; whoever confirms it again goes on where that broke off. */
  z.object({ status: z.literal('confirmed'), ...proposed, decision: z.object(decision) }),
  z.object({
    status: z.literal('booked'),
    ...proposed,
    decision: z.object(decision),
    report: z.object({ imported: z.int(), held: z.int(), unchanged: z.int(), ...listedFaults }),
  }),
]);
export type ResultsFile = z.output<typeof ResultsFileSchema>;
export type ResultsFileIn<S extends ResultsFile['status']> = Extract<ResultsFile, { status: S }>;

/** The only ways from one status to another. */
export const resultsTransitions = {
  proposed: ['refused', 'confirmed'],
  refused: [],
  confirmed: ['booked'],
  booked: [],
} as const satisfies Record<ResultsFile['status'], readonly ResultsFile['status'][]>;

/** What happens to a file of answers. */
export type ResultsEvent = 'proposed' | 'refused' | 'confirmed' | 'booked';

export type ResultsDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** The most faults that are listed: once these are mended, the file is sent again. */
const mostListed = 100;

/** The first faults by rows, and how many are left out. */
export function listed(faults: readonly RowFault[]): Pick<ResultsFile, 'faults' | 'faultsLeftOut'> {
  const inOrder = [...faults].sort((a, b) => a.row - b.row);
  const leftOut = inOrder.length - mostListed;
  return { faults: inOrder.slice(0, mostListed), ...(leftOut > 0 && { faultsLeftOut: leftOut }) };
}

/**
 * Answers that somebody may decide on, or those that were decided on so before.
 * @throws DomainError not-in-this-state when somebody decided otherwise; same-person for whoever brought them;
 * version-mismatch for other bytes or changes.
 */
export function requireResultsDecidable(
  file: ResultsFile,
  decision: ResultsDecision,
  person: string,
): ResultsFile {
  if (file.proposedBy === person) throw new DomainError('same-person');
  if (decision.contentHash !== file.contentHash) throw new DomainError('version-mismatch');
  if (file.status === 'proposed' || isRepeated(file, decision, person)) return file;
  throw new DomainError('not-in-this-state');
}

/** What a second person's decision makes of answers. */
export function decidedResults(
  file: ResultsFileIn<'proposed'>,
  decision: ResultsDecision,
  by: { readonly by: string; readonly at: string },
): { readonly to: ResultsFileIn<'refused' | 'confirmed'>; readonly note: StepNote<ResultsEvent> } {
  const version = file.version + 1;
  const note = { at: by.at, actor: { id: by.by, role: 'budget-approver' } as const };
  if (decision.outcome === 'confirm') {
    return {
      to: { ...file, status: 'confirmed', version, decision: by },
      note: { ...note, event: 'confirmed' },
    };
  }
  const { reason } = decision;
  const to = { ...file, status: 'refused' as const, version, decision: { ...by, reason } };
  return { to, note: { ...note, event: 'refused' } };
}

/** Also somebody else may confirm again what is confirmed: it is booked as it was confirmed first. */
function isRepeated(
  file: ResultsFileIn<'refused' | 'confirmed' | 'booked'>,
  decision: ResultsDecision,
  person: string,
): boolean {
  if (decision.outcome === 'confirm') return file.status !== 'refused';
  return file.status === 'refused' && file.decision.by === person && file.decision.reason === decision.reason;
}
