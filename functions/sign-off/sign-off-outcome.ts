import type { Application } from '../applications/application.ts';

export type SignOffOutcome = 'approved' | 'refused' | 'withdrawn';

/** How the sign-off of an application ended, or undefined while departments still have to decide. */
export function signOffOutcome(application: Application): SignOffOutcome | undefined {
  switch (application.status) {
    case 'draft':
    case 'submitted':
    case 'ineligible':
    case 'sign-off':
      return undefined;
    case 'refused':
    case 'withdrawn':
      return application.status;
    default:
      return 'approved';
  }
}
