import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema, both, FileNameSchema, lineOf } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  type ObjectionId,
  ObjectionIdSchema,
  OrganisationCodeSchema,
  PoolIdSchema,
  RoundIdSchema,
  worded,
} from '../../shared/vocabulary.ts';
import { EmailSchema, PhoneSchema } from './contact.ts';

/** Who objects: by name and with a way to be reached. Nothing of it is kept in clear. Messages never repeat a value. */
export const ObjectorSchema = z.strictObject({
  kind: z.enum(['person', 'organisation']),
  name: lineOf(0, 100).min(2, {
    error: both('不受理匿名异议：请填写姓名或单位名称', 'anonymous objections are not taken: give a name'),
  }),
  identifier: lineOf(0, 40).min(5, {
    error: both(
      '请填写身份证件号码或统一社会信用代码',
      'number of an identity document, or a unified social credit code',
    ),
  }),
  phone: PhoneSchema,
  email: EmailSchema.optional(),
  address: lineOf(0, 200).optional(),
});
export type Objector = z.output<typeof ObjectorSchema>;

/** A file that the objector brings; it stands in the bucket once it was uploaded exactly so. */
export const EvidenceSchema = z.strictObject({
  fileName: z.string().trim().min(1).max(200),
  contentType: z.enum(['application/pdf', 'image/png', 'image/jpeg']),
  bytes: z
    .int()
    .min(1)
    .max(20 * 1024 * 1024),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
/** The same as it is stated. */
export const StatedEvidenceSchema = EvidenceSchema.extend({ fileName: FileNameSchema });
export type Evidence = z.output<typeof EvidenceSchema>;

/**
 * What is brought up (glossary, "objection"): against an award under notice; a complaint of how it was handled; a report of
 * wrongdoing, whose author those who decide never learn.
 */
export const objectionKinds = ['objection', 'complaint', 'report'] as const;
export type ObjectionKind = (typeof objectionKinds)[number];

/** What an officer proposes; nothing of it counts before a second person agrees. */
export const ProposalSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('dismissed') }),
  /** The award is taken back whole. */
  z.object({ outcome: z.literal('upheld') }),
  /** The award is lowered to an amount. */
  z.object({ outcome: z.literal('changed'), amountFen: FenSchema }),
  /** It is none that is to be answered: of what no officer has admitted. */
  z.object({ outcome: z.literal('inadmissible') }),
  /** It says what another one says, with which it is answered: likewise. */
  z.object({ outcome: z.literal('merged'), into: ObjectionIdSchema }),
]);
const StatedProposalSchema = ProposalSchema.and(
  z.object({ reason: BilingualSchema, citation: z.string(), by: z.string(), at: InstantSchema }),
);
export type StatedProposal = z.output<typeof StatedProposalSchema>;

const identity = {
  objectionId: ObjectionIdSchema,
  kind: z.enum(objectionKinds).default('objection'),
  /** Set until an officer admits it. Until then it holds nothing beyond the guide's days. */
  unadmitted: z.literal(true).optional(),
  applicationId: ApplicationIdSchema,
  roundId: RoundIdSchema,
  poolId: PoolIdSchema,
  organisation: OrganisationCodeSchema,
  organisationName: z.string(),
  item: SlugSchema,
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  receivedAt: InstantSchema,
  /** Until when it has to be decided, by the guide. */
  dueAt: InstantSchema,
  grounds: BilingualSchema,
  /** Base64 of the sealed objector; absent where the system itself objects, or once it is anonymised. */
  sealed: z.string().optional(),
  /** When who brought it up was erased, with the grounds and the evidence. */
  anonymisedAt: InstantSchema.optional(),
  /** SHA-256 of the word that opens its standing to the objector. */
  receiptHash: z.string().optional(),
  evidence: z.array(EvidenceSchema),
  /** Proposals that the second person did not agree to. */
  returned: z.array(z.object({ by: z.string(), at: InstantSchema, reason: z.string() })).optional(),
};

/** An objection against an award under public notice (glossary, "objection"). It holds the order of that award alone. */
export const ObjectionSchema = z.discriminatedUnion('status', [
  /** No officer has looked at it. */
  z.object({ status: z.literal('screening'), ...identity }),
  /** It is to be decided. */
  z.object({ status: z.literal('received'), ...identity }),
  z.object({ status: z.literal('proposed'), ...identity, proposal: StatedProposalSchema }),
  z.object({
    status: z.literal('decided'),
    ...identity,
    proposal: StatedProposalSchema,
    decision: z.object({ by: z.string(), at: InstantSchema }),
  }),
]);
export type Objection = z.output<typeof ObjectionSchema>;
export type ObjectionIn<S extends Objection['status']> = Extract<Objection, { status: S }>;

/** The only ways from one status to another; reading who brought it up leaves it as it is. */
export const objectionTransitions = {
  screening: ['screening', 'received', 'proposed'],
  received: ['received', 'proposed'],
  proposed: ['screening', 'received', 'proposed', 'decided'],
  decided: ['decided'],
} as const satisfies Record<Objection['status'], readonly Objection['status'][]>;

/** What happens to an objection. */
export type ObjectionEvent =
  | ('received' | 'admitted' | 'proposed' | 'returned' | 'identity-read' | 'anonymised')
  | StatedProposal['outcome'];

/** Who did what with an objection, and why, as its history keeps it. */
export const ObjectionRowSchema = z.object({
  version: z.int(),
  at: InstantSchema,
  actor: ActorReferenceSchema,
  event: worded<ObjectionEvent>(z.string()),
  note: z.string().optional(),
});
export type ObjectionNote = Omit<z.output<typeof ObjectionRowSchema>, 'version'>;

/** Key of a piece of evidence in the bucket, by its place in the list. */
export function evidenceKey(objectionId: ObjectionId, index: number): string {
  return `objections/${objectionId}/${index}`;
}

/** The piece of evidence that an object's key belongs to, or undefined for keys that the system does not make. */
export function parseEvidenceKey(key: string): { objectionId: ObjectionId; index: number } | undefined {
  const [, objectionId, index] = /^objections\/([0-9A-Z]{26})\/(\d{1,2})$/.exec(key) ?? [];
  return objectionId === undefined ? undefined : { objectionId, index: Number(index) };
}
