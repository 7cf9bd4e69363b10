import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Table } from '../../shared/table.ts';
import { budget } from '../../shared/tables.ts';
import { BilingualSchema } from '../../shared/text.ts';
import type { ObjectionId } from '../../shared/vocabulary.ts';

const { inspection } = budget.entities;

/** What an inspection of a piece of evidence has found. */
const InspectionSchema = z.object({
  number: z.int().min(0),
  at: InstantSchema,
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

  /** Keeps what was found, once: an object never changes. @returns false when it was inspected before. */
  async settle(objectionId: ObjectionId, found: Inspection): Promise<boolean> {
    const key = inspection.key({ objectionId, number: found.number });
    return this.#table.tryWrite(this.#table.putNew(key, { inspection: found }));
  }
}
