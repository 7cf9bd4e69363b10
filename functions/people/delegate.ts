import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { NewId } from '../shared/ids.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import type { Bilingual } from '../shared/text.ts';
import { type Delegation, overlaps } from './delegation.ts';
import type { PeopleStore } from './people-store.ts';
import { requireDepartment } from './require-department.ts';

/**
 * Hands the caller's tasks over to a colleague of the same department for an absence. The same request again finds the
 * delegation that it made.
 * @param absence first and last day, in Shanghai.
 * @throws DomainError forbidden without a department; invalid-request for oneself, for somebody who is no known member,
 * or for days that are past or in the wrong order; already-exists when days are handed over already.
 */
export async function delegate(
  parts: { readonly people: PeopleStore; readonly clock: Clock; readonly newId: NewId },
  actor: Actor,
  absence: Pick<Delegation, 'to' | 'from' | 'until'>,
): Promise<Delegation> {
  const department = requireDepartment(actor);
  const { to, from, until } = absence;
  // The token says so; colleagues are looked up among those who were seen with one.
  await parts.people.seeMember(department, actor.id);
  return decideAgainOnConflict(async () => {
    const now = parts.clock();
    const given = await parts.people.given(actor.id);
    const same = given.delegations.find(
      (one) => one.to === to && one.from === from && one.until === until && one.department === department,
    );
    if (same) return same;
    if (to === actor.id) throw refused('to', 'self', { zh: '不得委托给本人', en: 'it is yourself' });
    if (until < from) {
      throw refused('until', 'before-from', { zh: '结束日早于开始日', en: 'it ends before it begins' });
    }
    if (from < shanghaiDate(now)) {
      throw refused('from', 'in-the-past', { zh: '开始日已过', en: 'its first day is over' });
    }
    if (!(await parts.people.isMember(department, to))) {
      throw refused('to', 'not-a-member', {
        zh: `“${to}”不是本部门成员，或尚未查看过本部门待办`,
        en: `${to} is no member of your department, or has not looked into its inbox yet`,
      });
    }
    const taken = given.delegations.find((one) => overlaps(one, absence));
    if (taken) {
      throw new DomainError('already-exists', {
        detail: {
          zh: `${taken.from} 至 ${taken.until} 已有委托`,
          en: `${taken.from} to ${taken.until} is handed over already`,
        },
      });
    }
    const delegation: Delegation = {
      delegationId: parts.newId(),
      absentee: actor.id,
      ...{ to, department, from, until },
      at: now.toISOString(),
    };
    await parts.people.write(parts.people.delegation(given, delegation));
    return delegation;
  });
}

function refused(path: string, rule: string, message: Bilingual): DomainError {
  return new DomainError('invalid-request', { faults: [{ path, rule, message }] });
}
