import type { DynamoGuideSource } from '../../policy/guides/guide-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { Application } from '../applications/application.ts';
import type { ApplicationStore } from '../applications/application-store.ts';
import type { CompetitionStore } from '../applications/competition-store.ts';
import { ownApplication } from '../applications/own-application.ts';
import { isAwaited } from '../documents/document.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import type { LateExceptionStore } from '../late-exceptions/late-exception-store.ts';
import { type OpenFor, type OpenParts, requireOpenFor } from '../late-exceptions/open-for.ts';
import { answered, requireSubmittable, type Submittable, submitted } from './submission-decision.ts';

export interface SubmitParts extends OpenParts {
  readonly exceptions: Pick<LateExceptionStore, 'of' | 'use'>;
  /** What the policy reads guides from. */
  readonly guides: Pick<DynamoGuideSource, 'asPublished'>;
  readonly store: ApplicationStore;
  readonly documents: DocumentStore;
  readonly competition: Pick<CompetitionStore, 'enter'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/**
 * Submits a draft, or what was corrected. One transaction fixes content and documents, writes the history, remembers
 * the key and asks the relay to start the review; so however often it is sent, there is one submission and one
 * execution. A corrected application stays under the guide and the date that it was first submitted under.
 * @param without ids of documents that are still being sent and that it is submitted without.
 * @throws DomainError incomplete with every gap at once; item-not-open; deadline-passed; same-person where the guide
 * wants another one than the preparer; not-in-this-state; idempotency-key-reused.
 */
export async function submitApplication(
  parts: SubmitParts,
  actor: Actor,
  applicationId: string,
  idempotencyKey: string,
  without: readonly string[] = [],
): Promise<Application> {
  return decideAgainOnConflict(async () => {
    const read = await ownApplication(parts.store, actor, applicationId);
    // The key is read after the application: whoever sees a submission of this key sees the key as well.
    const earlier = await parts.store.submissionUnder(read.organisation, idempotencyKey);
    if (earlier) return answered(earlier, await ownApplication(parts.store, actor, applicationId));
    const now = parts.clock();
    const application = requireSubmittable(read, actor, now);
    // What closes an item may be published while it is submitted: the transaction is of what was read, or is decided again.
    const published = application.status === 'draft' ? await parts.guides.asPublished() : [];
    const { opened, exception } = await openedFor(parts, application, now);
    const documents = await parts.documents.list(applicationId);
    const accepted = documents.filter((document) => document.status === 'accepted');
    const awaited = documents.filter(
      (document) => document.status === 'quarantined' || isAwaited(document, now),
    );
    const before = await submittedBefore(parts.store, application);
    const { to, note, corrects } = submitted({
      ...{ application, accepted, awaited, without, before, opened, exception, actor, now },
    });
    const { number } = to.submission;
    await parts.store.write([
      ...parts.store.transition(application, to, note),
      parts.store.keepSubmission(to),
      ...(exception ? [parts.exceptions.use(exception, applicationId, to.submission.at)] : []),
      ...(opened.item.competition === 'competitive'
        ? [parts.competition.enter({ organisation: to.organisation, year: opened.guide.year }, applicationId)]
        : []),
      ...parts.documents.stillAccepted(
        to.submission.documents.map(({ documentId }) => ({ applicationId, documentId })),
      ),
      ...published,
      parts.store.rememberSubmission(to, idempotencyKey, now),
      ...(corrects === undefined
        ? []
        : [
            parts.outbox.message({
              type: 'resume',
              waitId: waitIds.correction(applicationId, corrects),
              output: { outcome: 'corrected' },
            }),
          ]),
      parts.outbox.message({ type: 'start-review', applicationId, submission: number }),
    ]);
    return to;
  });
}

async function submittedBefore(store: ApplicationStore, application: Submittable) {
  if (application.status === 'draft') return undefined;
  const { number } = application.submission;
  return (await store.submissions(application.applicationId)).find((one) => one.number === number);
}

/**
 * The item as a submission falls under it, and the exception that lets it come after the closing; of a correction, under its
 * own guide. @throws DomainError item-not-open
 */
async function openedFor(parts: OpenParts, application: Submittable, now: Date): Promise<OpenFor> {
  const { item } = application.content;
  if (application.status === 'draft') return requireOpenFor(parts, application.organisation, item, now);
  return { opened: await parts.policy.requireItem(application.guide, item) };
}
