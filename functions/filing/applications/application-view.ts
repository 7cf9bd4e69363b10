import type * as z from 'zod';
import type { ApplicationViewSchema } from '../../contracts/applicant.ts';
import { withoutHashes } from '../enterprise/identity.ts';
import type { Application, Content } from './application.ts';
import { currentCorrection } from './open-to-correction.ts';

/**
 * What the applicant sees. Money that a round has planned or a department signed off stays inside until it is
 * committed; a version's ETag goes beside it.
 */
export function toApplicationView(application: Application): z.input<typeof ApplicationViewSchema> {
  const { applicationId, status, guide, version, createdAt, updatedAt } = application;
  const { enterprise } = application.content;
  return {
    ...{ applicationId, status, guide, version, createdAt, updatedAt },
    content: shownContent(application),
    hasLegalRepresentative: enterprise.legalRepresentativeHash !== undefined,
    hasBankAccount: enterprise.bankAccountHash !== undefined,
    ...('submission' in application && application.submission && { submittedAt: application.submission.at }),
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
