import type { Application } from '../applications/application.ts';
import { DomainError } from '../shared/errors.ts';

type WithDuties = Pick<
  Extract<Application, { status: 'sign-off' }>,
  'deciders' | 'preparedBy' | 'submission'
>;

/** The applicant and the enterprises that it continues: an interest in one of them is an interest in the application. */
export function organisationsOf({ organisation, content }: Application): [string, ...string[]] {
  return [organisation, ...content.enterprise.predecessors.filter((code) => code !== organisation)];
}

/**
 * Refuses the applicant's part in an application to whoever has decided on it.
 * @throws DomainError same-person
 */
export function requireNoDecider(application: Application, person: string): void {
  const stage = 'deciders' in application ? application.deciders?.[person] : undefined;
  if (stage === undefined) return;
  throw new DomainError('same-person', {
    detail: {
      zh: `此人已在审核环节（${stage}）办理过本件`,
      en: `this person has decided on the application (${stage}) and cannot act for its applicant`,
    },
  });
}

/**
 * Refuses a decision by anybody who prepared the application or has decided on it in another stage, whether that
 * decision still stands or not (domain §3).
 * @param persons the decider, and whom the decider stands in for.
 * @throws DomainError same-person
 */
export function requireSeparateDuties(
  application: WithDuties,
  stage: string,
  persons: readonly string[],
): void {
  for (const person of persons) {
    const earlier = application.deciders[person];
    const prepared = application.preparedBy.includes(person) || application.submission.by === person;
    if (!prepared && (earlier === undefined || earlier === stage)) continue;
    throw new DomainError('same-person', {
      detail: {
        zh: `此人已在其他环节（${prepared ? '申报' : earlier}）办理过本件，不得再作决定`,
        en: `this person has acted on the application in another stage (${prepared ? 'preparation' : earlier})`,
      },
    });
  }
}
