import * as z from 'zod';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { inFen, YuanSchema } from './written-money.ts';

/** A length of time in working days, by the official calendar, or in calendar days. */
export const DaysSchema = z.strictObject({ days: z.int().min(1), unit: z.enum(['working', 'calendar']) });

/** How long an applicant who is refused may ask for a reconsideration, and how long its decision may take. */
export const ReconsiderationTermsSchema = z.strictObject({
  within: DaysSchema.extend({ unit: z.literal('working') }),
  due: DaysSchema,
});

const DepartmentSchema = z.strictObject({
  id: SlugSchema,
  name: BilingualSchema,
  /** Department that took over when this one ended. */
  successor: SlugSchema.optional(),
});

/** The notice's upper limit: one amount, a share of the project's input up to an amount, or an amount for each tier. */
const NoticeCeilingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), yuan: YuanSchema }).transform(inFen),
  z
    .strictObject({ kind: z.literal('ratio'), percent: z.int().min(1).max(100), yuan: YuanSchema })
    .transform(inFen),
  z.strictObject({
    kind: z.literal('tiers'),
    tiers: z
      .array(
        z
          .strictObject({ id: SlugSchema, reachedAtYuan: YuanSchema, yuan: YuanSchema })
          .transform(({ id, reachedAtYuan, yuan }) => ({ id, reachedAtFen: reachedAtYuan, fen: yuan })),
      )
      .min(1),
  }),
]);

/** How an item supports: money with a ceiling, money as the guide says, matching money, or none from this system. */
export const supportKinds = ['paid', 'by-guide', 'matching', 'recognition', 'referral', 'outside'] as const;
export type SupportKind = (typeof supportKinds)[number];

/** A part of an item with leads and a kind of its own; an item that is all of one piece has the one part `all`. */
const NoticePartSchema = z.strictObject({
  id: SlugSchema,
  kind: z.enum(supportKinds),
  title: BilingualSchema,
  /** Departments whose sign-off is needed; `districts` stands for the one where the firm is registered. */
  lead: z.array(SlugSchema).min(1),
  support: z.array(SlugSchema).default([]),
  ceiling: NoticeCeilingSchema.optional(),
});

const NoticeItemSchema = z.strictObject({
  id: SlugSchema,
  clause: z.string().min(1),
  title: BilingualSchema,
  summary: BilingualSchema,
  parts: z.array(NoticePartSchema).min(1),
});

/** policy/notice.yaml */
export const NoticeSchema = z.strictObject({
  documentNumber: z.string(),
  title: BilingualSchema,
  dated: z.iso.date(),
  printed: z.iso.date(),
  inForce: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
  replaces: z.string(),
  /** For guides that say nothing of it. */
  reconsideration: ReconsiderationTermsSchema,
  objections: z.strictObject({
    /** For pools whose guide does not say how long an objection waits for an officer and holds its award. */
    screening: DaysSchema,
    dailyPerObjector: z.int().min(1),
    hourlyCodes: z.strictObject({ perContact: z.int().min(1), perSource: z.int().min(1) }),
  }),
  accounts: z.strictObject({
    /** For guides that do not say how long a confirmed account waits before it takes the place of another. */
    coolingOff: DaysSchema,
    administratorSeenDays: z.int().min(1),
  }),
  /** Limits for each organisation: of its drafts at once, and of what it announces for upload in a day of Shanghai. */
  applicants: z.strictObject({
    drafts: z.int().min(1),
    dailyFiles: z.int().min(1),
    dailyMebibytes: z.int().min(1),
  }),
  /** What holds for every measure (section three). */
  otherMatters: z.array(z.strictObject({ clause: z.string().min(1), title: BilingualSchema })).min(1),
  /** Documents that the notice cites; the successor applies where one is named (section three, fifth). */
  citedDocuments: z.array(
    z.strictObject({
      id: SlugSchema,
      title: BilingualSchema,
      citedIn: z.string(),
      successor: SlugSchema.optional(),
    }),
  ),
  departments: z.array(DepartmentSchema),
  districts: z.record(z.string().regex(/^\d{6}$/), BilingualSchema),
  directions: z.array(
    z.strictObject({
      id: SlugSchema,
      clause: z.string(),
      title: BilingualSchema,
      summary: BilingualSchema,
      lead: z.array(SlugSchema).min(1),
      support: z.array(SlugSchema).default([]),
    }),
  ),
  /** The thirteen measures of section two, in order. */
  measures: z.array(z.strictObject({ clause: z.string(), title: BilingualSchema, summary: BilingualSchema })),
  items: z.array(NoticeItemSchema).min(1),
});
export type Notice = z.output<typeof NoticeSchema>;
export type NoticePart = Notice['items'][number]['parts'][number];
