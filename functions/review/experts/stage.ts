import type { ApplicationIn } from '../../filing/applications/application.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Invitation } from './invitation.ts';

/** Name of the experts' part among the stages of an application. */
export const expertStage = 'expert';

/** Whether a lead department has approved: scores that it counted on are not changed any more. */
export function isApproved({ signOffs }: ApplicationIn<'sign-off'>): boolean {
  return Object.values(signOffs).some(({ decision }) => decision?.outcome === 'approved');
}

/** Whether the expert may still look and score. */
export function isStanding({ status }: Invitation): boolean {
  return status === 'open' || status === 'scored';
}

/** What an expert is told who comes too late. */
export function reviewOver(): DomainError {
  return new DomainError('not-in-this-state', {
    detail: {
      zh: '该邀请或申报已不在评分阶段',
      en: 'the invitation or the application is not open to scores any more',
    },
  });
}
