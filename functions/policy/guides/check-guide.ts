import { itemIdOf } from '../notice/item-id.ts';
import type { Notice } from '../notice/notice-schema.ts';
import { duplicates, type PolicyFault } from '../notice/policy-fault.ts';
import { amountFaults, amountsThatFit, partFaults, unasked } from './check-amount.ts';
import { reviewFaults } from './check-review.ts';
import type { CheckedGuide, CheckedItem } from './checked-guide.ts';
import { conditionEnvironment, conditionFault } from './condition-environment.ts';

/**
 * What a guide may not do beyond its schema: open what the notice does not have, exceed its ceilings, name facts it does
 * not ask, use conditions that do not fit their facts.
 * @returns every fault; none for a guide that may be published.
 */
export function checkGuide(guide: CheckedGuide, notice: Notice): PolicyFault[] {
  const { version, year, pools, items } = guide;
  const faults = [...duplicates('pools', pools), ...duplicates('items', items)];
  if (version !== undefined && year !== undefined && !version.startsWith(`${year}.`)) {
    faults.push({
      path: ['version'],
      message: `is not a version of the year ${year}`,
      zh: `不是 ${year} 年的版本`,
    });
  }
  pools.forEach((pool, index) => {
    if (pool?.id !== undefined && !items.some((item) => item?.pool === pool.id)) {
      faults.push({
        path: ['pools', index, 'id'],
        message: `no item is paid from the pool ${pool.id}`,
        zh: `没有事项由资金池“${pool.id}”支付`,
      });
    }
  });
  items.forEach((item, index) => {
    const of = item ? itemFaults(guide, item, notice) : [];
    faults.push(...of.map((fault) => ({ ...fault, path: ['items', index, ...fault.path] })));
  });
  if (guide.accountCoolingOff && 'seconds' in guide.accountCoolingOff && guide.illustrative === false) {
    faults.push({
      path: ['accountCoolingOff', 'seconds'],
      message: 'a cooling-off of seconds is for an illustrative guide only',
      zh: '只有示例指南的冷静期可以按秒计',
    });
  }
  return faults;
}

function itemFaults(guide: CheckedGuide, item: CheckedItem, notice: Notice): PolicyFault[] {
  return [
    ...lawFaults(item, notice),
    ...windowFaults(item, notice),
    ...poolFaults(guide, item),
    ...duplicates('materials', item.materials),
    ...factFaults(item),
    ...namedFactFaults(item),
    ...partFaults(item),
    ...levelFaults(item),
    ...conditionFaults(item),
    ...reviewFaults(item, notice),
    ...noticeFaults(guide, item),
  ];
}

/** Whether the notice has the item, whether a guide may open it, and whether it pays no more than the notice lets it. */
function lawFaults(item: CheckedItem, notice: Notice): PolicyFault[] {
  if (item.item === undefined || item.part === undefined) return [];
  const law = notice.items.find((candidate) => candidate.id === item.item);
  if (!law)
    return [
      { path: ['item'], message: `the notice has no item ${item.item}`, zh: `通知没有事项“${item.item}”` },
    ];
  const part = law.parts.find((candidate) => candidate.id === item.part);
  if (!part) {
    const parts = law.parts.map((candidate) => candidate.id).join(', ');
    return [
      {
        path: ['part'],
        message: `${law.id} has no part ${item.part}, only: ${parts}`,
        zh: `事项“${law.id}”没有“${item.part}”部分，只有：“${parts}”`,
      },
    ];
  }
  const faults: PolicyFault[] = [];
  const id = itemIdOf(law.id, part.id);
  if (item.id !== undefined && item.id !== id)
    faults.push({ path: ['id'], message: `must be ${id}`, zh: `应为“${id}”` });
  if (part.kind === 'outside') {
    const message = `${id} is outside this system, no guide opens it (${law.clause})`;
    const zh = `“${id}”不由本系统办理，指南不得开放（${law.clause}）`;
    return [...faults, { path: ['item'], message, zh }];
  }
  if (!item.amount) return faults;
  const wanted = amountsThatFit(part);
  if (!wanted.includes(item.amount.kind)) {
    const message = `an item of kind ${part.kind} has an amount of kind ${wanted.join(' or ')}, not ${item.amount.kind} (${law.clause})`;
    const zh = `该类事项的金额形式应为“${wanted.join('”或“')}”，而非“${item.amount.kind}”（${law.clause}）`;
    return [...faults, { path: ['amount', 'kind'], message, zh }];
  }
  return [...faults, ...amountFaults(item.amount, part, law.clause)];
}

function windowFaults({ window }: CheckedItem, { inForce }: Notice): PolicyFault[] {
  if (!window) return [];
  const opens = Date.parse(window.opensAt);
  const closes = Date.parse(window.closesAt);
  const life = {
    message: `the notice is in force from ${inForce.from} to ${inForce.to}`,
    zh: `通知自 ${inForce.from} 至 ${inForce.to} 有效`,
  };
  const faults: PolicyFault[] = [];
  if (closes <= opens) {
    faults.push({
      path: ['window', 'closesAt'],
      message: 'the window closes before it opens',
      zh: `截止时间早于开始时间`,
    });
  }
  if (opens < Date.parse(`${inForce.from}T00:00:00+08:00`)) {
    faults.push({ path: ['window', 'opensAt'], ...life });
  }
  if (closes > Date.parse(`${inForce.to}T00:00:00+08:00`) + 86_400_000) {
    faults.push({ path: ['window', 'closesAt'], ...life });
  }
  return faults;
}

function poolFaults({ pools }: CheckedGuide, { pool, amount }: CheckedItem): PolicyFault[] {
  if (pool !== undefined && !pools.some((candidate) => candidate?.id === pool)) {
    return [{ path: ['pool'], message: `no pool ${pool}`, zh: `没有资金池“${pool}”` }];
  }
  if (!amount) return [];
  if (amount.kind === 'none') {
    return pool === undefined
      ? []
      : [{ path: ['pool'], message: 'an item without money has no pool', zh: `不涉及资金的事项没有资金池` }];
  }
  return pool === undefined
    ? [{ path: ['pool'], message: 'an item with money has a pool', zh: `涉及资金的事项应有资金池` }]
    : [];
}

function factFaults({ facts }: CheckedItem): PolicyFault[] {
  return [
    ...duplicates('facts', facts),
    ...facts.flatMap((definition, index): PolicyFault[] => {
      const path = ['facts', index, 'values'];
      const { type, values } = definition ?? {};
      if (type === 'enum' && !values)
        return [{ path, message: 'a fact to choose has values', zh: `供选择的内容应列出选项` }];
      if (type !== undefined && type !== 'enum' && values) {
        return [{ path, message: 'only a fact to choose has values', zh: `只有供选择的内容才有选项` }];
      }
      return duplicates('values', values ?? [], ['facts', index]);
    }),
  ];
}

/** Facts that amount, matter and evidence name have to be asked for; what is counted has to be money. */
function namedFactFaults(item: CheckedItem): PolicyFault[] {
  const { amount, matter } = item;
  const asked = new Map(item.facts.map((definition) => [definition?.id, definition?.type]));
  const check = (path: (string | number)[], id: string | undefined, money: boolean): PolicyFault[] => {
    if (id === undefined) return [];
    if (!asked.has(id)) return [unasked(path, id)];
    const type = asked.get(id);
    return money && type !== undefined && type !== 'money'
      ? [
          {
            path,
            message: `the fact ${id} is no money, but ${type}`,
            zh: `填报内容“${id}”不是金额，而是“${type}”`,
          },
        ]
      : [];
  };
  return [
    ...(amount?.kind === 'ratio' ? check(['amount', 'claimed'], amount.claimed, true) : []),
    ...(amount?.kind === 'tiers'
      ? [
          ...check(['amount', 'revenue'], amount.revenue, true),
          ...check(['amount', 'earlier'], amount.earlier, true),
        ]
      : []),
    ...(matter?.facts ?? []).flatMap((id, index) => check(['matter', 'facts', index], id, false)),
    ...item.evidence.flatMap((piece, index) => check(['evidence', index, 'fact'], piece?.fact, false)),
  ];
}

/** What is supported at municipal level is not supported again by law: a guide may count more levels, never fewer. */
function levelFaults({ deduplication }: CheckedItem): PolicyFault[] {
  if (!deduplication || deduplication.levels.includes('municipal')) return [];
  const message = 'leaves out municipal: a guide adds levels to the one that the notice itself bars (三(二))';
  const zh = '缺少“municipal”（市级）：指南只能在通知规定的市级之外增加级别（三(二)）';
  return [{ path: ['deduplication', 'levels'], message, zh }];
}

/** Names that the report of a condition can give the value of. */
const inputName = /^(?:(?:facts|enterprise)\.\w+|submittedOn|year)$/;

function conditionFaults({ facts, conditions }: CheckedItem): PolicyFault[] {
  const typed = facts.flatMap((definition) =>
    definition?.id !== undefined && definition.type !== undefined
      ? [{ id: definition.id, type: definition.type, title: definition.title }]
      : [],
  );
  const environment = conditionEnvironment({ facts: typed });
  return [
    ...duplicates('conditions', conditions),
    ...conditions.flatMap((one, index) => {
      const path = ['conditions', index];
      const faults: PolicyFault[] = [];
      const fault = one?.expression === undefined ? undefined : conditionFault(environment, one.expression);
      if (fault) faults.push({ path: [...path, 'expression'], message: fault.en, zh: fault.zh });
      (one?.inputs ?? []).forEach((name, position) => {
        if (name === undefined || (inputName.test(name) && environment.check(name).valid)) return;
        faults.push({
          path: [...path, 'inputs', position],
          message: `names no value: "${name}"`,
          zh: `没有名为“${name}”的值`,
        });
      });
      return faults;
    }),
  ];
}

function noticeFaults({ illustrative }: CheckedGuide, { notice }: CheckedItem): PolicyFault[] {
  if (!notice || !('seconds' in notice) || illustrative !== false) return [];
  const message = 'a notice of seconds is for an illustrative guide only';
  return [{ path: ['notice', 'seconds'], message, zh: '只有示例指南的公示期可以按秒计' }];
}
