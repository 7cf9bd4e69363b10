import * as z from 'zod';
import { statuses } from '../filing/applications/lifecycle.ts';
import { pageOf } from '../shared/schemas.ts';
import { listed } from '../shared/vocabulary.ts';

const StoredSchema = z
  .unknown()
  .meta({ description: 'As it is stored, attribute by attribute with its type (DynamoDB JSON)' });

export const AuditedApplicationSchema = z
  .object({
    applicationId: z.string(),
    status: listed(statuses).optional().meta({ description: 'Absent where nothing but history is left' }),
  })
  .meta({ id: 'AuditedApplication' });

/** What of the budget table has a history. */
export const auditedBudgetKinds = [
  'round',
  'order',
  'payment-file',
  'results',
  'clawback',
  'account',
  'objection',
] as const;

/** What beside applications has a history. */
export const auditedKindNames = [...auditedBudgetKinds, 'access'] as const;

/** Tables with rows that have witnesses. */
export const witnessedTables = ['applications', 'people', 'registry', 'budget', 'reads'] as const;
export type WitnessedTable = (typeof witnessedTables)[number];

export const StoredRowsSchema = pageOf(StoredSchema).meta({ id: 'StoredRows' });

export const AuditedHistorySchema = z
  .object({ kind: z.enum(auditedKindNames), id: z.string() })
  .meta({ id: 'AuditedHistory' });

export const StoredHistorySchema = pageOf(StoredSchema)
  .extend({
    head: StoredSchema.optional().meta({ description: 'What the history is of, read after the rows' }),
  })
  .meta({ id: 'StoredHistory' });

export const AuditedPoolSchema = z.object({ poolId: z.string() }).meta({ id: 'AuditedPool' });

export const StoredLedgerSchema = pageOf(StoredSchema)
  .extend({ head: StoredSchema.optional().meta({ description: 'The pool, read after the entries' }) })
  .meta({ id: 'StoredLedger' });

export const HolderSchema = z
  .object({ id: z.string(), state: StoredSchema.optional() })
  .meta({ id: 'Holder', description: 'A round or an application, with what says how much it holds' });
