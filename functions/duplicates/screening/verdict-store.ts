import * as z from 'zod';
import { type Suspicion, suspicionRules } from '../../filing/applications/suspicion.ts';
import type { Table } from '../../shared/table.ts';
import { getMany } from '../../shared/table-batches.ts';
import { registry } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { type Verdict, VerdictSchema } from './verdict.ts';

const attempts = 6;

const { verdict: verdicts, tally: tallies } = registry.entities;

/** Verdicts in the registry, one for each pair that was ever asked about. */
export class VerdictStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  /** The verdicts on pairs, by their ids; of those that nobody has decided there are none. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, Verdict>> {
    const keys = [...new Set(ids)].map((id) => verdicts.key({ id }));
    const items = await getMany(this.#table, keys, { attempts });
    const found = items.map((item) => VerdictSchema.parse(item['verdict']));
    return new Map(found.map((verdict) => [verdict.id, verdict]));
  }

  /** Writes that count pairs; one for each test, since a transaction may touch an item once. */
  tally(pairs: readonly { readonly rule: Verdict['rule']; readonly outcome: Outcome }[]): GuardedWrite[] {
    return [...Map.groupBy(pairs, ({ rule }) => rule)].map(([rule, ofRule]) => {
      const counts = [...Map.groupBy(ofRule, ({ outcome }) => outcome)];
      return this.#table.update(tallies.key({ rule }), {
        set: `SET #rule = :rule ADD ${counts.map((_, index) => `#of${index} :by${index}`).join(', ')}`,
        names: {
          '#rule': 'rule',
          ...Object.fromEntries(counts.map(([outcome], index) => [`#of${index}`, outcome])),
        },
        values: {
          ':rule': rule,
          ...Object.fromEntries(counts.map(([, list], index) => [`:by${index}`, list.length])),
        },
      });
    });
  }

  /** Writes that count pairs which a case is made of. */
  suspected(pairs: readonly Pick<Suspicion, 'rule'>[]): GuardedWrite[] {
    return this.tally(pairs.map(({ rule }) => ({ rule, outcome: 'suspected' })));
  }

  /** How often each test suspected a pair, and how adjudicators decided. */
  async agreement() {
    const items = await this.#table.all(tallies.of({}), { consistent: false });
    const counted = new Map(items.map((item) => TallySchema.parse(item)).map((tally) => [tally.rule, tally]));
    return suspicionRules.map((rule) => {
      const of = (outcome: Outcome) => counted.get(rule)?.[outcome] ?? 0;
      return {
        rule,
        suspected: of('suspected'),
        duplicate: of('duplicate'),
        topUp: of('top-up'),
        overturned: of('not-duplicate'),
      };
    });
  }

  /** The write that keeps a verdict. A pair is decided once: a second decision is a conflict. */
  keep(verdict: Verdict): GuardedWrite {
    return this.#table.putNew(verdicts.key({ id: verdict.id }), { verdict });
  }
}

/** What is counted of a test: pairs that were suspected, and how they were decided. */
const outcomes = ['suspected', 'duplicate', 'not-duplicate', 'top-up'] as const;
type Outcome = (typeof outcomes)[number];

const TallySchema = z
  .object({ rule: z.enum(suspicionRules) })
  .and(z.partialRecord(z.enum(outcomes), z.int()));
