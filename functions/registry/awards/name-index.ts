import { searchGrams } from '../matching/fold.ts';
import { compared } from '../matching/name-judge.ts';

/** A name in the index, and the partition of the record that it leads to. */
export interface Posting {
  readonly record: string;
  readonly name: string;
}

/** Postings that come to and go from grams. */
export interface PostingChanges {
  readonly added: ReadonlyMap<string, readonly Posting[]>;
  readonly removed: ReadonlyMap<string, readonly Posting[]>;
}

/** A name that is new or not the one any more that its record had. */
export interface NameChange extends Posting {
  /** The record as it stands: its name, and the grams that this is posted under. */
  readonly earlier: { readonly name: string; readonly grams: readonly string[] } | undefined;
}

/** Where the index is kept: one item a gram, with all of its postings, and shards of counters. */
export interface PostingStore {
  /** Postings of each gram; grams that have none are left out. At most 100 grams. */
  postings(grams: readonly string[]): Promise<ReadonlyMap<string, readonly Posting[]>>;
  changePostings(changes: PostingChanges): Promise<void>;
  /** Counters of shards, one byte each; shards that were never written are left out. */
  fills(shards: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>;
  putFills(fills: ReadonlyMap<number, Uint8Array>): Promise<void>;
}

/** Postings of one gram: what a look-up reads of it stays below some 12 KB, however large the registry. */
const fullGram = 100;
/** Candidates whose likeness is computed. */
const comparedCandidates = 400;
const shardCount = 64;
const countersPerShard = 16_384;

/** A candidate of a look-up, with the share of its and the query's grams that they have in common. */
export interface Candidate {
  readonly record: string;
  readonly likeness: number;
}

/**
 * Finds names like a name among millions, by grams. A name is posted under its rarest grams only, and a look-up asks for
 * all grams of its query: so it reads as many items in a registry of a million as in one of a thousand. How full grams
 * are is counted in shards of counters that grams share by their hash, approximately: imports at the same time may
 * forget some of each other's counts, and a gram is then a little fuller than it should be.
 */
export class NameIndex {
  readonly #store: PostingStore;
  readonly #fills = new Map<number, Uint8Array>();
  readonly #changed = new Set<number>();

  constructor(store: PostingStore) {
    this.#store = store;
  }

  /** The grams to post each name under: of each length the one that the fewest names are posted under. */
  async place(names: readonly string[]): Promise<string[][]> {
    const gramsOf = names.map((name) => searchGrams(name));
    await this.#load(gramsOf.flat());
    return gramsOf.map((grams) => {
      const rarest = new Map<number, { gram: string; fill: number }>();
      for (const gram of grams) {
        const fill = this.#fill(gram);
        if (fill < Math.min(fullGram, rarest.get(gram.length)?.fill ?? fullGram)) {
          rarest.set(gram.length, { gram, fill });
        }
      }
      const chosen = [...rarest.values()].map(({ gram }) => gram);
      for (const gram of chosen) this.#count(gram);
      return chosen;
    });
  }

  /**
   * Posts the names that are new, and takes those back that are not theirs any more.
   * @returns the grams that each is posted under.
   */
  async post(changes: readonly NameChange[]): Promise<(readonly string[])[]> {
    const isNew = ({ name, earlier }: NameChange) => earlier?.name !== name;
    const fresh = await this.place(changes.filter(isNew).map(({ name }) => name));
    const added = new Map<string, Posting[]>();
    const removed = new Map<string, Posting[]>();
    const grams = changes.map((change) => {
      const { record, name, earlier } = change;
      if (earlier && !isNew(change)) return earlier.grams;
      const chosen = fresh.shift() ?? [];
      for (const gram of chosen) append(added, gram, { record, name });
      for (const gram of earlier?.grams ?? []) append(removed, gram, { record, name: earlier?.name ?? '' });
      return chosen;
    });
    await this.#store.changePostings({ added, removed });
    return grams;
  }

  /** Takes back what a name is posted under. */
  async remove(posting: Posting, grams: readonly string[]): Promise<void> {
    await this.#store.changePostings({
      added: new Map(),
      removed: new Map(grams.map((gram) => [gram, [posting]])),
    });
  }

  /** Writes what was counted since. */
  async flush(): Promise<void> {
    const changed = [...this.#changed].flatMap((shard) => {
      const fills = this.#fills.get(shard);
      return fills ? [[shard, fills] as const] : [];
    });
    if (changed.length > 0) await this.#store.putFills(new Map(changed));
    this.#changed.clear();
  }

  /**
   * Records whose names are most like a name, best first.
   * @returns besides, how many items were read; a gram without postings counts, since reading it costs the same; and the steps
   * that it took, bounded whatever the names and however full the index.
   */
  async look(
    name: string,
    limit: number,
  ): Promise<{ candidates: Candidate[]; itemsRead: number; steps: number }> {
    const grams = searchGrams(name);
    const found = await this.#store.postings(grams);
    const weights = new Map<string, { posting: Posting; weight: number }>();
    const asked = pairs(name);
    let steps = asked.size;
    for (const postings of found.values()) {
      for (const posting of postings) {
        steps += 1;
        const candidate = weights.get(posting.record) ?? { posting, weight: 0 };
        candidate.weight += 1 / postings.length;
        weights.set(posting.record, candidate);
      }
    }
    const candidates = [...weights.values()]
      .sort((a, b) => b.weight - a.weight)
      .slice(0, comparedCandidates)
      .map(({ posting }) => {
        const other = pairs(posting.name);
        steps += asked.size + other.size;
        return { record: posting.record, likeness: likeness(asked, other) || Number(name === posting.name) };
      })
      .sort((a, b) => b.likeness - a.likeness || (a.record < b.record ? -1 : 1))
      .slice(0, limit);
    return { candidates, itemsRead: grams.length, steps };
  }

  async #load(grams: readonly string[]): Promise<void> {
    const wanted = new Set(grams.map((gram) => placeOf(gram).shard));
    const missing = [...wanted].filter((shard) => !this.#fills.has(shard));
    if (missing.length === 0) return;
    const stored = await this.#store.fills(missing);
    for (const shard of missing) {
      const fills = new Uint8Array(countersPerShard);
      fills.set(stored.get(shard)?.subarray(0, countersPerShard) ?? []);
      this.#fills.set(shard, fills);
    }
  }

  #fill(gram: string): number {
    const { shard, counter } = placeOf(gram);
    return this.#fills.get(shard)?.[counter] ?? 0;
  }

  #count(gram: string): void {
    const { shard, counter } = placeOf(gram);
    const fills = this.#fills.get(shard);
    if (!fills) return;
    fills[counter] = Math.min(255, (fills[counter] ?? 0) + 1);
    this.#changed.add(shard);
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** FNV-1a over UTF-16 units, split into a shard and a counter in it. */
function placeOf(gram: string): { shard: number; counter: number } {
  let hash = 0x811c9dc5;
  for (let index = 0; index < gram.length; index += 1) {
    hash = Math.imul(hash ^ gram.charCodeAt(index), 0x01000193);
  }
  const mixed = (hash ^ (hash >>> 15)) >>> 0;
  return { shard: mixed % shardCount, counter: (mixed >>> 6) % countersPerShard };
}

/** Dice coefficient over pairs of characters: what the best candidates are told by before their records are read. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) return 0;
  let common = 0;
  for (const pair of a) if (b.has(pair)) common += 1;
  return (2 * common) / (a.size + b.size);
}

function pairs(text: string): Set<string> {
  const plain = compared(text).normalize('NFKC').toLowerCase();
  const found = new Set<string>();
  for (let index = 0; index + 2 <= plain.length; index += 1) found.add(plain.slice(index, index + 2));
  return found;
}
