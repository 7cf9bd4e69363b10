import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';

/** The credit code of the caller's organisation. @throws DomainError forbidden when the token names none. */
export function organisationOf(actor: Actor): OrganisationCode {
  if (actor.organisation === undefined) {
    throw new DomainError('forbidden', {
      detail: { zh: '登录信息中没有申报单位', en: 'the login names no organisation' },
    });
  }
  return actor.organisation;
}

/**
 * An application of the caller's own organisation.
 * @throws DomainError not-found for another organisation's, exactly as for one that does not exist.
 */
export async function ownApplication(
  store: ApplicationStore,
  actor: Actor,
  applicationId: ApplicationId,
): Promise<Application> {
  const organisation = organisationOf(actor);
  const application = await store.get(applicationId);
  if (application?.organisation !== organisation || application.status === 'deleted')
    throw new DomainError('not-found');
  return application;
}

/** Who looks after an application for its organisation. */
export function holderOf({ holder, createdBy }: Pick<Application, 'holder' | 'createdBy'>): string {
  return holder ?? createdBy;
}
