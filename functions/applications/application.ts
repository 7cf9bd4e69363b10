import * as z from 'zod';
import {
  DateSchema,
  FactsSchema,
  FactValueSchema,
  InstantSchema,
  SlugSchema,
  UlidSchema,
  UsccSchema,
} from '../contracts/schemas.ts';
import { IdentityHashesSchema } from '../enterprise/identity.ts';
import { FenSchema } from '../shared/money.ts';
import { BilingualSchema, ReasonSchema } from '../shared/text.ts';

/** What the applicant says of the enterprise. */
export const EnterpriseSchema = z.strictObject({
  uscc: UsccSchema,
  name: z.string().trim().min(2).max(100),
  district: z
    .string()
    .regex(/^\d{6}$/)
    .meta({ description: 'Code of the district of registration (GB/T 2260)' }),
  registeredOn: DateSchema,
  kind: z
    .enum(['legal-person', 'branch'])
    .default('legal-person')
    .meta({ description: 'A branch is one that statistics and tax treat as a unit of its own' }),
  industryClass: z
    .string()
    .regex(/^[A-T]?\d{2,4}$/, { error: 'a class of GB/T 4754: its letter or none, and 2 to 4 digits' })
    .optional()
    .meta({ description: 'Industry class (GB/T 4754), e.g. I65 or 6513' }),
  predecessors: z
    .array(UsccSchema)
    .max(10)
    .default([])
    .meta({ description: 'Credit codes of enterprises that this one continues' }),
});

/** What an applicant fills in. */
export const ContentSchema = z.strictObject({
  item: SlugSchema.meta({ description: 'Support item, e.g. dcmm' }),
  direction: SlugSchema.meta({ description: 'Development direction of section one, e.g. foundation' }),
  projectName: z.string().trim().min(2).max(200),
  enterprise: EnterpriseSchema,
  requestedFen: FenSchema,
  facts: FactsSchema,
});
export type Content = z.output<typeof ContentSchema>;

/** Content as it is kept: personal data stand in it as keyed hashes. */
const StoredContentSchema = ContentSchema.extend({
  enterprise: EnterpriseSchema.extend(IdentityHashesSchema.shape),
});

/** A document as a submission fixes it. */
export const SubmittedDocumentSchema = z.object({
  documentId: UlidSchema,
  material: SlugSchema,
  sha256: z.string(),
});

const SubmissionSchema = z.object({
  number: z.int().min(1),
  at: InstantSchema,
  by: z.string(),
  documents: z.array(SubmittedDocumentSchema),
  /** SHA-256 of content, documents and guide version: what every later decision is based on. */
  contentHash: z.string(),
});

/** Outcome of one condition. */
export const ConditionResultSchema = z.object({
  id: z.string(),
  citation: z.string(),
  outcome: z.enum(['met', 'unmet', 'needs-review']),
  inputs: z.record(z.string(), FactValueSchema),
  sentence: BilingualSchema,
});
export const EligibilityResultSchema = z.object({
  outcome: z.enum(['met', 'unmet', 'needs-review']),
  conditions: z.array(ConditionResultSchema),
  guide: z.string(),
  inputHash: z.string(),
  at: InstantSchema,
});
export type EligibilityResult = z.output<typeof EligibilityResultSchema>;

/** One department's part in the sign-off; a decision is present once it is taken. */
export const SignOffSchema = z.object({
  taskId: z.string(),
  decision: z
    .discriminatedUnion('outcome', [
      z.object({
        outcome: z.literal('approved'),
        /** Zero where the item pays nothing. */
        amountFen: FenSchema,
        verifiedInputFen: FenSchema.optional(),
        /** Why the department verified more input than was claimed. */
        reason: BilingualSchema.optional(),
        by: z.string(),
        at: InstantSchema,
      }),
      z.object({
        outcome: z.literal('refused'),
        reasons: z.array(ReasonSchema),
        by: z.string(),
        at: InstantSchema,
      }),
    ])
    .optional(),
});
export type SignOff = z.output<typeof SignOffSchema>;

/** An upper limit that took part in the ceiling. */
export const CeilingSchema = z.object({
  fen: FenSchema,
  /** Every limit considered, the smallest of which is the ceiling before rounding. */
  limits: z.array(z.object({ source: z.string(), fen: FenSchema, citation: z.string().optional() })),
  /** Source of the limit that was the smallest. */
  decisive: z.string().optional(),
  unitFen: z.int().min(1),
});
export type Ceiling = z.output<typeof CeilingSchema>;

const AwardSchema = z.object({ fen: FenSchema, roundId: UlidSchema, at: InstantSchema });
const NoticeSchema = z.object({ opensAt: InstantSchema, closesAt: InstantSchema });

const identity = {
  applicationId: UlidSchema,
  organisation: UsccSchema,
  guide: z.string(),
  version: z.int().min(1),
  createdAt: InstantSchema,
  createdBy: z.string(),
  updatedAt: InstantSchema,
  content: StoredContentSchema,
  /** Set when the workflow met an error it could not handle: operators look at it, nothing is lost. */
  failure: z.object({ error: z.string(), at: InstantSchema }).optional(),
};
const submitted = { ...identity, submission: SubmissionSchema };
const checked = { ...submitted, eligibility: EligibilityResultSchema };
const assigned = {
  ...checked,
  /** Number of the current round of sign-off tasks: a new one begins when the earlier one expired undecided. */
  signOffAttempt: z.int().min(1),
  signOffs: z.record(z.string(), SignOffSchema),
};
const signedOff = {
  ...assigned,
  signedOffFen: FenSchema,
  /** Project input that the lead departments verified, where the guide pays a share of it. */
  verifiedInputFen: FenSchema.optional(),
};
const claimed = { ...signedOff, matterKey: z.string(), claims: z.array(z.string()) };
/** Recognition and referral end with a certificate of the decision in place of money. */
export const CertificateSchema = z.object({
  number: z.string(),
  issuedAt: InstantSchema,
  /** SHA-256 of what was decided: application, submission, item and decisions. */
  contentHash: z.string(),
});
export type Certificate = z.output<typeof CertificateSchema>;

const pooled = {
  ...claimed,
  ceiling: CeilingSchema,
  /** What other schemes had paid for the same matter, where the guide tops up. */
  alreadyPaidFen: FenSchema.optional(),
  pool: SlugSchema,
};
const allocated = { ...pooled, award: AwardSchema };
const noticed = { ...allocated, notice: NoticeSchema };
const rejected = { reasons: z.array(ReasonSchema) };
/** What stages had done before the applicant withdrew is kept for the record, as far as it went. */
const withdrawn = {
  ...identity,
  submission: SubmissionSchema.optional(),
  eligibility: EligibilityResultSchema.optional(),
  withdrawnFrom: z.string(),
  reason: z.string().optional(),
};

/** An application through its whole life (domain §4): its status decides which fields exist. */
export const ApplicationSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('draft'), ...identity }),
  z.object({ status: z.literal('submitted'), ...submitted }),
  z.object({ status: z.literal('ineligible'), ...checked, ...rejected }),
  z.object({ status: z.literal('sign-off'), ...assigned }),
  z.object({ status: z.literal('refused'), ...assigned, ...rejected }),
  z.object({ status: z.literal('deduplication'), ...signedOff }),
  z.object({ status: z.literal('duplicate'), ...signedOff, ...rejected }),
  z.object({ status: z.literal('recognised'), ...claimed, certificate: CertificateSchema }),
  z.object({ status: z.literal('pooled'), ...pooled }),
  z.object({ status: z.literal('allocated'), ...allocated }),
  z.object({ status: z.literal('noticed'), ...noticed }),
  z.object({ status: z.literal('closed'), ...noticed }),
  z.object({ status: z.literal('withdrawn'), ...withdrawn }),
]);
export type Application = z.output<typeof ApplicationSchema>;
export type Status = Application['status'];
export type ApplicationIn<S extends Status> = Extract<Application, { status: S }>;

/**
 * The only ways from one status to another. The store repeats the status a transition starts from as the condition of
 * its write.
 */
export const transitions = {
  draft: ['draft', 'submitted', 'withdrawn'],
  submitted: ['submitted', 'ineligible', 'sign-off', 'withdrawn'],
  ineligible: [],
  'sign-off': ['sign-off', 'refused', 'deduplication', 'withdrawn'],
  refused: [],
  deduplication: ['deduplication', 'duplicate', 'recognised', 'pooled', 'withdrawn'],
  duplicate: [],
  recognised: [],
  pooled: ['pooled', 'allocated', 'withdrawn'],
  allocated: ['allocated', 'noticed', 'withdrawn'],
  noticed: ['noticed', 'closed', 'withdrawn'],
  closed: [],
  withdrawn: [],
} as const satisfies Record<Status, readonly Status[]>;

/** Whether a status is one that nothing leaves. */
export function isTerminal(status: Status): boolean {
  return transitions[status].length === 0;
}
