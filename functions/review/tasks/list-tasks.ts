import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { Inbox } from './inbox.ts';
import { searchable } from './name-search.ts';
import { requireReviewer } from './own-task.ts';
import type { SignOffTask } from './task.ts';

export interface TaskQuery {
  readonly item?: string | undefined;
  readonly kind?: SignOffTask['kind'] | undefined;
  readonly district?: string | undefined;
  /** Only what is past its due date. */
  readonly overdue?: 'true' | undefined;
  /** Only what the caller has taken. */
  readonly mine?: 'true' | undefined;
  /** Part of the organisation's name. */
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Open tasks of the reviewer's department, the first due first. Whoever looks is known as a member of the department
 * from then on, so that its lead can hand tasks to them.
 * @throws DomainError forbidden without a department to decide for; invalid-request for a name of fewer than two characters.
 */
export async function listTasks(
  parts: {
    readonly inbox: Inbox;
    readonly people: Pick<PeopleStore, 'seeMember'>;
    readonly clock: Clock;
  },
  actor: Actor,
  { overdue, mine, q, limit, cursor, ...filter }: TaskQuery,
) {
  const department = requireReviewer(actor);
  const name = q === undefined ? undefined : searchable(q);
  if (name !== undefined && [...name].length < 2) throw tooShort();
  const [page] = await Promise.all([
    parts.inbox.page(
      department,
      {
        ...filter,
        assignee: mine && actor.id,
        dueBefore: overdue && parts.clock(),
        name,
      },
      { limit, cursor },
    ),
    parts.people.seeMember(department, actor.id),
  ]);
  return page;
}

function tooShort(): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'query.q',
        rule: 'at-least-two-characters',
        message: {
          zh: '请输入至少两个字（不计空格和标点）',
          en: 'search for two characters at least, blanks and punctuation not counted',
        },
      },
    ],
  });
}
