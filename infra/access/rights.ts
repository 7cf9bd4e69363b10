export type TableName =
  | 'applications'
  | 'people'
  | 'messages'
  | 'registry'
  | 'budget'
  | 'workflow'
  | 'policy';

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

/** What a function may do with the items of a table. */
export interface TableAccess {
  readonly actions: readonly ItemAction[];
  /** Indexes it may query, by name. */
  readonly indexes?: readonly string[];
  /** Patterns of the partition keys it may touch. Default: all. */
  readonly leadingKeys?: readonly string[];
}

/** What a function is given besides its code: nothing here is implied by anything else. */
export interface DoorSettings {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  /** Whether the compiled notice and calendars lie beside its bundle. */
  readonly policy?: true;
  readonly tables: Readonly<Partial<Record<TableName, readonly TableAccess[]>>>;
  /** Actions on the objects of the documents bucket. */
  readonly documents?: readonly ('GetObject' | 'PutObject')[];
  /** Actions on the files for the registry in the same bucket. */
  readonly imports?: readonly ('GetObject' | 'PutObject')[];
  /** Whether it may make the keyed hashes that stand for personal data. */
  readonly identity?: true;
}

/** Reads an aggregate and writes its next state with a history row. */
export const aggregate = ['GetItem', 'PutItem'] as const;
/** Puts messages on the outbox and sees nothing of the table that also holds task tokens. */
export const putOutbox: TableAccess = { actions: ['PutItem'], leadingKeys: ['OUTBOX#*'] };
/** Looks published guides up. */
export const readGuides: TableAccess = { actions: ['GetItem', 'Query'] };
/** Messages of organisations, departments and persons. */
export const channels = ['ORGANISATION#*', 'DEPARTMENT#*', 'PERSON#*'];
/** Subscriptions, and the deliveries of each. */
export const webhooks = ['WEBHOOKS', 'WEBHOOK#*'];
/** Asks for awards to be screened, in the table whose stream has a reader for that. */
export const requestScreening: TableAccess = { actions: ['PutItem'], leadingKeys: ['SCREENING#*'] };
/** Puts awards into the registry: records, what points to them, and the index of names. Nothing of claims or verdicts. */
export const importRecords: readonly TableAccess[] = [
  { actions: ['BatchGetItem', 'PutItem'], leadingKeys: ['AWARD#*', 'FILL#*'] },
  {
    actions: ['PutItem', 'DeleteItem'],
    leadingKeys: ['MATTER#*', 'EVIDENCE#*', 'EVIDENCE-NUMBER#*', 'ENTERPRISE#*'],
  },
  { actions: ['UpdateItem'], leadingKeys: ['GRAM#*', 'REGISTRY'] },
  { actions: ['GetItem', 'PutItem'], leadingKeys: ['IMPORTS'] },
  { actions: ['PutItem'], leadingKeys: ['IMPORT-FAULTS#*'] },
];
