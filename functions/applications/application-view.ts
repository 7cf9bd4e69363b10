import type * as z from 'zod';
import type { ApplicationViewSchema } from '../contracts/applicant.ts';
import type { Application } from './application.ts';

/**
 * What the applicant sees. Money that a round has planned or a department signed off stays inside until it is
 * committed; a version's ETag goes beside it.
 */
export function toApplicationView(application: Application): z.input<typeof ApplicationViewSchema> {
  const { applicationId, status, guide, version, createdAt, updatedAt, content } = application;
  return {
    ...{ applicationId, status, guide, version, createdAt, updatedAt, content },
    ...('submission' in application && application.submission && { submittedAt: application.submission.at }),
    ...('eligibility' in application && application.eligibility && { eligibility: application.eligibility }),
    ...('ceiling' in application && { ceilingFen: application.ceiling.fen }),
    ...('award' in application && { awardFen: application.award.fen }),
    ...('notice' in application && { noticeClosesAt: application.notice.closesAt }),
    ...('reasons' in application && { reasons: application.reasons }),
  };
}

/** The entity tag of a version (RFC 9110). */
export function entityTag(version: number): string {
  return `"${version}"`;
}
