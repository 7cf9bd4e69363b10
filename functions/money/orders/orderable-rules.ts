import type { Application, ApplicationIn } from '../../filing/applications/application.ts';
import type { LeftOutReason } from './order.ts';

/**
 * Why an application may not be ordered now, or the application when it may: its notice has ended, nothing was found
 * against it since, and no objection is open (glossary, "order").
 * @param isListed whether the list of serious dishonesty bars it.
 */
export function requireOrderable(
  application: Application | undefined,
  isListed = false,
): { readonly application: ApplicationIn<'noticed'> } | { readonly leftOut: LeftOutReason } {
  switch (application?.status) {
    case 'noticed':
      if (application.openObjections !== undefined && application.openObjections.length > 0) {
        return { leftOut: 'objected' };
      }
      if (application.hold) return { leftOut: 'held' };
      if (application.notice.clearedAt === undefined) return { leftOut: 'notice-open' };
      if (isListed) return { leftOut: 'dishonesty-listed' };
      return { application };
    case 'ordered':
    case 'closed':
      return { leftOut: 'ordered-before' };
    case 'cancelled':
    case 'duplicate':
      return { leftOut: application.status };
    case 'allocated':
      return { leftOut: 'notice-open' };
    default:
      return { leftOut: 'withdrawn' };
  }
}
