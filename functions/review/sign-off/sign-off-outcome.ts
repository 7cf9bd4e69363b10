import type { Application } from '../../filing/applications/application.ts';

/** How one wait of a sign-off ended. `continue`: the next step is open, or its tasks were opened again. */
export interface SignOffOutcome {
  readonly outcome: 'approved' | 'refused' | 'returned' | 'withdrawn' | 'continue';
  /** The wait that follows. */
  readonly attempt: number;
}

/** How a wait of a submission's sign-off ended, or undefined while departments still have to decide. */
export function signOffOutcome(
  application: Application,
  { submission, attempt }: { readonly submission: number; readonly attempt: number },
): SignOffOutcome | undefined {
  const number = 'submission' in application ? application.submission?.number : undefined;
  // Corrected and submitted again already: what became of the correction is the next stage's to say.
  if (number !== undefined && number > submission) return { outcome: 'returned', attempt };
  switch (application.status) {
    case 'draft':
    case 'submitted':
    case 'ineligible':
      return undefined;
    case 'sign-off': {
      const { signOffAttempt } = application;
      return signOffAttempt > attempt ? { outcome: 'continue', attempt: signOffAttempt } : undefined;
    }
    case 'returned':
    case 'lapsed':
      return { outcome: 'returned', attempt };
    case 'refused':
    case 'withdrawn':
      return { outcome: application.status, attempt };
    default:
      return { outcome: 'approved', attempt };
  }
}
