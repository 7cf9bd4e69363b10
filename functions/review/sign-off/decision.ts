import type { ApplicationIn, SignOff } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Outbox } from '../../shared/outbox.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { waitIds } from '../../shared/wait-repository.ts';
import type { SignOffTask } from '../tasks/task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';
import type { Approval } from './check-approval.ts';

/** What a reviewer writes, at least in Chinese. */
export interface Remark {
  readonly zh: string;
  readonly en?: string | undefined;
}

/** What a decision was based on, as the task showed it. */
interface Seen {
  readonly contentHash: string;
}

/** The same of a decision that may leave it out. */
interface Looked {
  readonly contentHash?: string | undefined;
}

/** What has to be corrected, and in how many days of the guide's unit. */
export interface ReturnRequest {
  readonly items: readonly {
    readonly path: string;
    readonly reason: Remark;
    readonly citation?: string | undefined;
  }[];
  /** Default: as many as the guide allows. */
  readonly dueDays?: number | undefined;
}

/** What a reviewer decides. */
export type Decision =
  | (Approval & Seen & { readonly outcome: 'approve'; readonly reason?: Remark | undefined })
  | (Seen & { readonly outcome: 'recommend'; readonly reason?: Remark | undefined })
  | (Seen & { readonly outcome: 'opine'; readonly favourable: boolean; readonly opinion: Remark })
  | (Looked & { readonly outcome: 'refuse'; readonly reason: Remark; readonly citation: string })
  | (Looked & ReturnRequest & { readonly outcome: 'return' })
  | { readonly outcome: 'abstain'; readonly reason: string };

export interface DecideParts {
  readonly store: ApplicationStore;
  readonly tasks: SignOffTaskStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** Who decides, and who else is bound by it. */
export interface Decider {
  readonly actor: { readonly id: string; readonly role: string };
  readonly persons: readonly string[];
  readonly onBehalfOf?: string;
}

/** Parts of the step that other departments have still to decide. */
export function openParts(application: ApplicationIn<'sign-off'>, task: SignOffTask): SignOff[] {
  return Object.values(application.signOffs).filter(
    (part) => !part.decision && part.step === task.step && part.department !== task.department,
  );
}

/** Ends the wait that the application is in. */
export function resumeSignOff(
  outbox: Outbox,
  application: ApplicationIn<'sign-off'>,
  outcome: string,
  attempt: number,
): GuardedWrite {
  const { applicationId, submission, signOffAttempt } = application;
  return outbox.message({
    type: 'resume',
    waitId: waitIds.signOff(applicationId, submission.number, signOffAttempt),
    output: { outcome, attempt },
  });
}

/** A remark in both languages: in the one it has where the other is missing. */
export function inBoth({ zh, en }: Remark): Bilingual {
  return { zh, en: en ?? zh };
}
