import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { type LearntVocabulary, Vocabulary } from './vocabulary.ts';

const key = { pk: 'VOCABULARY', sk: 'LEARNT' };

/** How long a vocabulary is taken as known: it changes with imports, and little. */
const lifeMs = 600_000;

/** Words and counts are kept as one text: as a map, DynamoDB would take three times the room and a tenth of a second. */
const ItemSchema = z.object({
  names: z.int(),
  enterprises: z.int(),
  novelty: z.number(),
  words: z.string(),
});

/** What the registry's names teach, in one item of the registry's table. */
export class VocabularyStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  #read: { readonly at: number; readonly vocabulary: Promise<Vocabulary> } | undefined;

  constructor(client: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#client = client;
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

  /** Puts what was learnt in the place of what was learnt before. */
  async write({ words, ...rest }: LearntVocabulary): Promise<void> {
    const lines = Object.entries(words).map(([word, count]) => `${word} ${count}`);
    await this.#client.send(
      new PutCommand({ TableName: this.#table, Item: { ...key, ...rest, words: lines.join('\n') } }),
    );
    this.#read = undefined;
  }

  async #load(): Promise<Vocabulary> {
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#table, Key: key }));
    if (!Item) return new Vocabulary();
    const { words, ...rest } = ItemSchema.parse(Item);
    const entries = words.split('\n').map((line) => {
      const [word = '', count = '0'] = line.split(' ');
      return [word, Number(count)] as const;
    });
    return new Vocabulary({ ...rest, words: Object.fromEntries(entries.filter(([word]) => word !== '')) });
  }
}
