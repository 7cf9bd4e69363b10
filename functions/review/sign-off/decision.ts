import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { SignOff } from '../../filing/applications/sign-off-record.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import type { ActorReference } from '../../shared/actor.ts';
import type { Bilingual } from '../../shared/text.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask, StepTask } from '../tasks/task.ts';
import type { Approval } from './approval-rules.ts';

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

/** Who decides, and who else is bound by it. */
export interface Decider {
  readonly actor: ActorReference;
  readonly persons: readonly string[];
  readonly onBehalfOf?: string;
}

/** What is decided on, by which guide and law, by whom and when. */
export interface DecisionContext {
  readonly task: StepTask;
  readonly application: ApplicationIn<'sign-off'>;
  readonly opened: OpenedItem;
  readonly law: Pick<PolicyBook, 'notice' | 'calendar'>;
  readonly decider: Decider;
  readonly now: Date;
}

/** What a decision does beside ending its own task. */
export interface Consequences {
  readonly to: ApplicationIn<'sign-off' | 'returned' | 'refused' | 'deduplication'>;
  readonly note: HistoryNote;
  /** Ids of tasks of other departments that end with it. */
  readonly closed: readonly string[];
  /** Tasks of the next step. */
  readonly opens: readonly SignOffTask[];
  /** What the waiting state machine is told; undefined while it goes on waiting. */
  readonly answer:
    | { readonly outcome: 'approved' | 'continue' | 'refused' | 'returned'; readonly attempt: number }
    | undefined;
}

/** The application with whom the decision binds: whoever decides in one stage decides in no other. */
export function withDeciders({
  task,
  application,
  decider,
}: Pick<DecisionContext, 'task' | 'application' | 'decider'>): ApplicationIn<'sign-off'> {
  const deciders = Object.fromEntries(decider.persons.map((person) => [person, stageOf(task.step)]));
  return { ...application, deciders: { ...application.deciders, ...deciders } };
}

/** Parts of the step that other departments have still to decide. */
export function openParts(application: ApplicationIn<'sign-off'>, task: SignOffTask): SignOff[] {
  return Object.values(application.signOffs).filter(
    (part) => !part.decision && part.step === task.step && part.department !== task.department,
  );
}

/** A remark in both languages: in the one it has where the other is missing. */
export function inBoth({ zh, en }: Remark): Bilingual {
  return { zh, en: en ?? zh };
}
