import * as z from 'zod';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import {
  ApplicationIdSchema,
  DepartmentIdSchema,
  OrganisationCodeSchema,
  PoolIdSchema,
  RoundIdSchema,
  taskKinds,
} from '../../shared/vocabulary.ts';

/**
 * What happened, as subscribers hear of it: ids, codes and times. No names, no amounts and no personal data, so that
 * an event may go wherever a subscriber is. Fields are added over time and never change their meaning.
 */
const common = {
  id: z.string().meta({ description: 'The same whenever the same event is delivered again' }),
  applicationId: ApplicationIdSchema,
  organisation: OrganisationCodeSchema.meta({ description: 'Unified social credit code of the applicant' }),
  item: SlugSchema.meta({ description: 'Support item that is applied for' }),
  guide: z.string().meta({ description: 'Version of the guide that governs the application' }),
  at: InstantSchema,
};

/** What is said where there need be no application yet. */
const { applicationId: _, ...ofOrganisation } = common;

/** A change of an application. */
function ofApplication<T extends string, S extends z.core.$ZodLooseShape>(
  type: T,
  description: string,
  shape: S,
) {
  return z
    .object({
      type: z.literal(type),
      ...common,
      version: z.int().min(1).meta({ description: 'Version of the application that the change made' }),
      ...shape,
    })
    .meta({ title: type, description });
}

/** Something about a department's task. */
function ofTask<T extends string, S extends z.core.$ZodLooseShape>(type: T, description: string, shape: S) {
  return z
    .object({
      type: z.literal(type),
      ...common,
      taskId: z.string(),
      department: DepartmentIdSchema,
      step: z.int().min(1).meta({ description: "Number of the step in the guide's plan" }),
      kind: z.enum(taskKinds),
      dueAt: InstantSchema,
      ...shape,
    })
    .meta({ title: type, description });
}

/** A change of the account that an organisation's awards are paid to. */
function ofAccount<T extends string, S extends z.core.$ZodLooseShape>(
  type: T,
  description: string,
  shape: S,
) {
  return z
    .object({
      type: z.literal(type),
      ...{ id: common.id, organisation: common.organisation, at: common.at },
      version: z.int().min(1).meta({ description: 'Version of the account that the change made' }),
      lastFour: z
        .string()
        .regex(/^\d{4}$/)
        .meta({ description: 'Last digits of the proposed account' }),
      ...shape,
    })
    .meta({ title: type, description });
}

const decided = {
  reasons: z.array(z.object({ code: z.string(), citation: z.string() })),
  department: DepartmentIdSchema.optional(),
};
/** Until when a reconsideration may be asked for; absent once the application goes on. */
const reconsiderable = { askBefore: InstantSchema.optional() };
/** The round and deadline of a correction; absent when the applicant has withdrawn in the meantime. */
const correction = {
  round: z.int().min(1).optional(),
  dueAt: InstantSchema.optional(),
  lapsesAt: InstantSchema.optional(),
};
const reminded = {
  assignee: z.string().optional().meta({ description: 'Subject of the person who has taken the task' }),
  number: z.int().min(1).meta({ description: 'How often this has been said of this task' }),
};

/** The schema of each event, by its type. */
export const eventSchemas = {
  ApplicationSubmitted: ofApplication('ApplicationSubmitted', 'An application was submitted', {}),
  ApplicationFoundIneligible: ofApplication(
    'ApplicationFoundIneligible',
    'Conditions of the guide are not met',
    decided,
  ),
  ApplicationReturned: ofApplication('ApplicationReturned', 'A department asks for corrections', {
    ...correction,
    department: DepartmentIdSchema.optional(),
  }),
  ApplicationCorrected: ofApplication('ApplicationCorrected', 'The applicant submitted the corrections', {}),
  CorrectionDueSoon: ofApplication('CorrectionDueSoon', 'A correction will soon be due', correction),
  ApplicationLapsed: ofApplication('ApplicationLapsed', 'A correction did not come in time', {}),
  ApplicationReopened: ofApplication('ApplicationReopened', 'A lapsed application is open again', correction),
  ApplicationRefused: ofApplication('ApplicationRefused', 'A department refused the application', {
    ...decided,
    ...reconsiderable,
  }),
  ReconsiderationRequested: ofApplication(
    'ReconsiderationRequested',
    'The applicant asks that its refusal be reconsidered',
    { department: DepartmentIdSchema.optional(), dueAt: InstantSchema.optional() },
  ),
  RefusalUpheld: ofApplication('RefusalUpheld', 'A refusal was reconsidered, and stands', decided),
  RefusalOverturned: ofApplication(
    'RefusalOverturned',
    'A refusal was reconsidered, and the application is in its course again',
    { department: DepartmentIdSchema.optional() },
  ),
  ApplicationSignedOff: ofApplication('ApplicationSignedOff', 'Every step of the sign-off is done', {}),
  ApplicationFoundDuplicate: ofApplication(
    'ApplicationFoundDuplicate',
    'The same matter is paid for elsewhere',
    decided,
  ),
  ApplicationRecognised: ofApplication('ApplicationRecognised', 'Recognised or referred by certificate', {}),
  ApplicationPooled: ofApplication('ApplicationPooled', 'The application waits for a budget round', {
    pool: PoolIdSchema.optional(),
  }),
  AwardCommitted: ofApplication('AwardCommitted', 'A budget round committed an award', {
    pool: PoolIdSchema.optional(),
    roundId: RoundIdSchema.optional(),
  }),
  NoticeOpened: ofApplication('NoticeOpened', 'The public notice of the award began', {
    closesAt: InstantSchema.optional(),
  }),
  AwardOrdered: ofApplication('AwardOrdered', 'The payment of the award was ordered', {}),
  AwardCancelled: ofApplication('AwardCancelled', 'The award was taken back after its notice', {
    ...reconsiderable,
    reasons: z.array(z.object({ code: z.string(), citation: z.string() })),
  }),
  PaymentReturned: ofApplication(
    'PaymentReturned',
    'A payment came back: nothing more goes to that account before the enterprise has agreed on one again',
    {},
  ),
  ApplicationClosed: ofApplication('ApplicationClosed', 'The award was paid in full', {}),
  ApplicationWithdrawn: ofApplication('ApplicationWithdrawn', 'The applicant withdrew', {}),
  HandoverOffered: ofApplication('HandoverOffered', 'A colleague of the applicant is to take it over', {}),
  ApplicationHandedOver: ofApplication('ApplicationHandedOver', 'A colleague took it over', {}),
  DraftClosingSoon: z
    .object({
      type: z.literal('DraftClosingSoon'),
      ...common,
      closesAt: InstantSchema.meta({ description: 'When the window of the item closes' }),
    })
    .meta({ title: 'DraftClosingSoon', description: 'The window of a draft will soon close' }),
  LateApplicationAllowed: z
    .object({
      type: z.literal('LateApplicationAllowed'),
      ...ofOrganisation,
      exceptionId: UlidSchema,
      until: InstantSchema.meta({ description: 'Until when it may be submitted' }),
    })
    .meta({
      title: 'LateApplicationAllowed',
      description: 'An organisation may apply for the item after its closing, once',
    }),
  AnnouncementSent: z
    .object({
      type: z.literal('AnnouncementSent'),
      ...common,
      announcementId: UlidSchema,
      title: BilingualSchema,
      text: BilingualSchema,
    })
    .meta({
      title: 'AnnouncementSent',
      description: 'An operator wrote to everybody with a draft or an application of the item',
    }),
  ExpertInvited: ofApplication('ExpertInvited', 'An expert was asked to score the application', {
    expert: z.string().meta({ description: 'Subject of the expert' }),
  }),
  AccountProposed: ofAccount('AccountProposed', 'An account to be paid to was proposed', {
    department: DepartmentIdSchema.optional().meta({ description: 'The district that is asked to confirm' }),
  }),
  AccountConfirmed: ofAccount('AccountConfirmed', 'It was confirmed, and takes effect later', {
    inForceFrom: InstantSchema,
  }),
  AccountRefused: ofAccount('AccountRefused', 'It was refused, or stopped while it cooled off', {}),
  AccountWithdrawn: ofAccount('AccountWithdrawn', 'Its proposer withdrew it', {}),
  TaskOpened: ofTask('TaskOpened', 'A department has to decide', {}),
  TaskDueSoon: ofTask('TaskDueSoon', 'A task will soon be due', reminded),
  TaskOverdue: ofTask('TaskOverdue', 'A task is overdue; that decides nothing', reminded),
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventOf<T extends EventType> = z.output<(typeof eventSchemas)[T]>;
/** Any event of the system. */
export type DomainEvent = { [T in EventType]: EventOf<T> }[EventType];

// Object.keys widens the keys of a literal record to strings.
export const eventTypes = Object.keys(eventSchemas) as readonly EventType[];

/** `source` of every event on the bus. */
export const eventSource = 'software-support';

/** Which person or account is meant: the bus needs them to tell those concerned, other systems do not. */
const personFields: readonly string[] = ['assignee', 'expert', 'lastFour'];

/** An event, or the shape of its schema, as other systems get it. */
export function withoutPersons<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !personFields.includes(name)));
}

/** Reads an event that the bus delivers. @throws z.ZodError when it is none of ours. */
export function parseEvent(detailType: string, detail: unknown): DomainEvent {
  const type = eventTypes.find((known) => known === detailType);
  if (!type) throw new Error(`no event is of the type ${detailType}`);
  return eventSchemas[type].parse(detail);
}
