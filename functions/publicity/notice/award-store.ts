import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import type { Table } from '../../shared/table.ts';
import { PublicAwardSchema } from './public-award.ts';

/** An award as the public index holds it. */
const AwardEntrySchema = PublicAwardSchema.omit({ title: true, clause: true });
export type AwardEntry = z.output<typeof AwardEntrySchema>;

/** Reads published awards from their index, which holds nothing that is not public. */
export class AwardStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'applications'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /**
   * Awards of a year of notice, newest first.
   * @throws DomainError invalid-request when the cursor is not of this year's listing.
   */
  async list(
    year: number,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<{ items: AwardEntry[]; nextCursor: string | undefined }> {
    const scope: CursorScope = { partition: { awardYear: String(year) }, place: ['awardSort', 'pk', 'sk'] };
    const { Items, LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: 'awards',
        KeyConditionExpression: 'awardYear = :year',
        ExpressionAttributeValues: { ':year': scope.partition['awardYear'] },
        ScanIndexForward: false,
        Limit: page.limit,
        ExclusiveStartKey: decodeCursor(page.cursor, scope),
      }),
    );
    return {
      items: z.array(AwardEntrySchema).parse(Items ?? []),
      nextCursor: encodeCursor(LastEvaluatedKey, scope),
    };
  }
}
