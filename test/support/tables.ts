import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Table } from '../../functions/shared/table.ts';
import { catalogue, type TableName } from '../../functions/shared/tables.ts';

/** Tables by their names in the catalogue. */
export type Tables = { readonly [N in TableName]: Table<N> };

/** Key of an application as it stands. */
export const applicationKey = (applicationId: string) =>
  catalogue.applications.entities.application.key({ applicationId });

/** Key text of a row of a history. */
export const historyKey = (version: number) => catalogue.applications.entities.history.sk({ version });

/** Tables that have been made under some names, as stores take them. */
export function tablesOn<N extends TableName>(
  client: DynamoDBDocumentClient,
  names: Readonly<Record<N, string>>,
): Pick<Tables, N> {
  const tables = Object.entries<string>(names).map(([table, name]) => [table, new Table(client, name)]);
  // The keys of what was given are its type's keys.
  return Object.fromEntries(tables) as Pick<Tables, N>;
}
