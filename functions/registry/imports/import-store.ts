import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { BilingualSchema } from '../../shared/text.ts';
import type { RowFault } from './file-fault.ts';
import { MappingSchema } from './mapping.ts';
import { type RegistryImport, RegistryImportSchema } from './registry-import.ts';

/** Partition that lists every import. */
export const importsPartition = 'IMPORTS';
/** Faults of one item: about 60 KB. */
const faultsPerItem = 200;

const StoredFaultSchema = z.object({
  row: z.int(),
  column: z.string(),
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  messages: BilingualSchema,
});
const FaultItemSchema = z.object({ faults: z.array(StoredFaultSchema) });

const SavedMappingSchema = z.object({ mapping: MappingSchema, savedAt: InstantSchema, savedBy: z.string() });
export type SavedMapping = z.output<typeof SavedMappingSchema>;

type Key = Record<string, unknown>;

/** Imports, their faults and the schemes' mappings, in the registry's table. */
export class ImportStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(table: Table<'registry'>) {
    this.#client = table.client;
    this.#table = table.name;
  }

  /** @throws DomainError not-found */
  async require(importId: string): Promise<RegistryImport> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: importKey(importId), ConsistentRead: true }),
    );
    if (!Item) throw new DomainError('not-found');
    return RegistryImportSchema.parse(Item['import']);
  }

  async add(added: RegistryImport): Promise<void> {
    await this.#put(added, { ConditionExpression: 'attribute_not_exists(pk)' });
  }

  /**
   * Writes the next state of an import.
   * @returns it with its new version, or undefined when another run has gone on meanwhile.
   */
  async advance(next: RegistryImport): Promise<RegistryImport | undefined> {
    const advanced = { ...next, version: next.version + 1 };
    try {
      await this.#put(advanced, {
        ConditionExpression: '#import.#version = :seen',
        ExpressionAttributeNames: { '#import': 'import', '#version': 'version' },
        ExpressionAttributeValues: { ':seen': next.version },
      });
      return advanced;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** A page of imports, newest first. */
  async page(
    limit: number,
    from: Key | undefined,
  ): Promise<{ imports: RegistryImport[]; lastKey: Key | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': importsPartition },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: from,
      }),
    );
    return {
      imports: Items.map((item) => RegistryImportSchema.parse(item['import'])),
      lastKey: LastEvaluatedKey,
    };
  }

  /** Keeps the faults of a part of a file, which begins behind a row; again, they take the same place. */
  async keepFaults(importId: string, behindRow: number, faults: readonly RowFault[]): Promise<void> {
    for (let part = 0; part * faultsPerItem < faults.length; part += 1) {
      const sk = `${String(behindRow).padStart(10, '0')}#${String(part).padStart(4, '0')}`;
      const kept = faults.slice(part * faultsPerItem, (part + 1) * faultsPerItem);
      await this.#client.send(
        new PutCommand({ TableName: this.#table, Item: { pk: faultsPartition(importId), sk, faults: kept } }),
      );
    }
  }

  /** Some faults of an import, in the order of their rows: those of one or several items. */
  async faultPage(
    importId: string,
    from: Key | undefined,
  ): Promise<{ faults: RowFault[]; lastKey: Key | undefined }> {
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': faultsPartition(importId) },
        Limit: 5,
        ExclusiveStartKey: from,
      }),
    );
    return {
      faults: Items.flatMap((item) => FaultItemSchema.parse(item).faults),
      lastKey: LastEvaluatedKey,
    };
  }

  /** Every fault that is kept of an import, by rows. */
  async allFaults(importId: string): Promise<RowFault[]> {
    const faults: RowFault[] = [];
    let from: Key | undefined;
    do {
      const page = await this.faultPage(importId, from);
      faults.push(...page.faults);
      from = page.lastKey;
    } while (from);
    return faults;
  }

  /** The mapping that was saved for a scheme, or undefined. */
  async mapping(scheme: string): Promise<SavedMapping | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: mappingKey(scheme), ConsistentRead: true }),
    );
    return Item && SavedMappingSchema.parse(Item);
  }

  async saveMapping(scheme: string, saved: SavedMapping): Promise<void> {
    await this.#client.send(
      new PutCommand({ TableName: this.#table, Item: { ...mappingKey(scheme), ...saved } }),
    );
  }

  async #put(item: RegistryImport, condition: object): Promise<void> {
    await this.#client.send(
      new PutCommand({
        TableName: this.#table,
        Item: { ...importKey(item.importId), import: item },
        ...condition,
      }),
    );
  }
}

/** Partition of an import's faults. */
export function faultsPartition(importId: string): string {
  return `IMPORT-FAULTS#${importId}`;
}

function importKey(importId: string): { pk: string; sk: string } {
  return { pk: importsPartition, sk: importId };
}

function mappingKey(scheme: string): { pk: string; sk: string } {
  return { pk: `SCHEME#${scheme}`, sk: 'MAPPING' };
}
