import * as z from 'zod';
import { pageOf } from '../shared/schemas.ts';

const StoredSchema = z
  .unknown()
  .meta({ description: 'As it is stored, attribute by attribute with its type (DynamoDB JSON)' });

export const AuditedApplicationSchema = z
  .object({
    applicationId: z.string(),
    status: z.string().optional().meta({ description: 'Absent where nothing but history is left' }),
  })
  .meta({ id: 'AuditedApplication' });

export const StoredHistorySchema = pageOf(StoredSchema)
  .extend({
    head: StoredSchema.optional().meta({ description: 'Version, status and historyHash of the application' }),
  })
  .meta({ id: 'StoredHistory' });

export const AuditedPoolSchema = z.object({ poolId: z.string() }).meta({ id: 'AuditedPool' });

export const StoredLedgerSchema = pageOf(StoredSchema)
  .extend({ head: StoredSchema.optional().meta({ description: 'The pool, read after the entries' }) })
  .meta({ id: 'StoredLedger' });

export const HolderSchema = z
  .object({ id: z.string(), state: StoredSchema.optional() })
  .meta({ id: 'Holder', description: 'A round or an application, with what says how much it holds' });
