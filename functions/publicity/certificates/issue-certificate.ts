import type { ApplicationIn, Certificate } from '../../filing/applications/application.ts';
import { contentHash } from '../../shared/hash.ts';

/** Characters of an application's id that are drawn by chance; the ones before them are the time. */
const randomCharacters = 16;

/**
 * The certificate of a recognition or referral. Its number is made of the guide's year, the item and the part of the
 * application's id that no other has; its hash covers the submission and every department's decision on it, so that
 * both can be worked out again from the application.
 * @param issuedAt the instant of the decision.
 */
export function issueCertificate(
  application: ApplicationIn<'deduplication'>,
  year: number,
  issuedAt: string,
): Certificate {
  const { applicationId, submission, content, guide, signOffs } = application;
  const decisions = Object.values(signOffs).map(({ step, department, decision }) => ({
    step,
    department,
    outcome: decision?.outcome,
    at: decision?.at,
  }));
  return {
    number: `${year}-${content.item}-${applicationId.slice(-randomCharacters)}`,
    issuedAt,
    contentHash: contentHash({
      applicationId,
      submission: submission.contentHash,
      guide,
      item: content.item,
      decisions: decisions.sort((a, b) => a.step - b.step || (a.department < b.department ? -1 : 1)),
      issuedAt,
    }),
  };
}
