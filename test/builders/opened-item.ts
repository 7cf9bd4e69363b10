import type { GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../functions/policy/guides/policy-book.ts';
import type { NoticePart } from '../../functions/policy/notice/notice-schema.ts';
import { fen } from '../../functions/shared/money.ts';

/** The same text in both languages. */
const both = (text: string) => ({ zh: text, en: text });

type Condition = GuideItem['conditions'][number];

/** A condition that reads `facts.amount`, if nothing else is said. */
export function condition(overrides: Partial<Condition> = {}): Condition {
  return {
    id: 'enough',
    citation: '二(二)6',
    expression: 'facts.amount >= 100',
    inputs: ['facts.amount'],
    met: both('enough'),
    unmet: both('not enough'),
    unmetNeedsReview: false,
    ...overrides,
  };
}

/** An opened item of its own, away from the sample guide: no limits in the notice, a pool that pays in yuan. */
export function openedItem(
  overrides: Partial<GuideItem> = {},
  ceiling?: NonNullable<NoticePart['ceiling']>,
): OpenedItem {
  const pool = {
    id: 'pool',
    fund: 'fund',
    fiscalYear: 2026,
    topic: 'topic',
    title: both('pool'),
    allocation: { mode: 'pro-rata', residue: 'keep', unit: 'yuan', minimumPayableFen: fen(0) },
    yearEnd: { unspent: 'lapse' },
    objectionsDue: { days: 15, unit: 'calendar' },
    clawbackDue: { days: 30, unit: 'calendar' },
  } as const;
  const due = { days: 5, unit: 'working' } as const;
  const item: GuideItem = {
    id: 'thing',
    item: 'thing',
    part: 'all',
    competition: 'inclusive',
    pool: pool.id,
    window: { opensAt: '2026-01-01T00:00:00Z', closesAt: '2027-01-01T00:00:00Z' },
    amount: { kind: 'fixed', fen: fen(200_000_000) },
    facts: [{ id: 'amount', type: 'money', title: both('amount') }],
    materials: [{ id: 'licence', title: both('licence'), formats: ['application/pdf'], maxBytes: 1 }],
    conditions: [condition()],
    matter: { kind: 'thing', facts: [] },
    evidence: [],
    deduplication: { levels: ['municipal'], mode: 'bar', similarNames: true },
    signOff: { steps: [{ kind: 'approve', by: 'lead' }], due, expiresAfterSeconds: 1 },
    correction: { rounds: 1, due },
    notice: due,
    ...overrides,
  };
  const part = {
    id: 'all',
    kind: 'paid',
    title: both('thing'),
    lead: ['gz-miit'],
    support: [],
    ...(ceiling && { ceiling }),
  } as const;
  return {
    guide: { version: '2026.test', year: 2026, title: both('guide'), illustrative: true, pools: [pool] },
    item,
    law: {
      item: {
        id: 'thing',
        clause: '二(二)6',
        title: both('thing'),
        summary: both('thing'),
        parts: [{ ...part, lead: [...part.lead], support: [] }],
      },
      part: { ...part, lead: [...part.lead], support: [] },
    },
    districts: ['440103', '440106'],
  };
}
