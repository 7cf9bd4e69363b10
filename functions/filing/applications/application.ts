import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import {
  DateSchema,
  FactsSchema,
  FactValueSchema,
  InstantSchema,
  SlugSchema,
  UlidSchema,
  UsccSchema,
} from '../../shared/schemas.ts';
import { BilingualSchema, ReasonSchema } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  DocumentIdSchema,
  OrderIdSchema,
  OrganisationCodeSchema,
  RoundIdSchema,
} from '../../shared/vocabulary.ts';
import { IdentityHashesSchema } from '../enterprise/identity.ts';
import { SuspicionSchema } from './suspicion.ts';

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
  parent: UsccSchema.optional().meta({ description: 'Credit code of the enterprise that owns this one' }),
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
export const StoredContentSchema = ContentSchema.extend({
  enterprise: EnterpriseSchema.extend(IdentityHashesSchema.shape),
});

/** A document as a submission fixes it. */
export const SubmittedDocumentSchema = z.object({
  documentId: DocumentIdSchema,
  material: SlugSchema,
  sha256: z.string(),
});

const SubmissionSchema = z.object({
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
  /** Which reopening of the application begins the review of this submission anew, from 1. */
  reopening: z.int().min(1).optional(),
});

/** Everyone who has submitted an application, by its latest submission. */
export function submittersOf({ by, earlierBy = [] }: z.output<typeof SubmissionSchema>): string[] {
  return [...new Set([...earlierBy, by])];
}

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

/** What a decision was based on: it stands as long as that does not change. */
export const BasisSchema = z.object({
  submission: z.int(),
  /** Version of the application that the decision was taken on. */
  version: z.int(),
  /** SHA-256 of the parts that the step rests on. */
  hash: z.string(),
  factsHash: z.string(),
  documentsHash: z.string(),
});
export type Basis = z.output<typeof BasisSchema>;

const taken = {
  by: z.string(),
  /** Whom the decider stood in for, under a delegation. */
  onBehalfOf: z.string().optional(),
  at: InstantSchema,
  basis: BasisSchema,
};

/** One department's decision in one step of the sign-off. */
export const SignOffDecisionSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('approved'),
    /** Zero where the item pays nothing. */
    amountFen: FenSchema,
    verifiedInputFen: FenSchema.optional(),
    /** Why the department verified more input than was claimed. */
    reason: BilingualSchema.optional(),
    ...taken,
  }),
  z.object({ outcome: z.literal('recommended'), reason: BilingualSchema.optional(), ...taken }),
  /** Recorded, not binding. */
  z.object({
    outcome: z.literal('opined'),
    favourable: z.boolean(),
    opinion: BilingualSchema,
    ...taken,
  }),
  z.object({ outcome: z.literal('refused'), reasons: z.array(ReasonSchema), ...taken }),
]);
export type SignOffDecision = z.output<typeof SignOffDecisionSchema>;

/** One department's part in one step of the sign-off; a decision is present once it is taken. */
export const SignOffSchema = z.object({
  taskId: z.string(),
  /** Number of the step in the guide's plan, from 1. */
  step: z.int().min(1),
  kind: z.enum(['recommend', 'opinion', 'approve']),
  department: SlugSchema,
  decision: SignOffDecisionSchema.optional(),
});
export type SignOff = z.output<typeof SignOffSchema>;

/** What has to be corrected, why, and until when. */
export const CorrectionSchema = z.object({
  round: z.int().min(1),
  items: z
    .array(
      z.object({
        /** `facts.<id>`, `documents.<material>`, `enterprise`, `projectName`, `direction` or `requestedFen`. */
        path: z.string(),
        reason: BilingualSchema,
        citation: z.string().optional(),
      }),
    )
    .min(1),
  step: z.int().min(1),
  department: SlugSchema,
  at: InstantSchema,
  /** What the applicant is held to. */
  dueAt: InstantSchema,
  /** When the application lapses: `dueAt`, or the end of the guide's grace. */
  lapsesAt: InstantSchema,
  /** When the applicant is warned, if the guide says so. */
  warnAt: InstantSchema.optional(),
  warnedAt: InstantSchema.optional(),
  correctedAt: InstantSchema.optional(),
});
export type Correction = z.output<typeof CorrectionSchema>;

/** An expert's score: the sum of the points given, and what it was based on. */
export const ExpertScoreSchema = z.object({
  points: z.record(z.string(), z.int().min(0)),
  total: z.int().min(0),
  at: InstantSchema,
  submission: z.int(),
  contentHash: z.string(),
});
export type ExpertScore = z.output<typeof ExpertScoreSchema>;

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

const AwardSchema = z.object({ fen: FenSchema, roundId: RoundIdSchema, at: InstantSchema });
const NoticeSchema = z.object({
  opensAt: InstantSchema,
  closesAt: InstantSchema,
  /** When the notice had ended and nothing stood against the award: an order may be made from then on. */
  clearedAt: InstantSchema.optional(),
  /** When what depends on credit was checked again. */
  creditCheckedAt: InstantSchema.optional(),
});
/** What was ordered to be paid: never more than the award that was noticed, less only for a reason. */
const OrderedSchema = z.object({
  orderId: OrderIdSchema,
  fen: FenSchema,
  at: InstantSchema,
  reason: z.string().optional(),
});

/** What somebody asks for or refuses, and why. */
const StatedSchema = z.object({ reason: z.string(), by: z.string(), at: InstantSchema });
/** Why an operator wants a lapsed application open again; a second one decides. What was refused is kept. */
const ReopeningSchema = StatedSchema.extend({ refused: StatedSchema.optional() });

const identity = {
  applicationId: ApplicationIdSchema,
  organisation: OrganisationCodeSchema,
  guide: z.string(),
  version: z.int().min(1),
  createdAt: InstantSchema,
  createdBy: z.string(),
  /** Everyone who has written in it; from its submission on, those who gave its documents too. */
  preparedBy: z.array(z.string()),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  /** Every time that it was reopened after it had lapsed. */
  reopenings: z.array(StatedSchema.extend({ approvedBy: z.string(), approvedAt: InstantSchema })).optional(),
  updatedAt: InstantSchema,
  content: StoredContentSchema,
  /** Set when the workflow met an error it could not handle: operators look at it, nothing is lost. */
  failure: z.object({ error: z.string(), at: InstantSchema }).optional(),
};
/** What a review keeps through every correction. */
const reviewed = {
  /** Who has decided in which stage (`step-1`, `expert`, …), voided decisions included: nobody decides in two. */
  deciders: z.record(z.string(), z.string()),
  corrections: z.array(CorrectionSchema),
  /** Scores by the experts' accounts. */
  scores: z.record(z.string(), ExpertScoreSchema),
  /** Every department's part, by `<step>.<department>`; after a correction the decisions that may still stand. */
  signOffs: z.record(z.string(), SignOffSchema),
};
const submitted = { ...identity, submission: SubmissionSchema, ...reviewed };
const checked = { ...submitted, eligibility: EligibilityResultSchema };
const assigned = {
  ...checked,
  /** Number of the current wait: a new one begins with each step, and when one expired undecided. */
  signOffAttempt: z.int().min(1),
  /** The step that is being decided. */
  step: z.int().min(1),
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

/** A case before an adjudicator. */
export const AdjudicationSchema = z.object({
  taskId: z.string(),
  suspicions: z.array(SuspicionSchema).min(1),
  at: InstantSchema,
});

const pooled = {
  ...claimed,
  /** A match that was found after the duplicate check: it holds the order until it is decided. */
  hold: AdjudicationSchema.optional(),
  ceiling: CeilingSchema,
  /** What other schemes had paid for the same matter, where the guide tops up. */
  alreadyPaidFen: FenSchema.optional(),
  pool: SlugSchema,
};
const allocated = { ...pooled, award: AwardSchema };
const noticed = {
  ...allocated,
  notice: NoticeSchema,
  /** Objections that are still to be decided: they hold the order. */
  openObjections: z.array(UlidSchema).optional(),
};
const ordered = {
  ...noticed,
  order: OrderedSchema,
  /** What the bank has paid out, less what came back; at most the order. */
  paidFen: FenSchema,
  /** What was recovered of it. */
  recoveredFen: FenSchema.optional(),
};
const rejected = { reasons: z.array(ReasonSchema) };
/** What stages had done before the applicant withdrew is kept for the record, as far as it went. */
const withdrawn = {
  ...identity,
  submission: SubmissionSchema.optional(),
  eligibility: EligibilityResultSchema.optional(),
  deciders: z.record(z.string(), z.string()).optional(),
  corrections: z.array(CorrectionSchema).optional(),
  withdrawnFrom: z.string(),
  reason: z.string().optional(),
};

/** An application through its whole life (glossary, "application"): its status decides which fields exist. */
export const ApplicationSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('draft'), ...identity }),
  z.object({ status: z.literal('submitted'), ...submitted }),
  z.object({ status: z.literal('ineligible'), ...checked, ...rejected }),
  z.object({ status: z.literal('sign-off'), ...assigned }),
  z.object({ status: z.literal('refused'), ...assigned, ...rejected }),
  z.object({ status: z.literal('returned'), ...assigned }),
  z.object({ status: z.literal('lapsed'), ...assigned, ...rejected, reopening: ReopeningSchema.optional() }),
  z.object({ status: z.literal('deduplication'), ...signedOff }),
  z.object({ status: z.literal('adjudication'), ...signedOff, adjudication: AdjudicationSchema }),
  z.object({ status: z.literal('duplicate'), ...signedOff, ...rejected }),
  z.object({ status: z.literal('recognised'), ...claimed, certificate: CertificateSchema }),
  z.object({ status: z.literal('pooled'), ...pooled }),
  z.object({ status: z.literal('allocated'), ...allocated }),
  z.object({ status: z.literal('noticed'), ...noticed }),
  z.object({ status: z.literal('ordered'), ...ordered }),
  z.object({ status: z.literal('closed'), ...ordered }),
  /** The award was taken back before its order: an objection was upheld, or the enterprise lost its credit. */
  z.object({ status: z.literal('cancelled'), ...noticed, ...rejected }),
  z.object({ status: z.literal('withdrawn'), ...withdrawn }),
]);
export type Application = z.output<typeof ApplicationSchema>;
export type Status = Application['status'];
export type ApplicationIn<S extends Status> = Extract<Application, { status: S }>;
