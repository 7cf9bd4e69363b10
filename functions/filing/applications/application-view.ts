import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema, ReasonSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, DepartmentIdSchema, listed } from '../../shared/vocabulary.ts';
import { withoutHashes } from '../enterprise/identity.ts';
import type { Application } from './application.ts';
import { CertificateSchema } from './application.ts';
import type { Content } from './content.ts';
import { DraftContentSchema } from './content.ts';
import { CorrectionSchema } from './correction.ts';
import { currentCorrection } from './correction-rules.ts';
import { EligibilityResultSchema } from './eligibility-result.ts';
import { statuses } from './lifecycle.ts';
import { holderOf } from './own-application.ts';
import { SubmittedDocumentSchema } from './submission.ts';

/** An application as its own organisation sees it. */
export const ApplicationViewSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    status: listed(statuses),
    guide: z.string(),
    version: z.int(),
    createdAt: InstantSchema,
    updatedAt: InstantSchema,
    content: DraftContentSchema.meta({
      description: 'Of a draft, and of one that was withdrawn, what is not filled in is empty',
    }),
    statedName: z.string().optional().meta({
      description:
        'The name that was stated, where the login gives another or none: a reviewer may confirm it',
    }),
    hasLegalRepresentative: z
      .boolean()
      .meta({ description: 'Whether a keyed hash of the legal representative is kept' }),
    hasBankAccount: z.boolean().meta({ description: 'Whether a keyed hash of the bank account is kept' }),
    holder: z.string().meta({
      description: 'Account of who looks after it; everybody of the organisation may see and change it',
    }),
    handover: z
      .object({ to: z.string(), at: InstantSchema })
      .optional()
      .meta({ description: 'The colleague whom it was offered to and who has not taken it over yet' }),
    submittedAt: InstantSchema.optional(),
    documents: z.array(SubmittedDocumentSchema).optional().meta({
      description: 'Documents that the last submission holds: what came later is not among them',
    }),
    eligibility: EligibilityResultSchema.optional(),
    ceilingFen: FenSchema.optional(),
    alreadyPaidFen: FenSchema.optional().meta({
      description: 'What other schemes paid for the same matter, where the guide tops up',
    }),
    certificate: CertificateSchema.optional().meta({
      description: 'Of a recognition or referral: see GET …/certificate for its words',
    }),
    correction: CorrectionSchema.pick({ round: true, items: true, dueAt: true, lapsesAt: true })
      .optional()
      .meta({ description: 'What was returned, while it is: only these places may change' }),
    awardFen: FenSchema.optional(),
    orderedFen: FenSchema.optional().meta({ description: 'What was ordered to be paid of the award' }),
    paidFen: FenSchema.optional().meta({ description: 'What the bank has paid, less what came back to it' }),
    recoveredFen: FenSchema.optional().meta({ description: 'What was clawed back' }),
    noticeClosesAt: InstantSchema.optional(),
    reasons: z.array(ReasonSchema).optional(),
    reconsideration: z
      .object({
        department: DepartmentIdSchema.meta({
          description: 'Which department decides, by others than before',
        }),
        citation: z.string(),
        askBefore: InstantSchema.meta({ description: 'Until when it may be asked for' }),
        asked: z.object({ grounds: z.string(), at: InstantSchema, dueAt: InstantSchema }).optional(),
        upheld: z.object({ reason: BilingualSchema, citation: z.string(), at: InstantSchema }).optional(),
      })
      .optional()
      .meta({ description: 'What may be asked against a refusal, and what came of it' }),
  })
  .meta({ id: 'Application' });

/**
 * What the applicant sees. Money that a round has planned or a department signed off stays inside until it is
 * committed; a version's ETag goes beside it.
 */
export function toApplicationView(application: Application): z.input<typeof ApplicationViewSchema> {
  const { applicationId, status, guide, version, createdAt, updatedAt } = application;
  const { enterprise } = application.content;
  const { handover } = application;
  return {
    ...{ applicationId, status, guide, version, createdAt, updatedAt },
    content: shownContent(application),
    ...(enterprise.statedName !== undefined && { statedName: enterprise.statedName }),
    hasLegalRepresentative: enterprise.legalRepresentativeHash !== undefined,
    hasBankAccount: enterprise.bankAccountHash !== undefined,
    holder: holderOf(application),
    ...(handover && { handover: { to: handover.to, at: handover.at } }),
    ...('submission' in application &&
      application.submission && {
        submittedAt: application.submission.at,
        documents: application.submission.documents,
      }),
    ...('eligibility' in application && application.eligibility && { eligibility: application.eligibility }),
    ...('ceiling' in application && { ceilingFen: application.ceiling.fen }),
    ...('alreadyPaidFen' in application && { alreadyPaidFen: application.alreadyPaidFen }),
    ...('certificate' in application && { certificate: application.certificate }),
    ...(application.status === 'returned' && { correction: currentCorrection(application) }),
    ...('award' in application && { awardFen: application.award.fen }),
    ...('order' in application && {
      orderedFen: application.order.fen,
      paidFen: application.paidFen,
      recoveredFen: application.recoveredFen,
    }),
    ...('notice' in application && { noticeClosesAt: application.notice.closesAt }),
    ...('reasons' in application && { reasons: application.reasons }),
    ...('reconsideration' in application && { reconsideration: application.reconsideration }),
  };
}

/** The content as anybody may see it who may see the application: without the hashes of personal data. */
export function shownContent({ content }: Pick<Application, 'content'>): Content {
  return { ...content, enterprise: withoutHashes(content.enterprise) };
}

/** The entity tag of a version (RFC 9110). */
export function entityTag(version: number): string {
  return `"${version}"`;
}
