import * as z from 'zod';
import { decodeCursor, encodeCursor, scopeOf } from '../../shared/cursor.ts';
import { DomainError } from '../../shared/errors.ts';
import { assertStep, stepWrites } from '../../shared/history.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Table } from '../../shared/table.ts';
import { applications } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { OrganisationCode } from '../../shared/vocabulary.ts';
import { type Application, type ApplicationIn, ApplicationSchema } from './application.ts';
import { type HistoryNote, type HistoryRow, HistoryRowSchema } from './history-row.ts';
import { transitions } from './lifecycle.ts';
import { type SubmissionRecord, SubmissionRecordSchema } from './submissions.ts';

const { application, draftPlaces, history, submission, submissionAnswer } = applications.entities;

/** What limits for organisations rest on: no law fixes them. */
export const quotaCitation = '主管部门确定的申报限额';
/** How long a client may send a submission again. */
const answerKeptSeconds = 30 * 86_400;
const SubmissionAnswerSchema = z.object({ applicationId: z.string(), number: z.int().default(1) });
/** The submission that was made under a client's key. */
export type SubmissionAnswer = z.output<typeof SubmissionAnswerSchema>;

/** Applications, their history and what was submitted of them, in DynamoDB. */
export class ApplicationStore {
  readonly #table: Table<'applications'>;

  constructor(table: Table<'applications'>) {
    this.#table = table;
  }

  /** The application, read consistently, or undefined. */
  async get(applicationId: string): Promise<Application | undefined> {
    const item = await this.#table.get(application.key({ applicationId }));
    return item && ApplicationSchema.parse(item['state']);
  }

  /** The application. @throws DomainError not-found */
  async require(applicationId: string): Promise<Application> {
    const found = await this.get(applicationId);
    if (!found) throw new DomainError('not-found');
    return found;
  }

  /**
   * One page of an organisation's applications, newest first. A draft just made may take a moment to appear.
   * @throws DomainError invalid-request for the cursor of another listing.
   */
  async ofOrganisation(
    organisation: OrganisationCode,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ items: Application[]; nextCursor: string | undefined }> {
    const own = application.listed('byOrganisation', { organisation });
    const scope = scopeOf(own);
    const { items, lastKey } = await this.#table.page(own, {
      newestFirst: true,
      limit,
      start: decodeCursor(cursor, scope),
    });
    return {
      items: items.map((item) => ApplicationSchema.parse(item['state'])),
      nextCursor: encodeCursor(lastKey, scope),
    };
  }

  /** Rows of the history, oldest first, from after a version. */
  async history(applicationId: string, after: number, limit: number): Promise<HistoryRow[]> {
    const [from, to] = [history.sk({ version: after + 1 }), history.sk({ version: 999_999_999 })];
    const { items } = await this.#table.page(history.of({ applicationId }, { from, to }), { limit });
    return items.map((item) => HistoryRowSchema.parse(item['row']));
  }

  /** Every submission of an application, oldest first. */
  async submissions(applicationId: string): Promise<SubmissionRecord[]> {
    const { items } = await this.#table.page(submission.of({ applicationId }));
    return items.map((item) => SubmissionRecordSchema.parse(item['record']));
  }

  /** The submission that an organisation made under a client's key, read consistently, or undefined. */
  async submissionUnder(
    organisation: OrganisationCode,
    idempotencyKey: string,
  ): Promise<SubmissionAnswer | undefined> {
    const item = await this.#table.get(submissionAnswer.key({ organisation, idempotencyKey }));
    return item && SubmissionAnswerSchema.parse(item);
  }

  /**
   * The writes that bring an application from one state to the next: the aggregate, on condition that it is still at
   * the version, status and newest history row it was read at, and the next row of its history. What is read once
   * leads to one transition: the next one needs the hash of this one's row, which the stored application has.
   * @param conflict the error when it is not. Default: `concurrent-change`.
   */
  transition(
    from: Application | undefined,
    to: Application,
    note: HistoryNote,
    conflict?: () => Error,
  ): GuardedWrite[] {
    assertStep(from ? transitions[from.status] : ['draft'], from, to);
    const { applicationId, organisation, version, guide } = to;
    const writes = stepWrites(this.#table, {
      key: application.key({ applicationId }),
      rowKey: history.key({ applicationId, version }),
      id: applicationId,
      attributes: indexes,
      from,
      to,
      row: { version, ...(from && { from: from.status }), to: to.status, ...note, guide },
      conflict,
    });
    const isLeft = from?.status === 'draft' && to.status !== 'draft';
    return isLeft ? [...writes, this.#leaveDraftPlace(organisation, applicationId)] : writes;
  }

  /**
   * The write by which a new draft takes one of its organisation's places; what is a draft no more leaves it by itself.
   * @throws when it is done, DomainError quota-exceeded where all of them are taken.
   */
  takeDraftPlace({ organisation, applicationId }: ApplicationIn<'draft'>, atMost: number): GuardedWrite {
    return this.#table.update(draftPlaces.key({ organisation }), {
      set: 'ADD drafts :draft',
      when: 'attribute_not_exists(drafts) OR size(drafts) < :most',
      values: { ':draft': new Set([applicationId]), ':most': atMost },
      otherwise: () => tooManyDrafts(atMost),
    });
  }

  #leaveDraftPlace(organisation: OrganisationCode, applicationId: string): GuardedWrite {
    return this.#table.update(draftPlaces.key({ organisation }), {
      set: 'DELETE drafts :draft',
      values: { ':draft': new Set([applicationId]) },
    });
  }

  /** The write that keeps what a submission holds. */
  keepSubmission({ applicationId, content, submission: made }: ApplicationIn<'submitted'>): GuardedWrite {
    const { number, at, contentHash, documents } = made;
    const record: SubmissionRecord = { number, at, contentHash, content, documents };
    return this.#table.putNew(submission.key({ applicationId, number }), { record });
  }

  /** The write that keeps under which of a client's keys a submission was made. */
  rememberSubmission(
    { organisation, applicationId, submission: { number } }: ApplicationIn<'submitted'>,
    idempotencyKey: string,
    now: Date,
  ): GuardedWrite {
    const expiresAt = Math.floor(now.getTime() / 1000) + answerKeptSeconds;
    const key = submissionAnswer.key({ organisation, idempotencyKey });
    return this.#table.putNew(key, { applicationId, number, expiresAt });
  }

  /** Writes a transition together with other writes, all or nothing. */
  async write(writes: readonly GuardedWrite[]): Promise<void> {
    await this.#table.transact(writes);
  }
}

function tooManyDrafts(atMost: number): DomainError {
  const message = {
    zh: `本单位已有 ${atMost} 件草稿，达到上限：请先提交或删除不再需要的草稿`,
    en: `your organisation has ${atMost} drafts, as many as it may: submit or delete one first`,
  };
  return new DomainError('quota-exceeded', {
    detail: message,
    faults: [{ path: 'drafts', rule: 'drafts-of-organisation', message, citation: quotaCitation }],
  });
}

/** Which part of an item's applications one stands in: `draft`, or `filed` from its submission on. */
export function phaseOf(status: Application['status']): 'draft' | 'filed' {
  return status === 'draft' ? 'draft' : 'filed';
}

/** Attributes of the sparse indexes. Only what an award's public entry shows stands in the `awards` index. */
function indexes(state: Application): Record<string, unknown> {
  if (state.status === 'deleted') return {};
  const { applicationId, organisation, createdAt, status } = state;
  const listing = {
    ...application.entry('byOrganisation', { organisation, createdAt }),
    // Who has withdrawn is told nothing more of the item.
    ...(status !== 'withdrawn' &&
      application.entry('byItem', { item: state.content.item, phase: phaseOf(status), applicationId })),
  };
  // What was under notice and is taken back stays there, with what became of it.
  const isPublic =
    status === 'noticed' || status === 'ordered' || status === 'closed' || status === 'cancelled';
  if (!isPublic) return listing;
  const { award, notice, content } = state;
  const noticedAt = notice.opensAt;
  const year = shanghaiDate(new Date(noticedAt)).slice(0, 4);
  return {
    ...listing,
    ...application.entry('awards', { year, noticedAt, applicationId }),
    applicationId,
    organisationName: content.enterprise.name,
    item: content.item,
    projectName: content.projectName,
    awardFen: award.fen,
    roundId: award.roundId,
    status,
    noticedAt,
    closesAt: notice.closesAt,
  };
}
