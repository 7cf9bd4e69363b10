import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, type Page, type Projection, reading, Table } from './table.ts';
import type { catalogue, TableName } from './tables.ts';

interface ScanOptions<N extends TableName> extends Projection {
  readonly index?: keyof (typeof catalogue)[N]['indexes'] & string;
  readonly filter?: string;
  /** Which part of the table, of how many. */
  readonly segment?: readonly [number: number, of: number];
  readonly start?: Item | undefined;
}

/** One page of a whole table or of an index, in no order. It is not consistent. */
export async function scanPage<N extends TableName>(
  table: Table<N>,
  { index, filter, segment, start, ...shown }: ScanOptions<N>,
): Promise<Page> {
  const { client, name } = Table.opened(table);
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({
      TableName: name,
      ...(index !== undefined && { IndexName: index }),
      ...(filter !== undefined && { FilterExpression: filter }),
      ...(segment && { Segment: segment[0], TotalSegments: segment[1] }),
      ...(start && { ExclusiveStartKey: start }),
      ...reading(shown, false),
    }),
  );
  return { items: Items, lastKey: LastEvaluatedKey };
}
