import { beginningOf, type EntityShape, leading } from '../../functions/shared/keys.ts';
import type { catalogue, TableName } from '../../functions/shared/tables.ts';

/** DynamoDB actions on items. A transaction needs the actions of its parts; a batch needs its own and none of them. */
type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'Query'
  | 'Scan'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

type PartitionName<N extends TableName> = keyof (typeof catalogue)[N]['partitions'] & string;
type EntityName<N extends TableName> = keyof (typeof catalogue)[N]['entities'] & string;
type IndexName<N extends TableName> = keyof (typeof catalogue)[N]['indexes'] & string;

/** What a function may do with the items of a table. */
export interface TableAccess<N extends TableName> {
  readonly actions: readonly ItemAction[];
  /**
   * Partitions that it may touch, by their names in the catalogue, or with what the first part of their keys begins
   * with. Default: all.
   */
  readonly partitions?: readonly (
    | PartitionName<N>
    | { readonly of: PartitionName<N>; readonly from: string }
  )[];
  /** Indexes it may query. */
  readonly indexes?: readonly IndexName<N>[];
  /** Kinds of items whose partitions of those indexes it may touch. Default: all. */
  readonly listed?: readonly EntityName<N>[];
  /** Indexes it may read from end to end. */
  readonly scannedIndexes?: readonly IndexName<N>[];
}

/** What a function may do with the items of one table or another. */
export type AnyAccess = { readonly [N in TableName]: TableAccess<N> }[TableName];

/** Patterns of the partition keys that an access is confined to; undefined when it is to none. */
export function leadingKeys(
  { partitions, entities }: (typeof catalogue)[TableName],
  access: AnyAccess,
): string[] | undefined {
  if (!access.partitions && !access.listed) return undefined;
  const patterns: Readonly<Record<string, string>> = partitions;
  const kinds: Readonly<Record<string, { readonly shape: EntityShape }>> = entities;
  const touched = (access.partitions ?? []).map((one) =>
    typeof one === 'string'
      ? leading(patterns[one] ?? '')
      : `${beginningOf(patterns[one.of] ?? '')}${one.from}*`,
  );
  const listed = (access.listed ?? []).flatMap((kind) =>
    (access.indexes ?? []).map((index) => leading(kinds[kind]?.shape.indexes?.[index]?.[0] ?? '')),
  );
  return [...new Set([...touched, ...listed])];
}

/**
 * The actions of an access with what it takes to write witnesses: whoever puts or takes away rows that have one changes it
 * too.
 */
export function actionsOf(
  { entities }: (typeof catalogue)[TableName],
  { actions, partitions }: AnyAccess,
): readonly ItemAction[] {
  const touched = partitions?.map((one) => (typeof one === 'string' ? one : one.of));
  const kinds = Object.values<{ readonly shape: EntityShape }>(entities);
  const hasWitnesses = kinds.some(
    ({ shape }) =>
      shape.witnessed && [shape.in].flat().some((one) => touched?.includes(one as never) ?? true),
  );
  const isWritten = actions.some((action) => action === 'PutItem' || action === 'DeleteItem');
  return hasWitnesses && isWritten ? [...new Set<ItemAction>([...actions, 'UpdateItem'])] : actions;
}

/** What a function is given besides its code: nothing here is implied by anything else, but for witnesses. */
export interface DoorSettings {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  /** Whether applicants depend on it: no other function may take its last sandbox. */
  readonly applicants?: true;
  /** Whether Lambda calls it again when it failed on an event: not where the next call of its schedule is the retry. */
  readonly retries?: false;
  /** Whether S3 says of an object that it is not there, and not that asking is forbidden: for that it may list them. */
  readonly seesMissing?: true;
  /** Whether the compiled notice and calendars lie beside its bundle. */
  readonly policy?: true;
  /** Whether the font of what is printed lies beside its bundle. */
  readonly font?: true;
  /** Whether the portal's files lie beside its bundle. */
  readonly portal?: true;
  readonly tables: { readonly [N in TableName]?: readonly TableAccess<N>[] };
  /** Actions on the objects of the documents bucket. */
  readonly documents?: readonly ('GetObject' | 'PutObject')[];
  /** Actions on the files for the registry in the same bucket. */
  readonly imports?: readonly ('GetObject' | 'PutObject')[];
  /** Actions on the files of objectors in the same bucket. */
  readonly evidence?: readonly ('GetObject' | 'PutObject')[];
  /** Actions on dossiers in the same bucket; whoever has some sees which there are. */
  readonly dossiers?: readonly ('GetObject' | 'PutObject' | 'AbortMultipartUpload')[];
  /** Whether it may see which documents and which evidence there are, and delete their files for good: one function does. */
  readonly erasesFiles?: true;
  /** Whether it may ask for dossiers, and see which were asked for. */
  readonly asksForDossiers?: true;
  /** Whether it may seal who objects, or read it. */
  readonly objectors?: readonly ('encrypt' | 'decrypt')[];
  /** Whether it may make the keyed hashes that stand for objectors' contacts: by a key of their own. */
  readonly contacts?: true;
  /** Whether it may make the keyed hashes that stand for personal data. */
  readonly identity?: true;
  /** Whether it signs and keeps the heads of histories and ledgers. */
  readonly heads?: true;
  /** Whether it may sign payment files: one function does. */
  readonly signsPayments?: true;
  /** Whether it may put bank accounts away, or read them: only one function reads. */
  readonly accounts?: 'encrypt' | 'decrypt';
}

/** Reads an aggregate and writes its next state with a history row. */
export const aggregate = ['GetItem', 'PutItem'] as const;
/** Puts messages on the outbox and sees nothing of the table that also holds task tokens. */
export const putOutbox: TableAccess<'workflow'> = { actions: ['PutItem'], partitions: ['outbox'] };
/** Enters awards into the public register, in days that are not closed. */
export const enterRegister: readonly TableAccess<'budget'>[] = [
  { actions: ['PutItem'], partitions: ['register'] },
  { actions: ['ConditionCheckItem'], partitions: ['fence'] },
];
/** Keeps who was given personal data of others, and looks whether it has kept that already. */
export const keepReads: TableAccess<'reads'> = { actions: ['GetItem', 'PutItem'], partitions: ['reader'] };
/** Looks published guides up. */
export const readGuides: TableAccess<'policy'> = { actions: ['GetItem', 'Query'] };
/** Messages of organisations, departments and persons. */
export const channels = ['organisation', 'department', 'person'] as const;
/** Subscriptions, and the deliveries of each. */
export const webhooks = ['subscriptions', 'subscription'] as const;
/** Asks for awards to be screened, in the table whose stream has a reader for that. */
export const requestScreening: TableAccess<'workflow'> = { actions: ['PutItem'], partitions: ['screening'] };
/** Puts awards into the registry: records, what points to them, and the index of names. Nothing of claims or verdicts. */
export const importRecords: readonly TableAccess<'registry'>[] = [
  { actions: ['BatchGetItem', 'BatchWriteItem'], partitions: ['nameOf', 'codeOf'] },
  { actions: ['BatchWriteItem'], partitions: ['likeName'] },
  // Codes are found by names, and what an award stands under by its enterprise.
  { actions: ['Query'], partitions: ['codeOf', 'likeName', 'enterprise'] },
  { actions: ['Query', 'PutItem'], partitions: ['importRows'] },
  { actions: ['PutItem'], partitions: ['importAwards'] },
  { actions: ['BatchGetItem', 'PutItem'], partitions: ['award', 'fill'] },
  {
    actions: ['PutItem', 'DeleteItem'],
    partitions: ['matter', 'evidence', 'evidenceNumber', 'enterprise'],
  },
  { actions: ['UpdateItem'], partitions: ['gram', 'registry'] },
  { actions: ['GetItem', 'PutItem'], partitions: ['imports'] },
  { actions: ['PutItem'], partitions: ['importFaults'] },
];
