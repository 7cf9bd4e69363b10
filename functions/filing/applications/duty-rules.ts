import { type Actor, belongsTo } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import type { Application, ApplicationIn } from './application.ts';
import { stageLabel } from './labels.ts';
import type { Stage } from './lifecycle.ts';
import type { SignOff } from './sign-off-record.ts';
import { submittersOf } from './submission.ts';

type WithDuties = Pick<ApplicationIn<'sign-off'>, 'deciders' | 'preparedBy' | 'submission' | 'reopenings'>;

/** Stages in which operators reopen an application are named so, with the number of the reopening behind it. */
export const reopeningStages = 'reopening-';

/** The applicant and the enterprises that it continues: an interest in one of them is an interest in the application. */
export function organisationsOf({
  organisation,
  content,
}: Application): [OrganisationCode, ...OrganisationCode[]] {
  return [organisation, ...content.enterprise.predecessors.filter((code) => code !== organisation)];
}

/** Refuses people of the applicant, or of an enterprise that it continues. @throws DomainError forbidden */
export function requireOutsider(application: Application, actor: Actor): void {
  if (organisationsOf(application).some((code) => belongsTo(actor, code))) throw new DomainError('forbidden');
}

/**
 * Refuses the applicant's part in an application to whoever has decided on it.
 * @throws DomainError same-person
 */
export function requireNoDecider(application: Application, person: string): void {
  const stage = 'deciders' in application ? application.deciders?.[person] : undefined;
  if (stage === undefined) return;
  const where = stageLabel(stage);
  throw new DomainError('same-person', {
    detail: {
      zh: `此人已在“${where.zh}”环节办理过本件`,
      en: `this person has decided on the application (${where.en}) and cannot act for its applicant`,
    },
  });
}

/**
 * Refuses a decision by anybody who prepared the application, had it reopened, or has decided on it in another stage,
 * whether that decision still stands or not (glossary, "separate duties"). Whoever asked for a reopening may ask for
 * the next one.
 * @param persons the decider, and whom the decider stands in for.
 * @throws DomainError same-person
 */
export function requireSeparateDuties(
  application: WithDuties,
  stage: Stage,
  persons: readonly string[],
): void {
  for (const person of persons) {
    const asked =
      !stage.startsWith(reopeningStages) && application.reopenings?.some(({ by }) => by === person);
    const earlier = application.deciders[person] ?? (asked ? 'reopening' : undefined);
    const prepared = [...application.preparedBy, ...submittersOf(application.submission)].includes(person);
    if (!prepared && (earlier === undefined || earlier === stage)) continue;
    throw new DomainError('same-person', {
      detail: {
        zh: `此人已在其他环节（${prepared ? '申报' : `“${earlier}”`}）办理过本件，不得再作决定`,
        en: `this person has acted on the application in another stage (${prepared ? 'preparation' : earlier})`,
      },
    });
  }
}

/**
 * Refuses a second decision in one step by somebody who has moved between its departments: each decides for itself.
 * @throws DomainError same-person
 */
export function requireOtherDeciders(
  { signOffs }: Pick<ApplicationIn<'sign-off'>, 'signOffs'>,
  { step, department }: Pick<SignOff, 'step' | 'department'>,
  persons: readonly string[],
): void {
  const other = Object.values(signOffs).find(
    (part) =>
      part.step === step &&
      part.department !== department &&
      [part.decision?.by, part.decision?.onBehalfOf].some((id) => id !== undefined && persons.includes(id)),
  );
  if (!other) return;
  throw new DomainError('same-person', {
    detail: {
      zh: `此人已代表“${other.department}”在本环节作出决定`,
      en: `this person has decided in this step for ${other.department}`,
    },
  });
}
