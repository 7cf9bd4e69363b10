import {
  NameIndex,
  type Posting,
  type PostingChanges,
  type PostingStore,
} from '../../functions/registry/awards/name-index.ts';

/** A name to look up, and the award that it is meant to find. */
interface Query {
  readonly text: string;
  readonly award: string | undefined;
}

/** What look-ups in a registry of one size came to. */
interface LookUpFigures {
  readonly awards: number;
  readonly lookUps: number;
  readonly itemsPerLookUp: number;
  readonly mostItems: number;
  /** What DynamoDB would have to read for the postings and records, in units of 4 KB a look-up. */
  readonly readUnitsPerLookUp: number;
  /** Share of look-ups whose candidates held the award. */
  readonly recall: number;
  readonly p95Ms: number;
}

/** Postings in memory, in the layout of the table: one item a gram. */
class PostingsInMemory implements PostingStore {
  readonly #items = new Map<string, Posting[]>();
  bytesRead = 0;
  unitsRead = 0;

  async postings(grams: readonly string[]): Promise<ReadonlyMap<string, readonly Posting[]>> {
    return new Map(
      grams.flatMap((gram) => {
        const found = this.#items.get(gram);
        const bytes = (found ?? []).reduce(
          (sum, { record, name }) => sum + Buffer.byteLength(record + name) + 2,
          40,
        );
        this.unitsRead += Math.ceil(bytes / 4096);
        return found ? [[gram, found] as const] : [];
      }),
    );
  }

  async changePostings({ added }: PostingChanges): Promise<void> {
    for (const [gram, postings] of added) {
      const item = this.#items.get(gram);
      if (item) item.push(...postings);
      else this.#items.set(gram, [...postings]);
    }
  }

  async fills(): Promise<ReadonlyMap<number, Uint8Array>> {
    return new Map();
  }

  async putFills(): Promise<void> {}
}

/** Sizes at which look-ups are counted, as far as there are awards. */
const sizes = [10_000, 100_000, 1_000_000];
const candidates = 10;
const sample = 1000;
const batch = 1000;

/**
 * Posts awards (id, USCC, name) and looks a sample of queries up, at each of the sizes. The index is the registry's own;
 * its items are kept in memory in the layout of the table.
 */
export async function measureLookUps(
  awards: AsyncIterable<readonly string[]>,
  queries: readonly Query[],
): Promise<readonly LookUpFigures[]> {
  const store = new PostingsInMemory();
  const index = new NameIndex(store);
  const figures: LookUpFigures[] = [];
  let waiting: Posting[] = [];
  let posted = 0;
  const known = new Set<string>();
  const post = async () => {
    const grams = await index.place(waiting.map(({ name }) => name));
    const added = new Map<string, Posting[]>();
    waiting.forEach((posting, at) => {
      known.add(posting.record);
      for (const gram of grams[at] ?? []) added.set(gram, [...(added.get(gram) ?? []), posting]);
    });
    await store.changePostings({ added, removed: new Map() });
    posted += waiting.length;
    waiting = [];
  };
  for await (const [record = '', , name = ''] of awards) {
    waiting.push({ record, name });
    if (waiting.length < batch && posted + waiting.length !== sizes[figures.length]) continue;
    await post();
    if (posted === sizes[figures.length]) {
      figures.push(
        await lookUp(
          index,
          store,
          queries.filter(({ award }) => award !== undefined && known.has(award)),
          posted,
        ),
      );
      if (figures.length === sizes.length) break;
    }
  }
  return figures;
}

async function lookUp(
  index: NameIndex,
  store: PostingsInMemory,
  queries: readonly Query[],
  awards: number,
): Promise<LookUpFigures> {
  const asked = queries.filter((_, at) => at % Math.ceil(queries.length / sample) === 0);
  const times: number[] = [];
  let [items, mostItems, found] = [0, 0, 0];
  store.unitsRead = 0;
  for (const { text, award } of asked) {
    const since = performance.now();
    const { candidates: best, itemsRead } = await index.look(text, candidates);
    times.push(performance.now() - since);
    const read = itemsRead + best.length;
    // A record takes one unit.
    store.unitsRead += best.length;
    items += read;
    mostItems = Math.max(mostItems, read);
    if (best.some(({ record }) => record === award)) found += 1;
  }
  times.sort((a, b) => a - b);
  const per = (sum: number) => Math.round((sum / asked.length) * 100) / 100;
  return {
    awards,
    lookUps: asked.length,
    itemsPerLookUp: per(items),
    mostItems,
    readUnitsPerLookUp: per(store.unitsRead),
    recall: Math.round((found / asked.length) * 1000) / 1000,
    p95Ms: Math.round((times[Math.floor(times.length * 0.95)] ?? 0) * 100) / 100,
  };
}
