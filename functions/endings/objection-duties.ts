import type { Application } from '../filing/applications/application.ts';
import { type Involved, involved } from '../money/pools/duty-rules.ts';

/** Who has a part in the award that an objection is about, and so none in the objection. */
export function involvedBefore(application: Application): Involved {
  if (!('submission' in application) || !('scores' in application)) {
    // Withdrawn meanwhile: whoever prepared it is all that it still knows.
    const { applicationId, organisation, preparedBy } = application;
    return { applicationId, organisation, deciders: [...preparedBy] };
  }
  return involved(application, 'objection');
}
