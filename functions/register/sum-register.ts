import * as z from 'zod';
import { type Clock, currentYear } from '../shared/clock.ts';
import { FenSchema, fen, sumFen } from '../shared/money.ts';
import { shanghaiDate } from '../shared/shanghai-date.ts';
import { firstYear, type RegisterStore } from './register-store.ts';

/** Sums of a year's entries of one clause and district, in fen. */
export const RegisterTotalSchema = z
  .object({
    year: z.int().meta({ description: 'Year of the entries in Shanghai' }),
    clause: z.string(),
    district: z.string(),
    ordered: FenSchema,
    paid: FenSchema,
    returned: FenSchema.meta({ description: 'What came back from the bank of what was paid, in fen' }),
    recovered: FenSchema,
  })
  .meta({ id: 'RegisterTotal' });
export type RegisterTotal = z.output<typeof RegisterTotalSchema>;

const nothing = { ordered: fen(0), paid: fen(0), returned: fen(0), recovered: fen(0) };

/** How long the sums of a year are held that can still take entries. */
const heldMs = 60_000;

/**
 * Sums the register by year, clause and district, the newest year first. Years whose last day is closed take no entry any
 * more, so they are read once; others are read again after a minute.
 */
export function registerSums({ store, clock }: { readonly store: RegisterStore; readonly clock: Clock }) {
  const held = new Map<number, { readonly until: number; readonly totals: readonly RegisterTotal[] }>();
  return async (): Promise<RegisterTotal[]> => {
    const now = clock();
    const closed = (await store.lastRoot(shanghaiDate(now)))?.day ?? '';
    const all: RegisterTotal[] = [];
    for (let year = currentYear(clock); year >= firstYear; year -= 1) {
      const known = held.get(year);
      const totals = known && known.until > now.getTime() ? known.totals : await sumYear(store, year);
      const until = closed >= `${year}-12-31` ? Number.POSITIVE_INFINITY : now.getTime() + heldMs;
      if (totals !== known?.totals) held.set(year, { until, totals });
      all.push(...totals);
    }
    return all;
  };
}

async function sumYear(store: RegisterStore, year: number): Promise<RegisterTotal[]> {
  const totals = new Map<string, RegisterTotal>();
  for await (const { entry } of store.entries(year)) {
    const { clause, district, event, amountFen } = entry;
    const group = `${clause} ${district}`;
    const before = totals.get(group) ?? { year, clause, district, ...nothing };
    totals.set(group, { ...before, [event]: sumFen([before[event], amountFen]) });
  }
  return [...totals.values()];
}
