import * as z from 'zod';
import { ContentSchema } from '../../filing/applications/content.ts';
import { CorrectionSchema } from '../../filing/applications/correction.ts';
import { CeilingSchema, EligibilityResultSchema } from '../../filing/applications/eligibility-result.ts';
import { SignOffDecisionSchema, SignOffSchema } from '../../filing/applications/sign-off-record.ts';
import { OpenItemSchema } from '../../filing/eligibility/open-item-view.ts';
import type { Days } from '../../policy/calendar/work-calendar.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { SupportKind } from '../../policy/notice/notice-schema.ts';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ReasonSchema } from '../../shared/text.ts';
import { DocumentIdSchema } from '../../shared/vocabulary.ts';
import { OpinionDraftSchema, TaskViewSchema } from '../tasks/task-view.ts';
import type { Decision } from './decision.ts';

// Written out here, since the schemas of the policy would cost every cold start their making.
const supportKinds = [
  'paid',
  'by-guide',
  'matching',
  'recognition',
  'referral',
  'outside',
] as const satisfies readonly SupportKind[];

const amountKinds = [
  'fixed',
  'ratio',
  'tiers',
  'at-sign-off',
  'sum',
  'none',
] as const satisfies readonly GuideItem['amount']['kind'][];

const outcomes = [
  'recommend',
  'opine',
  'approve',
  'return',
  'refuse',
  'abstain',
] as const satisfies readonly Decision['outcome'][];

const dayUnits = ['calendar', 'working'] as const satisfies readonly Days['unit'][];

/** A document of a submission as those who decide on it see it. */
export const TaskDocumentSchema = z.object({
  documentId: DocumentIdSchema,
  material: SlugSchema,
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  url: z.url().optional().meta({
    description: 'Opens the file for a few minutes; absent when it was found harmful after all',
  }),
  reason: ReasonSchema.optional().meta({ description: 'Why nobody opens it any more' }),
});

export const TaskDetailSchema = TaskViewSchema.extend({
  form: OpenItemSchema.pick({ clause: true, title: true, facts: true, materials: true }).meta({
    description: 'What the guide of the application asks for',
  }),
  outcomes: z.array(z.enum(outcomes)).meta({ description: 'What the task may be answered with' }),
  correctionsLeft: z.int().min(0).meta({ description: 'How often it may still be returned' }),
  correctionDue: z
    .object({ days: z.int(), unit: z.enum(dayUnits) })
    .meta({ description: 'The most that a correction may be given' }),
  content: ContentSchema,
  eligibility: EligibilityResultSchema,
  supportKind: z.enum(supportKinds).meta({ description: 'How the item supports' }),
  amountKind: z
    .enum(amountKinds)
    .meta({ description: 'How the guide fixes the amount; `none` is approved without one' }),
  dishonesty: z.object({ since: DateSchema, source: z.string(), citation: z.string() }).optional().meta({
    description: 'The list of serious dishonesty has the enterprise: it is neither recommended nor approved',
  }),
  statedName: z.string().optional().meta({
    description:
      'The name that the applicant states, where the login gives another or none: it counts once an approval confirms it',
  }),
  claimedInputFen: FenSchema.optional().meta({
    description: 'Project input that the applicant states, where the guide pays a share of it',
  }),
  verifiedInputFen: FenSchema.optional().meta({ description: 'What this department verified of it' }),
  limitFen: FenSchema.meta({
    description: 'The most that may be approved; a share counts of the claimed input until it is verified',
  }),
  limits: CeilingSchema.shape.limits.meta({
    description: 'Every limit; the smallest is the one that counts',
  }),
  contentHash: z.string(),
  citations: z
    .array(z.string())
    .meta({ description: 'Places of the guide and clauses of the notice that a decision may cite' }),
  changed: z.array(z.string()).meta({ description: 'Places that changed since the submission before it' }),
  corrections: z.array(CorrectionSchema.omit({ warnAt: true, warnedAt: true })),
  decisions: z
    .array(SignOffSchema.omit({ taskId: true, decision: true }).extend({ decision: SignOffDecisionSchema }))
    .meta({ description: 'What departments have decided, with what it was based on' }),
  reconsideration: z
    .object({ grounds: z.string(), at: InstantSchema, reasons: z.array(ReasonSchema) })
    .optional()
    .meta({ description: 'Why the applicant asks for a reconsideration, and the reasons it had been given' }),
  draft: OpinionDraftSchema.optional().meta({ description: 'My own draft; nobody else sees it' }),
  districtRank: z
    .object({ rank: z.int().min(1), of: z.int().min(1) })
    .optional()
    .meta({
      description: 'Where the district of registration ranks it among its recommendations of the item',
    }),
  documents: z.array(TaskDocumentSchema),
}).meta({ id: 'TaskDetail' });
