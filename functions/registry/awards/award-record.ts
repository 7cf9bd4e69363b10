import * as z from 'zod';
import { type Award, AwardSchema } from '../../filing/applications/award.ts';
import { type Key, withWitness } from '../../shared/keys.ts';
import { registry } from '../../shared/tables.ts';
import type { ApplicationId, OrganisationCode } from '../../shared/vocabulary.ts';
import {
  enterprisePartition,
  evidenceNumberPartition,
  evidencePartition,
  matterKeyOf,
  matterPartition,
} from './matter-key.ts';

/** Where a record comes from. */
const ProvenanceSchema = z.object({
  importId: z.string(),
  /** SHA-256 of the file, in hexadecimal. */
  fileHash: z.string(),
  /** Line or row of the file. */
  row: z.int(),
  /** Who imported it. */
  importer: z.string(),
  at: z.string(),
});
export type Provenance = z.output<typeof ProvenanceSchema>;

/** An award as the registry keeps it. */
export const RecordSchema = z.object({
  award: AwardSchema,
  partitions: z.array(z.string()),
  /** Grams of the name index that lead here. */
  grams: z.array(z.string()),
  hash: z.string(),
  provenance: ProvenanceSchema,
  /** What the import has put it in the place of, so that it can be taken back. */
  before: z.object({ award: AwardSchema, hash: z.string(), provenance: ProvenanceSchema }).optional(),
  /** An application whose duplicate check rests on it. */
  relied: z.string().optional(),
  /** The import that was taken back, after which it stands as it did before. */
  undone: z.string().optional(),
});
export type StoredRecord = z.output<typeof RecordSchema>;

/** What the registry holds of a matter or a piece of evidence. */
export interface RegistryEntry {
  readonly awards: readonly Award[];
  /** The application that holds it, if one does. */
  readonly claim:
    | { readonly applicationId: ApplicationId; readonly organisation: OrganisationCode }
    | undefined;
}

/** An award as it stands in a file. */
export interface ImportedAward {
  readonly award: Award;
  readonly row: number;
}

const { award: record } = registry.entities;

/** Partition of an award's record. Award ids hold no `#`, so that the last one ends the scheme and no two share one. */
export function recordPartition({ scheme, awardId }: Pick<Award, 'scheme' | 'awardId'>): string {
  return record.pk({ scheme, awardId });
}

/** Key of a record by its partition, which is what leads to it. */
export function recordKey(partition: string): Key<'registry'> {
  return withWitness({ pk: partition, sk: record.sk({}) });
}

/** Partitions that lead to an award: its matter's, those of its evidence, and its enterprise's. */
export function partitionsOf(award: Award): string[] {
  const matter = matterPartition(matterKeyOf(award.matterKind, award.uscc, award.matterDetail));
  const evidence = award.evidence.flatMap((piece) => [
    evidencePartition(piece, award.uscc),
    evidenceNumberPartition(piece),
  ]);
  return [...new Set([matter, ...evidence, enterprisePartition(award.uscc)])];
}
