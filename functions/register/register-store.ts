import type { Table } from '../shared/table.ts';
import { budget } from '../shared/tables.ts';
import { entryHash, type RegisterEntry, RegisterEntrySchema } from './entry.ts';
import { type RegisterRoot, RegisterRootSchema } from './root.ts';

const { fence, registerEntry, root: roots } = budget.entities;

/** The first year that the register can have entries of: the law is of it. */
export const firstYear = 2023;

/** An entry with the sort key that it stands under. */
export interface StoredEntry {
  readonly sortKey: string;
  readonly entry: RegisterEntry;
}

/** Entries and roots of the public register in DynamoDB. */
export class RegisterStore {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /**
   * Entries of a year, read consistently page by page.
   * @param place `after` is the sort key to go on from; `backwards` begins with the newest; `from` and `to` are days;
   * `pageSize` says how many are read at once.
   */
  async *entries(
    year: number | string,
    place: {
      readonly after?: string | undefined;
      readonly backwards?: boolean;
      readonly from?: string;
      readonly to?: string;
      readonly pageSize?: number;
    } = {},
  ): AsyncGenerator<StoredEntry> {
    const { after, backwards = false, from = '0', to = '9', pageSize = 1000 } = place;
    // `~` stands behind every character of a sort key.
    const entries = registerEntry.of({ year: String(year) }, { from, to: `${to}~` });
    const pages = this.#table.pages(entries, {
      newestFirst: backwards,
      limit: pageSize,
      ...(after !== undefined && { start: { pk: registerEntry.pk({ year: String(year) }), sk: after } }),
    });
    for await (const items of pages) {
      for (const item of items) {
        yield { sortKey: String(item['sk']), entry: RegisterEntrySchema.parse(item['entry']) };
      }
    }
  }

  /** Hashes of the entries of days, by day and in their order. Only hashes are held. */
  async hashes(from: string, to: string): Promise<Map<string, string[]>> {
    const byDay = new Map<string, string[]>();
    for (let year = yearOf(from); year <= yearOf(to); year += 1) {
      for await (const { entry } of this.entries(year, { from, to })) {
        const hashes = byDay.get(entry.day) ?? [];
        byDay.set(entry.day, hashes);
        hashes.push(entryHash(entry));
      }
    }
    return byDay;
  }

  /** The day that the register begins with, the first of the year of its first entry; undefined while it is empty. */
  async firstDay(today: string): Promise<string | undefined> {
    for (let year = firstYear; year <= yearOf(today); year += 1) {
      for await (const { entry } of this.entries(year, { pageSize: 1 }))
        return `${entry.day.slice(0, 4)}-01-01`;
    }
    return undefined;
  }

  /** Roots of the closed days of a year, in their order: 366 at most. */
  async roots(year: number): Promise<RegisterRoot[]> {
    return this.#roots(year);
  }

  /** Root of the last day that is closed, or undefined. */
  async lastRoot(today: string): Promise<RegisterRoot | undefined> {
    for (let year = yearOf(today); year >= firstYear; year -= 1) {
      const [root] = await this.#roots(year, { newest: true });
      if (root) return root;
    }
    return undefined;
  }

  /** The root of a day, or undefined. */
  async rootOf(day: string): Promise<RegisterRoot | undefined> {
    const [root] = await this.#roots(yearOf(day), { day });
    return root;
  }

  /** Lets no entry in any more through a day. From then on what stands there is complete. */
  async fence(day: string): Promise<void> {
    // When the guard does not hold, it stands there already, or further on.
    await this.#table.tryWrite(
      this.#table.update(fence.key({}), {
        set: 'SET closedThrough = :day',
        when: 'attribute_not_exists(pk) OR closedThrough < :day',
        values: { ':day': day },
      }),
    );
  }

  /**
   * Publishes the root of a day, once. Another run may have done it before.
   * @throws Error when another root stands there: then entries or roots were altered.
   */
  async publish(root: RegisterRoot): Promise<void> {
    const { day } = root;
    if (await this.#table.tryWrite(this.#table.putNew(roots.key({ year: day.slice(0, 4), day }), { root })))
      return;
    const [published] = await this.#roots(yearOf(day), { day });
    if (published?.root !== root.root) throw new Error(`the register has another root of ${day}`);
  }

  /** Roots of a year: of one day, the newest one, or all of them, some 130 kB, which come in one page. */
  async #roots(
    year: number,
    { day = '', newest = false }: { readonly day?: string; readonly newest?: boolean } = {},
  ): Promise<RegisterRoot[]> {
    const ofYear = roots.of({ year: String(year) }, { prefix: day || String(year) });
    const { items } = await this.#table.page(ofYear, { newestFirst: newest, ...(newest && { limit: 1 }) });
    return items.map((item) => RegisterRootSchema.parse(item['root']));
  }
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}
