import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import { registry } from '../../shared/tables.ts';
import { transactionLimit } from '../../shared/transaction.ts';
import type { Posting, PostingChanges, PostingStore } from './name-index.ts';
import { chunks, inParallel, itemsByPartition } from './side-by-side.ts';

/** Characters of a name that the index keeps. */
const postedLength = 80;

const PostingsSchema = z.object({
  postings: z
    .set(z.string())
    .transform((set) => [...set])
    .default([]),
});
const FillSchema = z.object({ fill: z.instanceof(Uint8Array) });

const { postings: ofGrams, fill: fillOf } = registry.entities;

/** The name index as items: a gram's postings are a set of strings, which parallel imports extend side by side. */
export class DynamoPostings implements PostingStore {
  readonly #table: Table<'registry'>;

  constructor(table: Table<'registry'>) {
    this.#table = table;
  }

  async postings(grams: readonly string[]): Promise<ReadonlyMap<string, readonly Posting[]>> {
    const keys = grams.map((gram) => ofGrams.key({ gram }));
    const items = await itemsByPartition(this.#table, keys, { consistent: false });
    return new Map(
      grams.flatMap((gram) => {
        const item = items.get(ofGrams.pk({ gram }));
        return item ? [[gram, PostingsSchema.parse(item).postings.map(readPosting)] as const] : [];
      }),
    );
  }

  async changePostings({ added, removed }: PostingChanges): Promise<void> {
    for (const [verb, changes] of [['ADD', added] as const, ['DELETE', removed] as const]) {
      const writes = [...changes].map(([gram, postings]) =>
        this.#table.update(ofGrams.key({ gram }), {
          set: `${verb} postings :postings`,
          values: { ':postings': new Set(postings.map(writePosting)) },
        }),
      );
      // Of a transaction's effects only their being done at all matters here: it is DynamoDB's one batch of updates.
      await inParallel(chunks(writes, transactionLimit), (transaction) => this.#table.transact(transaction));
    }
  }

  async fills(shards: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>> {
    const keys = shards.map((shard) => fillOf.key({ shard: String(shard) }));
    const items = await itemsByPartition(this.#table, keys, { consistent: false });
    return new Map(
      shards.flatMap((shard) => {
        const item = items.get(fillOf.pk({ shard: String(shard) }));
        return item ? [[shard, FillSchema.parse(item).fill] as const] : [];
      }),
    );
  }

  async putFills(fills: ReadonlyMap<number, Uint8Array>): Promise<void> {
    await inParallel([...fills], ([shard, fill]) =>
      this.#table.write(this.#table.put(fillOf.key({ shard: String(shard) }), { fill })),
    );
  }
}

/** A posting's text; record partitions hold no white space but what a scheme's name has, and no tabulator. */
function writePosting({ record, name }: Posting): string {
  return `${record}\t${name.slice(0, postedLength)}`;
}

function readPosting(text: string): Posting {
  const end = text.indexOf('\t');
  return { record: text.slice(0, end), name: text.slice(end + 1) };
}
