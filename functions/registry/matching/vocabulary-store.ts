import * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { Item, Table } from '../../shared/table.ts';
import { scanPage } from '../../shared/table-scan.ts';
import { registry } from '../../shared/tables.ts';
import { KnownOrganisationSchema } from '../../shared/vocabulary.ts';
import { type FoldedName, fold } from './fold.ts';
import { type LearntVocabulary, learnVocabulary, Vocabulary } from './vocabulary.ts';

const { award, vocabulary } = registry.entities;
const key = vocabulary.key({});

/** How long a vocabulary is taken as known: it changes with imports, and little. */
const lifeMs = 600_000;

/** Words and counts are kept as one text: as a map, DynamoDB would take three times the room and a tenth of a second. */
const ItemSchema = z.object({
  names: z.int(),
  enterprises: z.int(),
  novelty: z.number(),
  words: z.string(),
});

const RecordSchema = z.object({
  award: z.object({ uscc: KnownOrganisationSchema, projectName: z.string() }),
});

/** Names that are enough to learn a registry's words: with more, no measure gets better. */
const sampleSize = 10_000;
/** Places of the table that are read, and pages of 1 MB at most that are read of each. */
const places = 32;
const pagesOfPlace = 4;

interface SampledName {
  readonly enterprise: string;
  readonly name: FoldedName;
}

interface OpenPlace {
  readonly place: number;
  readonly from: Item | undefined;
}

/** What the registry's names teach, in one item of the registry's table. */
export class VocabularyStore {
  readonly #table: Table<'registry'>;
  readonly #clock: Clock;
  #read: { readonly at: number; readonly vocabulary: Promise<Vocabulary> } | undefined;

  constructor(table: Table<'registry'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** The vocabulary learnt last; an empty one before anything was learnt. */
  async read(): Promise<Vocabulary> {
    const now = this.#clock().getTime();
    if (!this.#read || now - this.#read.at >= lifeMs) {
      const vocabulary = this.#load();
      this.#read = { at: now, vocabulary };
      vocabulary.catch(() => {
        this.#read = undefined;
      });
    }
    return this.#read.vocabulary;
  }

  /**
   * Learns anew from a sample of the registry's awards, as after an import. What it reads is bounded, however large the
   * registry is: a page or two from each of many places of the table.
   * @returns how many names it learnt from.
   */
  async learn(): Promise<number> {
    const names = await this.#sample();
    await this.#write(learnVocabulary(names));
    return names.length;
  }

  async #sample(): Promise<SampledName[]> {
    const names: SampledName[] = [];
    let open = Array.from({ length: places }, (_, place): OpenPlace => ({ place, from: undefined }));
    for (let round = 0; open.length > 0 && names.length < sampleSize && round < pagesOfPlace; round += 1) {
      const next: OpenPlace[] = [];
      for (const { place, from } of open) {
        const { items, lastKey } = await scanPage(this.#table, {
          segment: [place, places],
          filter: 'sk = :record',
          values: { ':record': award.sk({}) },
          shows: 'award.uscc, award.projectName',
          start: from,
        });
        for (const item of items) {
          const { uscc, projectName } = RecordSchema.parse(item).award;
          names.push({ enterprise: uscc, name: fold(projectName) });
        }
        if (lastKey) next.push({ place, from: lastKey });
      }
      open = next;
    }
    return names;
  }

  /** Puts what was learnt in the place of what was learnt before. */
  async #write({ words, ...rest }: LearntVocabulary): Promise<void> {
    const lines = Object.entries(words).map(([word, count]) => `${word} ${count}`);
    await this.#table.write(this.#table.put(key, { ...rest, words: lines.join('\n') }));
    this.#read = undefined;
  }

  async #load(): Promise<Vocabulary> {
    const item = await this.#table.get(key, { consistent: false });
    if (!item) return new Vocabulary();
    const { words, ...rest } = ItemSchema.parse(item);
    const entries = words.split('\n').map((line) => {
      const [word = '', count = '0'] = line.split(' ');
      return [word, Number(count)] as const;
    });
    return new Vocabulary({ ...rest, words: Object.fromEntries(entries.filter(([word]) => word !== '')) });
  }
}
