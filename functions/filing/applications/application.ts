import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema, ReasonSchema } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  ObjectionIdSchema,
  OrderIdSchema,
  OrganisationCodeSchema,
  PoolIdSchema,
  RoundIdSchema,
  worded,
} from '../../shared/vocabulary.ts';
import { StoredContentSchema, StoredDraftSchema } from './content.ts';
import { CorrectionSchema } from './correction.ts';
import { CeilingSchema, EligibilityResultSchema } from './eligibility-result.ts';
import { ExpertScoreSchema } from './expert-score.ts';
import type { Stage, Status } from './lifecycle.ts';
import { ReconsiderationSchema } from './reconsideration.ts';
import { SignOffSchema } from './sign-off-record.ts';
import { SubmissionSchema } from './submission.ts';
import { SuspicionSchema } from './suspicion.ts';

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
  /** Who looks after it for its organisation, once it was handed over; before, whoever created it. */
  holder: z.string().optional(),
  /** The colleague who is to take it over, and has not yet. */
  handover: z.object({ to: z.string(), by: z.string(), at: InstantSchema }).optional(),
  /** Every time that it was reopened after it had lapsed, or that a refusal of it was overturned. */
  reopenings: z
    .array(
      StatedSchema.extend({
        approvedBy: z.string(),
        approvedAt: InstantSchema,
        /** The task in which a refusal was overturned. */
        taskId: z.string().optional(),
      }),
    )
    .optional(),
  updatedAt: InstantSchema,
  content: StoredContentSchema,
  /** Set when the workflow met an error it could not handle: operators look at it, nothing is lost. */
  failure: z.object({ error: z.string(), at: InstantSchema }).optional(),
};
/** What a review keeps through every correction. */
const reviewed = {
  /** Who has decided in which stage (`step-1`, `expert`, …), voided decisions included: nobody decides in two. */
  deciders: z.record(z.string(), worded<Stage>(z.string())),
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

/** Verdicts that depart from a record or from the law: another adjudicator has to decide the same. */
const CaseProposalSchema = z.object({
  by: z.string(),
  at: InstantSchema,
  verdicts: z.array(
    z.object({
      id: z.string(),
      verdict: z.enum(['duplicate', 'not-duplicate', 'top-up']),
      paidFen: FenSchema.optional(),
      departure: BilingualSchema.optional(),
    }),
  ),
  reason: BilingualSchema,
  /** Hash of the verdicts without their reasons. */
  hash: z.string(),
});

/** A case before an adjudicator. */
export const AdjudicationSchema = z.object({
  taskId: z.string(),
  suspicions: z.array(SuspicionSchema).min(1),
  at: InstantSchema,
  proposal: CaseProposalSchema.optional(),
});

const pooled = {
  ...claimed,
  /** A match that was found after the duplicate check: it holds the order until it is decided. */
  hold: AdjudicationSchema.optional(),
  ceiling: CeilingSchema,
  /** What others had paid for the same matter, where the guide tops up. */
  alreadyPaidFen: FenSchema.optional(),
  /** The same by the ids of the pairs: of each record no more is taken off than it says. */
  takenOff: z.record(z.string(), FenSchema).optional(),
  pool: PoolIdSchema,
};
const allocated = { ...pooled, award: AwardSchema };
const noticed = {
  ...allocated,
  notice: NoticeSchema,
  /** Objections that are still to be decided: they hold the order. */
  openObjections: z.array(ObjectionIdSchema).optional(),
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
/** What people have refused, they may be asked to consider again. */
const refused = { ...rejected, reconsideration: ReconsiderationSchema.optional() };
/** What stages had done before the applicant withdrew is kept for the record, as far as it went. */
const withdrawn = {
  ...identity,
  /** What was a draft may have gaps. */
  content: StoredDraftSchema,
  submission: SubmissionSchema.optional(),
  eligibility: EligibilityResultSchema.optional(),
  deciders: z.record(z.string(), worded<Stage>(z.string())).optional(),
  corrections: z.array(CorrectionSchema).optional(),
  withdrawnFrom: worded<Status>(z.string()),
  reason: z.string().optional(),
};

/** An application through its whole life (glossary, "application"): its status decides which fields exist. */
export const ApplicationSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('draft'), ...identity, content: StoredDraftSchema }),
  /** A draft that its organisation deleted, or what was due to be erased: for nobody to see; nothing is left but its history. */
  z.object({ status: z.literal('deleted'), ...identity, content: StoredDraftSchema }),
  z.object({ status: z.literal('submitted'), ...submitted }),
  z.object({ status: z.literal('ineligible'), ...checked, ...rejected }),
  z.object({ status: z.literal('sign-off'), ...assigned }),
  z.object({ status: z.literal('refused'), ...assigned, ...refused }),
  z.object({ status: z.literal('returned'), ...assigned }),
  z.object({ status: z.literal('lapsed'), ...assigned, ...rejected, reopening: ReopeningSchema.optional() }),
  z.object({
    status: z.literal('deduplication'),
    ...signedOff,
    /** What it claims already, where the taking back of its award was overturned. */
    reclaimed: z.array(z.string()).optional(),
  }),
  z.object({ status: z.literal('adjudication'), ...signedOff, adjudication: AdjudicationSchema }),
  z.object({ status: z.literal('duplicate'), ...signedOff, ...rejected }),
  z.object({ status: z.literal('recognised'), ...claimed, certificate: CertificateSchema }),
  z.object({ status: z.literal('pooled'), ...pooled }),
  z.object({ status: z.literal('allocated'), ...allocated }),
  z.object({ status: z.literal('noticed'), ...noticed }),
  z.object({ status: z.literal('ordered'), ...ordered }),
  z.object({ status: z.literal('closed'), ...ordered }),
  /** The award was taken back before its order: an objection was upheld, or the enterprise lost its credit. */
  z.object({ status: z.literal('cancelled'), ...noticed, ...refused }),
  z.object({ status: z.literal('withdrawn'), ...withdrawn }),
]);
export type Application = z.output<typeof ApplicationSchema>;
export type ApplicationIn<S extends Status> = Extract<Application, { status: S }>;
