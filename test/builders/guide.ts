import type { Content } from '../../functions/filing/applications/content.ts';
import type { Calendar } from '../../functions/policy/calendar/calendar-schema.ts';
import type { Guide, GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import { guidesInMemory, PolicyBook } from '../../functions/policy/guides/policy-book.ts';
import { itemIdOf } from '../../functions/policy/notice/item-id.ts';
import type { Notice, NoticePart } from '../../functions/policy/notice/notice-schema.ts';
import { fen } from '../../functions/shared/money.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { dcmmContent } from './content.ts';

/** Version of the guide that opens an item of every kind of support. */
export const kindsGuide = '2026.9';
export const kindsPool = 'kinds-2026';

const compiled = compilePolicy();
const sample = present(compiled.guides.find((guide) => guide.items.some(({ id }) => id === 'dcmm')));
const dcmm = present(sample.items.find(({ id }) => id === 'dcmm'));
const pool = present(sample.pools[0]);

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the sample guide has changed');
  return value;
}

export const calendarOf2026 = compiled.calendars.filter(({ year }) => year === 2026);

/** The fact and the condition of the sample guide that the list of serious dishonesty answers. */
const asking = present(sample.items.find(({ facts }) => facts.some(({ id }) => id === sample.creditFact)));
export const creditParts = {
  fact: present(asking.facts.find(({ id }) => id === sample.creditFact)),
  condition: present(asking.conditions.find(({ id }) => id === 'no-dishonesty')),
};

/** An item of the notice and of the guide at once. */
interface Kind {
  readonly law: Pick<NoticePart, 'kind' | 'lead'> & Partial<NoticePart> & { readonly clause: string };
  readonly item: Partial<GuideItem> & Pick<GuideItem, 'item' | 'amount' | 'matter'>;
}

const both = (text: string) => ({ zh: text, en: text });
const fact = (id: string, type: GuideItem['facts'][number]['type']) => ({ id, type, title: both(id) });
const programme = {
  facts: [fact('programme', 'text')],
  matter: { kind: 'core-tech', facts: ['programme'] },
  evidence: [],
};
const product = {
  facts: [fact('product', 'text')],
  matter: { kind: 'product', facts: ['product'] },
  evidence: [],
};

/** One item of every kind; amounts are chosen for tests alone. */
const kinds: readonly Kind[] = [
  {
    law: {
      kind: 'paid',
      clause: '二(一)3',
      lead: ['gz-miit'],
      ceiling: { kind: 'ratio', percent: 30, fen: fen(1_000_000_000) },
    },
    item: {
      item: 'open-source',
      amount: { kind: 'ratio', percent: 20, claimed: 'totalInputFen', fen: fen(500_000_000) },
      facts: [fact('project', 'text'), fact('totalInputFen', 'money'), fact('invoices', 'list')],
      matter: { kind: 'open-source', facts: ['project'] },
      evidence: [{ kind: 'invoice', fact: 'invoices' }],
      deduplication: { levels: ['municipal', 'district'], mode: 'top-up', similarNames: true },
    },
  },
  {
    law: { kind: 'by-guide', clause: '二(一)1', lead: ['gz-sti', 'gz-miit'] },
    item: {
      item: 'core-tech',
      part: 'a',
      amount: { kind: 'at-sign-off', fen: fen(300_000_000) },
      ...programme,
    },
  },
  {
    law: { kind: 'matching', clause: '二(一)1', lead: ['gz-sti', 'gz-miit'] },
    item: {
      item: 'core-tech',
      part: 'b',
      amount: { kind: 'at-sign-off', fen: fen(200_000_000) },
      ...programme,
    },
  },
  {
    law: { kind: 'recognition', clause: '二(三)8', lead: ['gz-sti'] },
    item: { item: 'innovation-catalogue', amount: { kind: 'none' }, ...product },
  },
  {
    law: { kind: 'referral', clause: '二(三)8', lead: ['gz-finance-regulator'] },
    item: { item: 'first-release-finance', amount: { kind: 'none' }, ...product },
  },
  {
    law: { kind: 'referral', clause: '二(四)12', lead: ['gz-education', 'districts'] },
    item: { item: 'talent', amount: { kind: 'none' }, facts: [], matter: { kind: 'talent', facts: [] } },
  },
];

/**
 * A policy with one item of every kind of support beside the sample guide's.
 * @param changes what tests change of an item, by its id.
 * @param leads lead departments that are others than the notice's, by the item's id.
 * @param calendars default: that of 2026 alone.
 */
export function policyOfKinds(
  changes: Readonly<Record<string, Partial<GuideItem>>> = {},
  leads: Readonly<Record<string, string[]>> = {},
  calendars: readonly Calendar[] = calendarOf2026,
): PolicyBook {
  const items = kinds.map(({ item }) => {
    const id = itemIdOf(item.item, item.part ?? 'all');
    const base: GuideItem = {
      ...dcmm,
      id,
      part: 'all',
      facts: [],
      evidence: [],
      notice: { seconds: 0 },
      signOff: { ...dcmm.signOff, due: { days: 20, unit: 'working' } },
      conditions: dcmm.conditions.filter((condition) => condition.id === 'in-guangzhou'),
    };
    const { pool: _, ...unpaid } = base;
    const paid = item.amount.kind === 'none' ? unpaid : { ...base, pool: kindsPool };
    return { ...paid, ...item, ...changes[id] };
  });
  const guide: Guide = {
    ...sample,
    version: kindsGuide,
    pools: [{ ...pool, id: kindsPool }],
    items,
  };
  const law = {
    ...compiled,
    notice: { ...compiled.notice, departments, items: noticeItems(leads) },
    calendars,
  };
  return new PolicyBook(law, guidesInMemory([sample, guide]));
}

const departments: Notice['departments'] = [
  ...['gz-miit', 'gz-sti', 'gz-education', 'gz-finance-office'].map((id) => ({ id, name: both(id) })),
  { id: 'gz-finance-regulator', name: both('gz-finance-regulator'), successor: 'gz-finance-office' },
];

function noticeItems(leads: Readonly<Record<string, string[]>>): Notice['items'] {
  const others = compiled.notice.items.filter(({ id }) => !kinds.some(({ item }) => item.item === id));
  const made = Map.groupBy(kinds, ({ item }) => item.item);
  return [
    ...others,
    ...[...made].map(([id, parts]) => ({
      id,
      clause: parts[0]?.law.clause ?? '',
      title: both(id),
      summary: both(id),
      parts: parts.map(({ law: { clause: _, ...law }, item: { part = 'all' } }) => ({
        id: part,
        title: both(id),
        support: [],
        ...law,
        lead: leads[itemIdOf(id, part)] ?? law.lead,
      })),
    })),
  ];
}

const facts: Readonly<Record<string, Content['facts']>> = {
  'open-source': { project: '云帆数据库', totalInputFen: 100_000_000, invoices: ['044001900111-1'] },
  'core-tech-a': { programme: '2026YFB0000001' },
  'core-tech-b': { programme: '2026YFB0000002' },
  'innovation-catalogue': { product: '云帆数据库 V5' },
  'first-release-finance': { product: '云帆数据库 V5' },
  talent: {},
};

/** Content of a complete draft for an item of `policyOfKinds`. */
export function contentOf(item: string, overrides: Partial<Content> = {}): Content {
  return {
    ...dcmmContent(),
    item,
    projectName: `${item} 项目`,
    requestedFen: fen(400_000_000),
    facts: facts[item] ?? {},
    ...overrides,
  };
}
