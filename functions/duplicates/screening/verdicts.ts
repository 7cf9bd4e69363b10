import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { suspicionRules } from '../../filing/applications/suspicion.ts';
import { TransientError } from '../../shared/errors.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { BilingualSchema } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';

/** What an adjudicator decided about a pair, for good. */
export const VerdictSchema = z.object({
  id: z.string(),
  verdict: z.enum(['duplicate', 'not-duplicate', 'top-up']),
  /** What the other side was paid of the same matter, where the rest may still be paid. */
  paidFen: FenSchema.optional(),
  rule: z.enum(suspicionRules),
  probability: z.int().optional(),
  reason: BilingualSchema,
  by: z.string(),
  at: InstantSchema,
  applicationId: z.string(),
});
export type Verdict = z.output<typeof VerdictSchema>;

const attempts = 6;
const batchSize = 100;
const tallyPartition = 'ADJUDICATION-TALLY';

/** Verdicts in the registry, one for each pair that was ever asked about. */
export class Verdicts {
  readonly client: DynamoDBDocumentClient;
  readonly table: string;

  constructor(table: Table<'registry'>) {
    this.client = table.client;
    this.table = table.name;
  }

  /** The verdicts on pairs, by their ids; of those that nobody has decided there are none. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, Verdict>> {
    const found = new Map<string, Verdict>();
    for (let from = 0; from < ids.length; from += batchSize) {
      let keys: Record<string, unknown>[] = [...new Set(ids)].slice(from, from + batchSize).map(verdictKey);
      for (let attempt = 1; keys.length > 0; attempt += 1) {
        if (attempt > attempts) throw new TransientError('the registry stayed busy');
        const { Responses, UnprocessedKeys } = await this.client.send(
          new BatchGetCommand({ RequestItems: { [this.table]: { Keys: keys, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[this.table] ?? []) {
          const verdict = VerdictSchema.parse(item['verdict']);
          found.set(verdict.id, verdict);
        }
        keys = UnprocessedKeys?.[this.table]?.Keys ?? [];
      }
    }
    return found;
  }

  /** Writes that count pairs; one for each test, since a transaction may touch an item once. */
  tally(pairs: readonly { readonly rule: Verdict['rule']; readonly outcome: Outcome }[]): GuardedWrite[] {
    return [...Map.groupBy(pairs, ({ rule }) => rule)].map(([rule, ofRule]) => {
      const counts = [...Map.groupBy(ofRule, ({ outcome }) => outcome)];
      return {
        item: {
          Update: {
            TableName: this.table,
            Key: { pk: tallyPartition, sk: rule },
            UpdateExpression: `SET #rule = :rule ADD ${counts.map((_, index) => `#of${index} :by${index}`).join(', ')}`,
            ExpressionAttributeNames: {
              '#rule': 'rule',
              ...Object.fromEntries(counts.map(([outcome], index) => [`#of${index}`, outcome])),
            },
            ExpressionAttributeValues: {
              ':rule': rule,
              ...Object.fromEntries(counts.map(([, list], index) => [`:by${index}`, list.length])),
            },
          },
        },
      };
    });
  }

  /** How often each test suspected a pair, and how adjudicators decided. */
  async agreement() {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': tallyPartition },
      }),
    );
    const tallies = new Map(Items.map((item) => TallySchema.parse(item)).map((tally) => [tally.rule, tally]));
    return suspicionRules.map((rule) => {
      const of = (outcome: Outcome) => tallies.get(rule)?.[outcome] ?? 0;
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
    return {
      item: {
        Put: {
          TableName: this.table,
          Item: { ...verdictKey(verdict.id), verdict },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    };
  }
}

/** What is counted of a test: pairs that were suspected, and how they were decided. */
const outcomes = ['suspected', 'duplicate', 'not-duplicate', 'top-up'] as const;
type Outcome = (typeof outcomes)[number];

const TallySchema = z
  .object({ rule: z.enum(suspicionRules) })
  .and(z.partialRecord(z.enum(outcomes), z.int()));

function verdictKey(id: string): { pk: string; sk: string } {
  return { pk: `VERDICT#${id}`, sk: 'VERDICT' };
}
