import * as z from 'zod';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import { DocumentIdSchema } from '../../shared/vocabulary.ts';

/** A document as a submission fixes it. */
export const SubmittedDocumentSchema = z.object({
  documentId: DocumentIdSchema,
  material: SlugSchema,
  sha256: z.string(),
});

export const SubmissionSchema = z.object({
  number: z.int().min(1),
  /** When the application was first submitted: the law and guide of that day govern it, corrections included. */
  firstAt: InstantSchema,
  at: InstantSchema,
  by: z.string(),
  /** Who made the submissions before this one. */
  earlierBy: z.array(z.string()).optional(),
  documents: z.array(SubmittedDocumentSchema),
  /** SHA-256 of content, documents and guide version: what every later decision is based on. */
  contentHash: z.string(),
  /** The exception that let it come after the closing of its item; of a correction, none. */
  lateException: UlidSchema.optional(),
  /** Which reopening of the application begins the review of this submission anew, from 1. */
  reopening: z.int().min(1).optional(),
});

/** Everyone who has submitted an application, by its latest submission. */
export function submittersOf({ by, earlierBy = [] }: z.output<typeof SubmissionSchema>): string[] {
  return [...new Set([...earlierBy, by])];
}
