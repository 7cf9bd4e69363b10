import { itemIdOf } from './item-id.ts';
import type { Notice, NoticePart } from './notice-schema.ts';
import { duplicates, type PolicyFault } from './policy-fault.ts';

type Path = readonly (string | number)[];

/**
 * What the notice's data may not say beyond its schema: name departments it does not have, leave a measure without an
 * item, pay without a ceiling, succeed in a circle.
 * @returns every fault.
 */
export function checkNotice(notice: Notice): PolicyFault[] {
  const { departments, citedDocuments, directions, measures, items, inForce } = notice;
  const faults = [
    ...duplicates('departments', departments),
    ...duplicates('citedDocuments', citedDocuments),
    ...duplicates('directions', directions),
    ...duplicates('items', items),
    ...duplicates('measures', clausesAsIds(measures)),
    ...successorFaults('departments', departments),
    ...successorFaults('citedDocuments', citedDocuments),
  ];
  if (inForce.to < inForce.from) {
    const message = 'it goes out of force before it comes into force';
    faults.push({ path: ['inForce', 'to'], message, zh: '失效日期早于生效日期' });
  }
  const known = new Set(departments.map((department) => department.id));
  const departmentFaults = (path: Path, named: Pick<NoticePart, 'lead' | 'support'>): PolicyFault[] =>
    (['lead', 'support'] as const).flatMap((role) =>
      named[role].flatMap((id, index) =>
        known.has(id)
          ? []
          : [{ path: [...path, role, index], message: `no department ${id}`, zh: `没有部门“${id}”` }],
      ),
    );
  measures.forEach(({ clause }, index) => {
    if (items.some((item) => item.clause === clause)) return;
    const [message, zh] = [`the measure ${clause} has no item`, `措施“${clause}”没有事项`];
    faults.push({ path: ['measures', index, 'clause'], message, zh });
  });
  directions.forEach((direction, index) => {
    faults.push(...departmentFaults(['directions', index], direction));
  });
  items.forEach((item, index) => {
    const path = ['items', index];
    if (!measures.some((measure) => measure.clause === item.clause)) {
      const [message, zh] = [`no measure ${item.clause}`, `没有措施“${item.clause}”`];
      faults.push({ path: [...path, 'clause'], message, zh });
    }
    faults.push(...duplicates('parts', item.parts, path));
    if (item.parts.some((part) => part.id === 'all') && item.parts.length > 1) {
      faults.push({
        path: [...path, 'parts'],
        message: 'the part all stands alone',
        zh: '“all”部分须单独存在',
      });
    }
    item.parts.forEach((part, position) => {
      const at = [...path, 'parts', position];
      faults.push(...departmentFaults(at, part), ...ceilingFaults(at, part));
    });
  });
  return [...faults, ...sharedIdFaults(items)];
}

/** Applications name a part by one id (`itemIdOf`): two parts of it could not be told apart. */
function sharedIdFaults(items: Notice['items']): PolicyFault[] {
  const holders = new Map<string, { readonly item: string; readonly part: string }>();
  return items.flatMap((item, index) =>
    item.parts.flatMap((part, position) => {
      const id = itemIdOf(item.id, part.id);
      const holder = holders.get(id);
      holders.set(id, holder ?? { item: item.id, part: part.id });
      // The same part of the same item stands twice, which is told of already.
      if (!holder || (holder.item === item.id && holder.part === part.id)) return [];
      const [message, zh] = [
        `${id} is what a part of ${holder.item} is called`,
        `“${id}”已是事项“${holder.item}”某部分的标识`,
      ];
      return [{ path: ['items', index, 'parts', position], message, zh }];
    }),
  );
}

function ceilingFaults(path: Path, { kind, ceiling }: NoticePart): PolicyFault[] {
  if (kind === 'paid' && !ceiling)
    return [{ path, message: 'what is paid has a ceiling', zh: '拨付资金的事项应有上限' }];
  if (kind !== 'paid' && ceiling) {
    const [message, zh] = [`${kind} has no ceiling in the notice`, `“${kind}”在通知中没有上限`];
    return [{ path: [...path, 'ceiling'], message, zh }];
  }
  if (ceiling?.kind !== 'tiers') return [];
  return [
    ...duplicates('tiers', ceiling.tiers, [...path, 'ceiling']),
    ...ceiling.tiers.flatMap((tier, index) => {
      const before = ceiling.tiers[index - 1];
      if (!before || (before.reachedAtFen < tier.reachedAtFen && before.fen < tier.fen)) return [];
      const message = 'a higher tier is reached later and pays more than the one before it';
      const zh = '较高档次的标准和金额都应高于前一档次';
      return [{ path: [...path, 'ceiling', 'tiers', index], message, zh }];
    }),
  ];
}

/** Successors exist and lead to an end. */
function successorFaults(
  list: string,
  entries: readonly { readonly id: string; readonly successor?: string | undefined }[],
): PolicyFault[] {
  const successors = new Map(entries.map(({ id, successor }) => [id, successor]));
  return entries.flatMap(({ id, successor }, index) => {
    if (successor === undefined) return [];
    const path = [list, index, 'successor'];
    if (!successors.has(successor)) {
      return [{ path, message: `no successor ${successor}`, zh: `没有承继者“${successor}”` }];
    }
    const passed = new Set([id]);
    for (let next: string | undefined = successor; next !== undefined; next = successors.get(next)) {
      if (passed.has(next)) {
        const circle = [...passed].join(' → ');
        return [{ path, message: `succession goes in a circle: ${circle}`, zh: `承继关系循环：“${circle}”` }];
      }
      passed.add(next);
    }
    return [];
  });
}

function clausesAsIds(measures: Notice['measures']): { id: string }[] {
  return measures.map(({ clause }) => ({ id: clause }));
}
