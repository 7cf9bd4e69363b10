import type { Notice } from '../notice/notice-schema.ts';
import { duplicates, type PolicyFault } from '../notice/policy-fault.ts';
import type { CheckedItem } from './checked-guide.ts';
import type { GuideItem, SignOffStep } from './guide-schema.ts';

/** What is wrong with the review of an item by people: the steps of its sign-off, corrections and experts. */
export function reviewFaults(item: CheckedItem, notice: Notice): PolicyFault[] {
  const { signOff, correction } = item;
  return [
    ...approvalFaults(signOff?.steps ?? []),
    ...(signOff?.steps ?? []).flatMap((step, index) =>
      stepFaults(step, item, notice).map((fault) => ({
        ...fault,
        path: ['signOff', 'steps', index, ...fault.path],
      })),
    ),
    ...leadTimeFaults(['signOff', 'remindBefore'], signOff?.remindBefore, signOff?.due),
    ...leadTimeFaults(['correction', 'warnBefore'], correction?.warnBefore, correction?.due),
    ...expertFaults(item),
    ...scoredApprovalFaults(item),
  ];
}

/** The lead's approval fixes the amount: nothing that comes after it could be taken into account. */
function approvalFaults(steps: readonly SignOffStep[]): PolicyFault[] {
  if (steps.length === 0) return [];
  if (!steps.some(({ kind, by }) => kind === 'approve' && by === 'lead')) {
    return [
      {
        path: ['signOff', 'steps'],
        message: 'no step is the approval by the lead',
        zh: `没有由牵头部门审定的环节`,
      },
    ];
  }
  return steps.slice(0, -1).flatMap(({ kind }, index) => {
    if (kind !== 'approve') return [];
    return [
      {
        path: ['signOff', 'steps', index, 'kind'],
        message: 'only the last step is an approval',
        zh: `只有最后一个环节可以是审定`,
      },
    ];
  });
}

function stepFaults({ kind, by, restsOn }: SignOffStep, item: CheckedItem, notice: Notice): PolicyFault[] {
  const faults: PolicyFault[] = [];
  if (kind === 'approve' && by !== 'lead')
    faults.push({ path: ['by'], message: 'only the lead approves', zh: `只有牵头部门可以审定` });
  if (kind === 'recommend' && by !== 'district') {
    faults.push({ path: ['by'], message: 'only the district recommends', zh: `只有各区可以推荐` });
  }
  if (kind === 'opinion' && typeof by === 'string') {
    faults.push({
      path: ['by'],
      message: 'an opinion is given by departments that are named by their ids',
      zh: `出具意见的部门应以其标识列出`,
    });
  }
  if (typeof by !== 'string') {
    by.forEach((id, index) => {
      if (notice.departments.some((department) => department.id === id)) return;
      faults.push({
        path: ['by', index],
        message: `the notice has no department ${id}`,
        zh: `通知没有部门“${id}”`,
      });
    });
  }
  (restsOn ?? []).forEach((id, index) => {
    if (asks(item.facts, id) || asks(item.materials, id)) return;
    faults.push({
      path: ['restsOn', index],
      message: `names no fact or material of the item: ${id}`,
      zh: `“${id}”不是该事项的填报内容或材料`,
    });
  });
  return faults;
}

type Days = GuideItem['signOff']['due'];

/** A reminder before the time that it is about has begun would be none; days of two kinds cannot be compared. */
function leadTimeFaults(
  path: readonly string[],
  before: Days | undefined,
  due: Days | undefined,
): PolicyFault[] {
  if (!before || !due) return [];
  if (before.unit !== due.unit) {
    const message = `is counted in ${before.unit} days, and what is due in ${due.unit} days`;
    const zh = `按“${before.unit}”计日，而期限按“${due.unit}”计日`;
    return [{ path: [...path, 'unit'], message, zh }];
  }
  if (before.days <= due.days) return [];
  const message = `${before.days} days are longer than the ${due.days} days until it is due`;
  const zh = `提前 ${before.days} 日长于 ${due.days} 日的期限`;
  return [{ path: [...path, 'days'], message, zh }];
}

function expertFaults({ experts, amount, facts, materials }: CheckedItem): PolicyFault[] {
  if (!experts) return [];
  const unasked = (list: 'facts' | 'materials', asked: Parameters<typeof asks>[0], what: string) =>
    experts[list].flatMap((id, index) => {
      if (asks(asked, id)) return [];
      return [
        {
          path: ['experts', list, index],
          message: `names a ${what} that the item does not ask: "${id}"`,
          zh: `引用了该事项未要求的内容“${id}”`,
        },
      ];
    });
  return [
    ...(amount?.kind === 'none'
      ? [
          {
            path: ['experts'],
            message: 'an item without money is not scored by experts',
            zh: `不涉及资金的事项不由专家评分`,
          },
        ]
      : []),
    ...unasked('facts', facts, 'fact'),
    ...unasked('materials', materials, 'material'),
    ...duplicates('criteria', experts.criteria, ['experts']),
  ];
}

/** An approval that outlived what the scores were given for would bring the application through without any. */
function scoredApprovalFaults({ experts, signOff }: CheckedItem): PolicyFault[] {
  const steps = signOff?.steps ?? [];
  return steps.flatMap(({ kind, restsOn }, index) => {
    if (kind !== 'approve' || !restsOn || !experts) return [];
    const left = [...experts.facts, ...experts.materials].filter((id) => !restsOn.includes(id));
    return left.map((id) => ({
      path: ['signOff', 'steps', index, 'restsOn'],
      message: `leaves out what experts score: ${id}`,
      zh: `漏列专家评分所依据的内容“${id}”`,
    }));
  });
}

function asks(list: readonly ({ readonly id?: string | undefined } | undefined)[], id: string): boolean {
  return list.some((entry) => entry?.id === id);
}
