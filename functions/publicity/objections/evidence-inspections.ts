import * as z from 'zod';
import { DomainError } from '../../shared/errors.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import { BilingualSchema } from '../../shared/text.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ObjectionId } from '../../shared/vocabulary.ts';

const { inspection } = budget.entities;

/** What an inspection of a piece of evidence has found. */
const InspectionSchema = z.object({
  number: z.int().min(0),
  at: InstantSchema,
  /** Set until a scanner has judged it. */
  quarantined: z.literal(true).optional(),
  /** Why nobody opens it; absent where it is sound. */
  fault: z.object({ code: z.string(), message: BilingualSchema }).optional(),
});
export type Inspection = z.output<typeof InspectionSchema>;

/** Inspections of evidence in DynamoDB, by the place of each piece in its objection's list. */
export class EvidenceInspections {
  readonly #table: Table<'budget'>;

  constructor(table: Table<'budget'>) {
    this.#table = table;
  }

  /** Those of an objection, by the places of the pieces, read consistently. */
  async of(objectionId: ObjectionId): Promise<ReadonlyMap<number, Inspection>> {
    const items = await this.#table.all(inspection.of({ objectionId }));
    const found = items.map((item) => InspectionSchema.parse(item['inspection']));
    return new Map(found.map((one) => [one.number, one]));
  }

  /**
   * Keeps what was found, once: an object never changes.
   * @param asked the write by which a scanner is asked for it, if one is.
   * @returns false when it was inspected before.
   */
  async settle(objectionId: ObjectionId, found: Inspection, asked?: GuardedWrite): Promise<boolean> {
    const key = inspection.key({ objectionId, number: found.number });
    const kept = this.#table.putNew(key, { inspection: found });
    if (!asked) return this.#table.tryWrite(kept);
    try {
      await this.#table.transact([kept, asked]);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'concurrent-change') return false;
      throw error;
    }
  }

  /** The write of what was found later, for a transaction; bound to what was found before. */
  changed(objectionId: ObjectionId, found: Inspection, before: Inspection): GuardedWrite {
    return this.#table.put(
      inspection.key({ objectionId, number: found.number }),
      { inspection: found },
      {
        when: `#inspection.#at = :at AND attribute_${before.quarantined ? 'exists' : 'not_exists'}(#inspection.quarantined)`,
        names: { '#inspection': 'inspection', '#at': 'at' },
        values: { ':at': before.at },
        otherwise: () => new DomainError('concurrent-change'),
      },
    );
  }
}
